#include <cmath>

#include "trainer/nn/data/dataset.h"

namespace autoglm::nn {
namespace {

/// Mean and variance in one pass (Welford, "Note on a method for calculating corrected sums of
/// squares and products", Technometrics 4, 1962).
class Moments {
 public:
  void add(double value) {
    ++count_;
    const double distance = value - mean_;
    mean_ += distance / static_cast<double>(count_);
    squares_ += distance * (value - mean_);
  }
  double mean() const { return mean_; }
  double deviation() const {
    return count_ > 0 ? std::sqrt(squares_ / static_cast<double>(count_)) : 0;
  }

 private:
  std::int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean
};

}  // namespace

Standardization Dataset::fit(std::span<const Row> training) const {
  const bool image = sample_.rank == 3;
  const auto features = static_cast<std::size_t>(sample_.count());
  std::vector<Moments> moments(image ? static_cast<std::size_t>(sample_.last()) : features);
  Moments targets;
  RowBuffers buffers;
  std::vector<float> stored(features);
  for (const Row row : training) {
    read(row, buffers, stored.data());
    for (std::size_t i = 0; i < features; i += moments.size()) {
      for (std::size_t place = 0; place < moments.size(); ++place) {
        if (const float value = stored[i + place]; !std::isnan(value)) {
          moments[place].add(value);
        }
      }
    }
    targets.add(targets_[row]);
  }

  Standardization result;
  result.target_mean = targets.mean();
  result.target_deviation = targets.deviation() > 0 ? targets.deviation() : 1;
  const std::vector<FeatureKind> kinds = feature_kinds(moments.size());
  const bool zero_for_missing = spec_.missing_number == DataSpec::MissingNumber::zero;
  for (std::size_t place = 0; place < moments.size(); ++place) {
    const bool plain = kinds[place].is_category || !spec_.standardize;
    const double mean = moments[place].mean();
    const double inverse = 1 / moments[place].deviation();
    const bool occurs = !kinds[place].is_category || mean > 0;
    result.mean.push_back(plain ? 0 : mean);
    result.scale.push_back(plain ? (occurs ? 1 : 0) : std::isfinite(inverse) ? inverse : 0);
    result.zero.push_back(
        static_cast<float>((-kinds[place].origin - result.mean[place]) * result.scale[place]));
    result.missing.push_back(zero_for_missing    ? result.zero[place]
                             : spec_.standardize ? 0
                                                 : static_cast<float>(mean));
  }
  return result;
}

std::vector<Dataset::FeatureKind> Dataset::feature_kinds(std::size_t places) const {
  std::vector<FeatureKind> kinds(places);
  if (schema_ == nullptr || sample_.rank == 3) {
    return kinds;  // pixels
  }
  for (const Column& column : schema_->columns()) {
    const auto first = static_cast<std::size_t>(column.feature);
    if (column.feature >= 0 && column.type == DataSpec::ColumnType::number) {
      kinds[first].origin = column.origin;
    }
    for (std::size_t i = 0; i < column.categories.size(); ++i) {
      kinds[first + i].is_category = true;
    }
  }
  return kinds;
}

}  // namespace autoglm::nn
