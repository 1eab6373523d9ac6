#include "optimizer/searchers/candidates.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr std::uint64_t kFewValues = 16;  // all of them are tried in an exchange

bool is_unordered(const Domain& domain) {
  const auto* choice = std::get_if<Choice>(&domain);
  return choice != nullptr && !choice->ordered;
}

// Back into [0, 1], as if its ends were mirrors; far steps end at an end.
double reflect(double position) {
  if (position < 0) {
    position = -position;
  }
  if (position > 1) {
    position = 2 - position;
  }
  return std::clamp(position, 0.0, 1.0);
}

// Which parameters a local move changes, and by how much.
struct Move {
  double probability = 1;  // of each parameter
  double size = 0.1;       // in units of its reach
};

Move draw_move(std::size_t parameters, Rng& rng) {
  Move move;
  move.size = portable::pow(10, -0.5 - 2 * rng.uniform());
  if (rng.uniform() > 0.3) {
    move.probability = std::min(1.0, 20.0 / static_cast<double>(parameters)) / 2;
  }
  return move;
}

Value moved(const Domain& domain, const Value& value, double size, Rng& rng) {
  const std::optional<std::uint64_t> count = cardinality(domain);
  if (is_unordered(domain)) {
    return nth_value(domain, rng.below(*count));
  }
  // A step much smaller than a cell would never leave it.
  const double least = count ? 0.7 / static_cast<double>(*count) : 0;
  return value_at(domain,
                  reflect(position_of(domain, value) + std::max(size, least) * rng.normal()));
}

// The range may have been narrowed since the value was tried.
Value kept(const Domain& domain, const Value& value) {
  const std::optional<Value> same = fit_value(domain, value);
  return same ? *same : value_at(domain, position_of(domain, value));
}

}  // namespace

CandidateMaker::CandidateMaker(const SearchSpace& space, const Configuration& fixed,
                               std::vector<double> reaches)
    : space_(space), fixed_(fixed), reaches_(std::move(reaches)) {}

Configuration CandidateMaker::anywhere(Rng& rng) const {
  return space_.build([&](std::size_t /*index*/, const Parameter& parameter) {
    const Value* given = fixed_.find(parameter.name);
    return given != nullptr ? *given : value_at(parameter.domain, rng.uniform());
  });
}

Configuration CandidateMaker::near(const Configuration& centre, Rng& rng) const {
  const Move move = draw_move(space_.size(), rng);
  const std::size_t always = rng.below(space_.size());
  return space_.build([&](std::size_t i, const Parameter& parameter) {
    if (const Value* given = fixed_.find(parameter.name)) {
      return *given;
    }
    const Value* value = centre.find(parameter.name);
    if (value == nullptr) {
      return value_at(parameter.domain, rng.uniform());
    }
    if (i != always && rng.uniform() >= move.probability) {
      return kept(parameter.domain, *value);
    }
    return moved(parameter.domain, *value, move.size * reaches_[i], rng);
  });
}

std::vector<Value> CandidateMaker::alternatives(const Parameter& parameter,
                                                const Value& value) const {
  std::vector<Value> others;
  const std::optional<std::uint64_t> count = cardinality(parameter.domain);
  if (!count) {
    return others;
  }
  if (*count <= kFewValues) {
    for (std::uint64_t i = 0; i < *count; ++i) {
      others.push_back(nth_value(parameter.domain, i));
    }
  } else {
    const double position = position_of(parameter.domain, value);
    for (std::uint64_t cells = 1; cells < *count; cells *= 2) {
      const double step = static_cast<double>(cells) / static_cast<double>(*count);
      others.push_back(value_at(parameter.domain, position - step));
      others.push_back(value_at(parameter.domain, position + step));
    }
  }
  others.erase(std::remove_if(others.begin(), others.end(),
                              [&](const Value& other) { return same_value(other, value); }),
               others.end());
  return others;
}

Configuration CandidateMaker::with_value(const Configuration& centre, const Parameter& parameter,
                                         const Value& value, Rng& rng) const {
  return space_.build([&](std::size_t /*index*/, const Parameter& other) {
    if (other.name == parameter.name) {
      return value;
    }
    if (const Value* given = fixed_.find(other.name)) {
      return *given;
    }
    const Value* before = centre.find(other.name);
    return before != nullptr ? kept(other.domain, *before) : value_at(other.domain, rng.uniform());
  });
}

std::vector<Configuration> CandidateMaker::exchanges(const Configuration& centre, Rng& rng) const {
  std::vector<Configuration> exchanged;
  for (const Parameter& parameter : space_.parameters()) {
    const Value* value = centre.find(parameter.name);
    if (value == nullptr || fixed_.contains(parameter.name)) {
      continue;
    }
    for (const Value& other : alternatives(parameter, *value)) {
      exchanged.push_back(with_value(centre, parameter, other, rng));
    }
  }
  return exchanged;
}

}  // namespace autoglm
