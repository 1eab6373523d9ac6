#include "trainer/nn/data/dataset.h"

#include <numeric>

#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {

std::span<const Column> Dataset::columns() const {
  return schema_ == nullptr ? std::span<const Column>() : schema_->columns();
}

std::int64_t Dataset::cached_bytes() const {
  std::int64_t bytes = 0;
  for (const auto& source : sources_) {
    bytes += source->cached_bytes();
  }
  return bytes;
}

void Dataset::read(Row row, RowBuffers& buffers, float* features) const {
  std::int64_t place = row;
  for (const auto& source : sources_) {
    if (place < source->rows()) {
      source->read(place, buffers, features);
      return;
    }
    place -= source->rows();
  }
}

Split Dataset::split(std::int64_t fold) const {
  std::vector<std::int32_t> groups(static_cast<std::size_t>(training_rows_));
  if (task_ == Task::classification && spec_.stratify) {
    for (std::size_t row = 0; row < groups.size(); ++row) {
      groups[row] = label(static_cast<Row>(row));
    }
  }
  const bool own_validation = !spec_.validation_path.empty();
  Split split = split_rows(groups, {.validation = own_validation ? 0 : spec_.validation,
                                    .test = spec_.test,
                                    .folds = spec_.folds,
                                    .fold = fold,
                                    .seed = spec_.split_seed});
  const auto fill = [](std::vector<Row>& part, std::int64_t first, std::int64_t end) {
    for (std::int64_t row = first; row < end; ++row) {
      part.push_back(static_cast<Row>(row));
    }
  };
  fill(split.validation, training_rows_, training_rows_ + validation_rows_);
  fill(split.test, training_rows_ + validation_rows_, rows());
  if (split.training.empty() || split.validation.empty()) {
    fail_with(spec_.path, "of its " + std::to_string(training_rows_) + " rows none is left for " +
                              (split.training.empty() ? "training" : "validation") +
                              "; choose other shares, fewer folds, or a file of its own");
  }
  return split;
}

}  // namespace autoglm::nn
