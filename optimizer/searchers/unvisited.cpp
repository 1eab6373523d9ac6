#include "optimizer/searchers/unvisited.h"

#include <utility>

namespace autoglm {

namespace {

constexpr int kDraws = 1000;              // before looking at all of a finite space
constexpr int kDrawsWithoutEnd = 20'000;  // of a space that cannot be looked at as a whole
constexpr std::uint64_t kEnumerable = 1'000'000;

struct Draw {
  std::optional<Configuration> open{};
  std::optional<Configuration> tried{};  // feasible at least
};

// Until an open one is found, the draws are used up, or the constraints reject everything.
Draw draw(const Request& request, int draws, Rng& rng) {
  Draw result;
  for (int i = 0; i < draws; ++i) {
    std::optional<Configuration> drawn = request.space().sample(rng, request.fixed());
    if (!drawn) {
      break;
    }
    if (request.is_open(*drawn)) {
      result.open = std::move(drawn);
      break;
    }
    if (request.is_feasible(*drawn)) {
      result.tried = std::move(drawn);
    }
  }
  return result;
}

// Every open configuration is kept with the same probability (reservoir sampling).
Draw pick_from_all(const Request& request, Rng& rng) {
  Draw result;
  std::uint64_t seen = 0;
  request.space().enumerate([&](const Configuration& configuration) {
    if (request.is_open(configuration)) {
      ++seen;
      if (rng.below(seen) == 0) {
        result.open = configuration;
      }
    } else if (!result.tried && request.is_feasible(configuration)) {
      result.tried = configuration;
    }
    return true;
  });
  return result;
}

}  // namespace

bool agrees(const Configuration& configuration, const Configuration& fixed) {
  for (const auto& [name, value] : fixed) {
    const Value* found = configuration.find(name);
    if (found == nullptr || !same_value(*found, value)) {
      return false;
    }
  }
  return true;
}

bool Request::is_feasible(const Configuration& configuration) const {
  return agrees(configuration, fixed_) && space().violated_constraint(configuration) == nullptr;
}

bool Request::is_open(const Configuration& configuration) const {
  return is_feasible(configuration) && !history_.was_tried(configuration, number_);
}

std::optional<Configuration> draw_unvisited(const Request& request, Rng& rng) {
  Draw result = draw(request, kDraws, rng);
  if (!result.open) {
    const std::optional<std::uint64_t> count = request.space().count(kEnumerable);
    Draw further = count && *count <= kEnumerable ? pick_from_all(request, rng)
                                                  : draw(request, kDrawsWithoutEnd, rng);
    result.open = std::move(further.open);
    if (!result.tried) {
      result.tried = std::move(further.tried);
    }
  }
  if (result.open || request.fixed().empty()) {
    return result.open;
  }
  return result.tried;
}

}  // namespace autoglm
