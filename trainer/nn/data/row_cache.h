// Rows of f32 numbers in memory, up to a limit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace autoglm::nn {

/// Grows by blocks, so that it never holds a second copy of what it has.
class RowCache {
 public:
  RowCache(std::int64_t features, std::int64_t most_bytes)
      : features_(features),
        rows_of_block_(std::max<std::int64_t>(1, std::min(kBlock, most_bytes) / bytes_of_row())),
        most_bytes_(most_bytes) {}

  std::int64_t bytes() const {
    return static_cast<std::int64_t>(blocks_.size()) * rows_of_block_ * bytes_of_row();
  }

  /// Room for one more row; null, and all is given up for good, when it would be too much.
  float* append() {
    if (full_) {
      return nullptr;
    }
    if (rows_ == static_cast<std::int64_t>(blocks_.size()) * rows_of_block_) {
      if (bytes() + rows_of_block_ * bytes_of_row() > most_bytes_) {
        full_ = true;
        blocks_ = std::vector<std::unique_ptr<float[]>>();  // {} would keep the capacity
        return nullptr;
      }
      const auto count = static_cast<std::size_t>(rows_of_block_ * features_);
      blocks_.push_back(std::make_unique<float[]>(count));
    }
    return at(rows_++);
  }
  bool is_complete() const { return !full_; }
  const float* row(std::int64_t row) const { return at(row); }

 private:
  static constexpr std::int64_t kBlock = std::int64_t{1} << 18;  // bytes, or one row

  std::int64_t bytes_of_row() const { return features_ * 4; }
  float* at(std::int64_t row) const {
    return blocks_[static_cast<std::size_t>(row / rows_of_block_)].get() +
           row % rows_of_block_ * features_;
  }

  std::int64_t features_;
  std::int64_t rows_of_block_;
  std::int64_t most_bytes_;
  std::int64_t rows_ = 0;
  bool full_ = false;
  std::vector<std::unique_ptr<float[]>> blocks_{};
};

}  // namespace autoglm::nn
