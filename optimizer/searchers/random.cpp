#include "optimizer/searchers/random.h"

#include <utility>

#include "optimizer/searchers/unvisited.h"

namespace autoglm {

namespace {

class RandomSearcher final : public Searcher {
 public:
  explicit RandomSearcher(std::uint64_t seed) : seed_(seed) {}

  std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                    const History& history) override {
    Rng rng(seed_, static_cast<std::uint64_t>(number));
    std::optional<Configuration> drawn = draw_unvisited(Request(number, fixed, history), rng);
    if (!drawn) {
      return std::nullopt;
    }
    return Suggestion{std::move(*drawn), "drawn at random"};
  }

 private:
  std::uint64_t seed_;
};

}  // namespace

std::unique_ptr<Searcher> make_random_searcher(std::uint64_t seed) {
  return std::make_unique<RandomSearcher>(seed);
}

}  // namespace autoglm
