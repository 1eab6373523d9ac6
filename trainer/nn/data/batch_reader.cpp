#include "trainer/nn/data/batch_reader.h"

#include <algorithm>
#include <utility>

#include "search_space/random.h"
#include "trainer/nn/data/augment.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {

BatchReader::BatchReader(const Dataset& data, const Standardization& standard,
                         std::vector<Row> rows, const BatchOptions& options)
    : data_(data),
      standard_(standard),
      options_(options),
      rows_(std::move(rows)),
      order_(rows_),
      stored_(static_cast<std::size_t>(data.sample().count())) {
  const std::size_t most = std::min(static_cast<std::size_t>(options_.batch), rows_.size());
  for (Slot& slot : slots_) {
    slot.x.resize(most * stored_.size());
    slot.labels.resize(data.task() == Task::classification ? most : 0);
    slot.targets.resize(data.task() == Task::regression ? most : 0);
    if (!options_.prefetch) {
      break;
    }
  }
  if (options_.prefetch) {
    task_ = std::make_unique<BackgroundTask>([this] { prepare(ahead_, slots_[1 - shown_]); });
  }
}

BatchReader::~BatchReader() = default;

std::int64_t BatchReader::batches() const {
  const std::int64_t rows = std::ssize(rows_);
  return rows / options_.batch + (rows % options_.batch > 0 ? 1 : 0);
}

void BatchReader::forget_prepared() {
  if (!std::exchange(is_preparing_, false)) {
    return;
  }
  try {
    task_->wait();
  } catch (const DataError&) {  // NOLINT(bugprone-empty-catch): nobody asked for that batch
  }
}

void BatchReader::begin_epoch(std::int64_t epoch) {
  forget_prepared();
  epoch_ = epoch;
  next_ = 0;
  if (!options_.shuffle) {
    return;
  }
  constexpr std::uint64_t kPurpose = 0xffffff01;
  Rng rng(options_.seed, kPurpose << 32U | static_cast<std::uint32_t>(epoch));
  std::copy(rows_.begin(), rows_.end(), order_.begin());
  for (std::size_t left = order_.size(); left > 1; --left) {
    std::swap(order_[left - 1], order_[rng.below(left)]);
  }
}

void BatchReader::skip_to(std::int64_t batch) {
  forget_prepared();
  next_ = batch;
}

bool BatchReader::next(Batch& batch) {
  if (next_ >= batches()) {
    return false;
  }
  if (!is_preparing_) {
    prepare(next_, slots_[shown_]);
  } else {
    is_preparing_ = false;
    task_->wait();
    shown_ = 1 - shown_;
  }
  batch = view(slots_[shown_]);
  ++next_;
  if (task_ && next_ < batches()) {
    ahead_ = next_;
    is_preparing_ = true;
    task_->start();
  }
  return true;
}

Batch BatchReader::view(const Slot& slot) const {
  const std::size_t count = slot.rows.size();
  const auto of_slot = [count](const auto& list) {
    return std::span(list).first(std::min(count, list.size()));
  };
  return {.count = static_cast<std::int64_t>(count),
          .x = std::span(slot.x).first(count * stored_.size()),
          .labels = of_slot(slot.labels),
          .targets = of_slot(slot.targets),
          .rows = slot.rows};
}

void BatchReader::prepare(std::int64_t batch, Slot& slot) {
  const auto first = static_cast<std::size_t>(batch * options_.batch);
  const std::size_t count =
      std::min(static_cast<std::size_t>(options_.batch), order_.size() - first);
  slot.rows = std::span(order_).subspan(first, count);
  for (std::size_t i = 0; i < count; ++i) {
    const Row row = slot.rows[i];
    prepare_row(row, slot.x.data() + i * stored_.size());
    if (data_.task() == Task::classification) {
      slot.labels[i] = data_.label(row);
    } else {
      slot.targets[i] = static_cast<float>((data_.target(row) - standard_.target_mean) /
                                           standard_.target_deviation);
    }
  }
}

void BatchReader::prepare_row(Row row, float* x) {
  data_.read(row, buffers_, stored_.data());
  const Dataset::Augmentation& augmentation = data_.augmentation();
  if (!options_.augment || (augmentation.shift == 0 && !augmentation.flip)) {
    standard_.apply(stored_.data(), std::ssize(stored_), x);
    return;
  }
  standard_.apply(stored_.data(), std::ssize(stored_), stored_.data());
  const Movement movement =
      draw_movement(options_.seed, epoch_, row, augmentation.shift, augmentation.flip);
  move_image(stored_.data(), data_.sample(), movement, standard_.zero.data(), x);
}

}  // namespace autoglm::nn
