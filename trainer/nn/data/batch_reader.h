// Hands out rows in batches, epoch by epoch.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "trainer/nn/data/background_task.h"
#include "trainer/nn/data/dataset.h"

namespace autoglm::nn {

struct BatchOptions {
  std::int64_t batch = 32;  // rows; >= 1
  bool shuffle = false;     // another order in each epoch, else that of the list
  bool augment = false;     // as the data set's spec says
  bool prefetch = false;    // prepare the next batch on another thread
  std::uint64_t seed = 0;   // of order and augmentation
};

/// Valid until the reader is asked for another.
struct Batch {
  std::int64_t count = 0;                  // rows
  std::span<const float> x{};              // [count, sample...]
  std::span<const std::int32_t> labels{};  // classification: [count]
  std::span<const float> targets{};        // regression: [count, 1], standardised
  std::span<const Row> rows{};             // [count]
};

/// What a batch holds depends on the data, the list of rows, the options, the epoch and the batch's
/// number alone, so a run goes on where it was interrupted with begin_epoch(epoch) and
/// skip_to(batch). After the first batches nothing is allocated. One thread.
class BatchReader {
 public:
  /// `data` and `standard` are not owned and must outlive the reader. REQUIRES: rows not empty.
  BatchReader(const Dataset& data, const Standardization& standard, std::vector<Row> rows,
              const BatchOptions& options);
  ~BatchReader();

  /// Of an epoch.
  std::int64_t batches() const;
  /// To be called before the first batch. From 0, in any order.
  void begin_epoch(std::int64_t epoch);
  /// The number of the batch that comes next, from 0.
  void skip_to(std::int64_t batch);
  std::int64_t position() const { return next_; }
  /// False at the end of the epoch. Throws DataError where a file cannot be read any more.
  bool next(Batch& batch);

 private:
  struct Slot {
    std::vector<float> x{};
    std::vector<std::int32_t> labels{};
    std::vector<float> targets{};
    std::span<const Row> rows{};
  };
  void prepare(std::int64_t batch, Slot& slot);
  void prepare_row(Row row, float* x);
  void forget_prepared();
  Batch view(const Slot& slot) const;

  const Dataset& data_;
  const Standardization& standard_;
  const BatchOptions options_;
  std::vector<Row> rows_;   // as given
  std::vector<Row> order_;  // of this epoch
  std::int64_t epoch_ = 0;
  std::int64_t next_ = 0;

  // Used by whoever prepares, which is one thread at a time.
  RowBuffers buffers_{};
  std::vector<float> stored_{};
  std::array<Slot, 2> slots_{};
  std::size_t shown_ = 0;      // the slot whose batch was handed out
  std::int64_t ahead_ = 0;     // the batch that the thread prepares in the other slot …
  bool is_preparing_ = false;  // … or has prepared
  std::unique_ptr<BackgroundTask> task_{};
};

}  // namespace autoglm::nn
