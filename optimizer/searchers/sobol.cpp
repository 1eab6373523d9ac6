#include "optimizer/searchers/sobol.h"

#include <fmt/format.h>

#include <utility>

#include "optimizer/models/sobol_sequence.h"
#include "optimizer/searchers/point_configuration.h"
#include "optimizer/searchers/unvisited.h"

namespace autoglm {

namespace {

// Points that constraints, conditions or earlier trials rule out, passed over for one suggestion.
constexpr std::uint64_t kPassedOver = 2000;

class SobolSearcher final : public Searcher {
 public:
  SobolSearcher(const SearchSpace& space, std::uint64_t seed)
      : space_(space), sequence_(space.size(), seed), seed_(seed) {}

  std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                    const History& history) override {
    const Request request(number, fixed, history);
    const auto first = static_cast<std::uint64_t>(number);
    for (std::uint64_t index = first; index < first + kPassedOver; ++index) {
      Configuration configuration = configuration_at(space_, sequence_.point(index), fixed);
      if (request.is_open(configuration)) {
        return Suggestion{std::move(configuration),
                          fmt::format("point {} of a scrambled Sobol sequence", index)};
      }
    }
    Rng rng(seed_, first);
    std::optional<Configuration> drawn = draw_unvisited(request, rng);
    if (!drawn) {
      return std::nullopt;
    }
    return Suggestion{std::move(*drawn),
                      fmt::format("drawn at random: {} points of the Sobol sequence from {} on are "
                                  "tried or infeasible",
                                  kPassedOver, first)};
  }

 private:
  const SearchSpace& space_;
  SobolSequence sequence_;
  std::uint64_t seed_;
};

}  // namespace

std::unique_ptr<Searcher> make_sobol_searcher(const SearchSpace& space, std::uint64_t seed) {
  return std::make_unique<SobolSearcher>(space, seed);
}

}  // namespace autoglm
