#include "optimizer/planners/search_and_prune.h"

#include <fmt/format.h>

#include <utility>

#include "search_space/random.h"

namespace autoglm {
namespace {

class SearchAndPrune : public Planner {
 public:
  SearchAndPrune(std::unique_ptr<Searcher> searcher, std::string searcher_name,
                 std::unique_ptr<Pruner> pruner)
      : searcher_(std::move(searcher)),
        searcher_name_(std::move(searcher_name)),
        pruner_(std::move(pruner)) {}

  Decision next(const History& history) override {
    const auto number = static_cast<std::int64_t>(history.trials().size());
    if (std::optional<Start> start = complete(number, {}, history)) {
      return *std::move(start);
    }
    return Done{.reason = "space_exhausted", .detail = why_exhausted(history.space())};
  }

  std::optional<Start> complete(std::int64_t number, const Configuration& fixed,
                                const History& history) override {
    std::optional<Suggestion> suggestion = searcher_->suggest(number, fixed, history);
    if (!suggestion) {
      return std::nullopt;
    }
    return Start{.configuration = std::move(suggestion->configuration),
                 .why = std::move(suggestion->why),
                 .searcher = searcher_name_,
                 .chosen_with = std::move(suggestion->chosen_with)};
  }

  Verdict judge(const Trial& trial, const History& history) override {
    return pruner_->judge(trial, history);
  }

  std::vector<std::pair<std::string, std::string>> attributes_at_end(
      const Trial& trial, const History& history) override {
    return searcher_->attributes_at_end(trial, history);
  }

  std::string explain(const Trial& trial, const History& history) override {
    if (trial.searcher == searcher_name_) {
      return searcher_->explain(trial, history);
    }
    if (trial.chosen_with.empty()) {
      return {};  // its searcher has nothing to add either
    }
    return fmt::format(R"({{"unconfirmed": {}}})",
                       json_quoted(fmt::format("the study goes on with {}; open it with --searcher "
                                               "{} to derive the choice",
                                               searcher_name_, trial.searcher)));
  }

  std::vector<Recommendation> recommend(std::size_t n, const History& history) override {
    return searcher_->recommend(n, history);
  }

 private:
  /// Whether nothing is left or nothing was ever possible. Asked again and again while the last
  /// trials run, and as costly as a failing draw: so it is kept.
  const std::string& why_exhausted(const SearchSpace& space) {
    if (why_exhausted_.empty()) {
      Rng rng(0, 0);
      std::string blame;
      const bool feasible = space.sample(rng, {}, &blame).has_value();
      why_exhausted_ = feasible ? "every configuration was tried"
                                : fmt::format("no draw satisfied the constraint {}", blame);
    }
    return why_exhausted_;
  }

  std::unique_ptr<Searcher> searcher_;
  std::string searcher_name_;
  std::unique_ptr<Pruner> pruner_;
  std::string why_exhausted_{};
};

}  // namespace

std::unique_ptr<Planner> make_search_and_prune(std::unique_ptr<Searcher> searcher,
                                               std::string searcher_name,
                                               std::unique_ptr<Pruner> pruner) {
  return std::make_unique<SearchAndPrune>(std::move(searcher), std::move(searcher_name),
                                          std::move(pruner));
}

}  // namespace autoglm
