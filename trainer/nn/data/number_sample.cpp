#include "trainer/nn/data/number_sample.h"

#include <algorithm>

namespace autoglm::nn {

void NumberSample::add(double number) {
  constexpr std::size_t kMost = 16;
  if (seen_++ % stride_ != 0) {
    return;
  }
  kept_.push_back(number);
  if (kept_.size() == kMost) {
    for (std::size_t i = 0; i < kMost / 2; ++i) {
      kept_[i] = kept_[2 * i];
    }
    kept_.resize(kMost / 2);
    stride_ *= 2;
  }
}

std::optional<double> NumberSample::median() const {
  if (kept_.empty()) {
    return std::nullopt;
  }
  std::vector<double> sorted = kept_;
  const auto middle = sorted.begin() + (std::ssize(sorted) - 1) / 2;
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

}  // namespace autoglm::nn
