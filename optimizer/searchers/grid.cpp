#include "optimizer/searchers/grid.h"

#include <algorithm>
#include <utility>

#include "optimizer/searchers/grid_points.h"
#include "optimizer/searchers/unvisited.h"

namespace autoglm {

namespace {

// Points that constraints or earlier trials rule out, passed over for one suggestion.
constexpr std::int64_t kPassedOver = 10'000'000;

std::int64_t abandoned_trials(const History& history) {
  return std::count_if(history.trials().begin(), history.trials().end(),
                       [](const Trial& trial) { return trial.state == TrialState::abandoned; });
}

class GridSearcher final : public Searcher {
 public:
  GridSearcher(const SearchSpace& space, const GridOptions& options)
      : space_(space), points_(static_cast<std::uint64_t>(options.points)), share_(options.share) {}

  std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                    const History& history) override {
    const Request request(number, fixed, history);
    GridPoints grid(space_, fixed, points_);
    if (fixed.empty()) {
      grid.go_to(place_of_first_open(history));
    }
    std::optional<Configuration> tried;
    for (std::int64_t i = 0; i < kPassedOver; ++i) {
      const GridPoints::Place before = grid.place();
      std::optional<Configuration> point = grid.next();
      if (!point) {
        break;
      }
      if (!belongs_to(share_, *point)) {
        continue;
      }
      if (request.is_open(*point)) {
        if (fixed.empty()) {
          before_first_open_ = before;
        }
        return Suggestion{std::move(*point), "the next point of the grid"};
      }
      if (!tried && !fixed.empty() && request.is_feasible(*point)) {
        tried = std::move(point);
      }
    }
    if (!tried) {
      return std::nullopt;
    }
    return Suggestion{std::move(*tried), "the grid has no untried point with the given values"};
  }

 private:
  // Every point before it was tried, and stays so unless a trial is abandoned: where to go on is a
  // function of the history, which a new searcher finds by starting at the first point.
  GridPoints::Place place_of_first_open(const History& history) {
    const std::int64_t abandoned = abandoned_trials(history);
    if (abandoned != abandoned_) {
      abandoned_ = abandoned;
      before_first_open_.reset();
    }
    return before_first_open_;
  }

  const SearchSpace& space_;
  std::uint64_t points_;
  Share share_;
  std::int64_t abandoned_ = 0;
  GridPoints::Place before_first_open_{};
};

}  // namespace

std::unique_ptr<Searcher> make_grid_searcher(const SearchSpace& space, const GridOptions& options) {
  return std::make_unique<GridSearcher>(space, options);
}

}  // namespace autoglm
