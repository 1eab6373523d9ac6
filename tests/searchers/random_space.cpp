#include "random_space.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "search_space/random.h"
#include "study_past.h"

namespace autoglm::testing {

namespace {

class SpaceText {
 public:
  SpaceText(std::uint64_t number, Size size) : rng_(number, 0), size_(size) {
    const std::uint64_t parameters = 1 + rng_.below(size == Size::small ? 4 : 6);
    for (std::uint64_t i = 0; i < parameters; ++i) {
      add(fmt::format("p{}", i));
    }
    // Always satisfied at the least values, so never empty.
    if (numbers_.size() > 1 && rng_.below(3) == 0) {
      constraints_.push_back(fmt::format("\"{} + {} <= 5\"", numbers_[0], numbers_[1]));
    }
  }

  SearchSpace parse() const {
    return space_of(fmt::format("{{{}}}", fmt::join(parameters_, ", ")),
                    fmt::format("[{}]", fmt::join(constraints_, ", ")));
  }

 private:
  void add(const std::string& name) {
    std::string domain;
    switch (rng_.below(size_ == Size::small ? 5 : 8)) {
      case 0:
        domain = R"("type": "categorical", "choices": ["a", "b", "c"])";
        break;
      case 1:
        domain = R"("type": "ordinal", "choices": [1, 2, 4, 8])";
        break;
      case 2:
        domain = R"("type": "int", "min": 1, "max": 4)";
        numbers_.push_back(name);
        break;
      case 3:
        domain = R"("type": "uniform", "min": 0, "max": 1, "step": 0.25)";
        break;
      case 4:
        domain = R"("type": "constant", "value": 7)";
        break;
      case 5:
        domain = R"("type": "uniform", "min": -1e-300, "max": 1)";
        break;
      case 6:
        domain = R"("type": "log_uniform", "min": 1e-300, "max": 1)";
        break;
      default:
        domain = R"("type": "log_int", "min": 1, "max": 100000)";
        numbers_.push_back(name);
    }
    std::string condition;
    if (!parents_.empty() && rng_.below(2) == 0) {
      condition = fmt::format(R"(, "when": "{} != 'a'")", parents_[rng_.below(parents_.size())]);
    }
    if (domain.find("categorical") != std::string::npos) {
      parents_.push_back(name);
    }
    parameters_.push_back(fmt::format(R"("{}": {{{}{}}})", name, domain, condition));
  }

  Rng rng_;
  Size size_;
  std::vector<std::string> parameters_{};
  std::vector<std::string> constraints_{};
  std::vector<std::string> parents_{};
  std::vector<std::string> numbers_{};
};

}  // namespace

SearchSpace random_space(std::uint64_t number, Size size) {
  return SpaceText(number, size).parse();
}

}  // namespace autoglm::testing
