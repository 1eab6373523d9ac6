#include "trainer/nn/data/standardization.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "trainer/nn/data/cell.h"

namespace autoglm::nn {

void Standardization::apply(const float* stored, std::int64_t count, float* x) const {
  const std::size_t places = mean.size();
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); i += places) {
    for (std::size_t place = 0; place < places; ++place) {
      const double value = stored[i + place];
      // An outlier of another part than the training one may not become infinite.
      const double moved =
          std::clamp((value - mean[place]) * scale[place], -kGreatestNumber, kGreatestNumber);
      x[i + place] = std::isnan(value) ? missing[place] : static_cast<float>(moved);
    }
  }
}

}  // namespace autoglm::nn
