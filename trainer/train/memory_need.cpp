#include "trainer/train/memory_need.h"

#include <algorithm>

#include "trainer/nn/model/cuda_scratch.h"
#include "trainer/nn/run/throughput.h"

namespace autoglm {
namespace {

constexpr std::size_t kRow = sizeof(nn::Row);

std::size_t unsigned_of(std::int64_t count) { return static_cast<std::size_t>(count); }

/// Features, with a label or target, of so many rows.
std::size_t batch_bytes(const nn::Dataset& dataset, std::size_t rows) {
  return rows * (unsigned_of(dataset.sample().count()) + 1) * sizeof(float);
}

/// The parts of a split that are lists which grew by doubling.
std::size_t split_bytes(std::size_t rows) { return 2 * rows * kRow; }

/// Where a split is made: the class of each row, and the rows of each class, which grew by
/// doubling.
std::size_t splitting_bytes(std::size_t rows) {
  return rows * sizeof(std::int32_t) + 2 * rows * kRow;
}

/// Standardization keeps four numbers a feature in lists that grew by doubling; before, it takes
/// means and variances.
constexpr std::size_t kFitted = 2 * (2 * sizeof(double) + 2 * sizeof(float));
constexpr std::size_t kFitting = 6 * sizeof(double);

/// The pinned buffers of gpu/cuda/staging.h.
constexpr std::size_t kStaging = 2 * nn::CudaScratch::kMostPart;

}  // namespace

std::size_t MemoryNeed::total() const {
  return std::max(peak, present + networks + transfer + batches + rows + passing);
}

MemoryNeed predict_memory_need(const nn::TrainSpec& spec, const nn::Dataset& dataset,
                               const nn::MemoryUse& of_fold, const nn::BackendInfo& device) {
  const std::size_t folds = unsigned_of(spec.data.folds);
  const std::size_t rows = unsigned_of(dataset.rows());
  const std::size_t batch = unsigned_of(spec.training.batch);
  const std::size_t features = unsigned_of(dataset.sample().count());
  const bool prefetch = spec.training.memory == nn::MemoryProfile::performance;
  const std::size_t results = batch * unsigned_of(dataset.outputs()) * sizeof(float);

  MemoryNeed need;
  if (const auto host = nn::host_memory()) {
    need.present = unsigned_of(host->resident);
    need.peak = unsigned_of(host->peak);
  } else {
    need.present = unsigned_of(dataset.cached_bytes());
  }
  const std::size_t networks = folds * of_fold.arenas() + of_fold.scratch;
  if (device.memory_bytes == 0) {
    need.networks = networks;
  } else {
    need.on_device = networks;
    need.transfer = kStaging + of_fold.copies;
  }
  // Besides those of training there is one at a time that evaluates.
  need.batches = (folds * (prefetch ? 2 : 1) + 1) * batch_bytes(dataset, batch) + folds * results;
  // A reader has its rows as they were given and as they are shuffled.
  need.rows =
      folds * (split_bytes(rows) + 2 * rows * kRow) + 2 * rows * kRow + folds * features * kFitted;
  const std::size_t kept =
      spec.training.keep_weights ? of_fold.masters + of_fold.statistics : std::size_t{0};
  need.passing = std::max({of_fold.greatest, kept, splitting_bytes(rows) + features * kFitting});
  return need;
}

}  // namespace autoglm
