#include "study_past.h"

#include <utility>

namespace autoglm::testing {

SearchSpace space_of(const std::string& parameters, const std::string& constraints) {
  const SpecRoot root = read_spec(parameters, "parameters");
  const SpecRoot list = read_spec(constraints.empty() ? "[]" : constraints, "constraints");
  return parse_search_space(*root, list.get(), nullptr);
}

SearcherChoice searcher_of(const std::string& section, const SearchSpace& space,
                           const SearcherContext& context) {
  return make_searcher(read_spec(section, "searcher").get(), space, context);
}

Configuration configuration_of(const std::string& json, const SearchSpace& space) {
  return parse_configuration(*read_spec(json, "configuration"), space);
}

History empty_history(SearchSpace space, std::size_t objectives) {
  std::vector<Metric> metrics;
  for (std::size_t i = 0; i < objectives; ++i) {
    metrics.push_back({.name = "cost" + std::to_string(i)});
  }
  return {std::move(space), Objective(std::move(metrics))};
}

Trial& add_trial(History& history, Configuration configuration, TrialState state,
                 std::vector<double> values) {
  Trial trial{.number = static_cast<std::int64_t>(history.trials().size())};
  trial.configuration = std::move(configuration);
  trial.state = TrialState::running;
  trial.asked_sequence = history.next_sequence();
  const std::int64_t number = history.add(std::move(trial)).number;
  if (state == TrialState::running) {
    return history.at(number);
  }
  finish_trial(history, number, state, std::move(values));
  return history.at(number);
}

void set_duration(Trial& trial, double seconds) {
  trial.started = 1;
  trial.finished = trial.started + static_cast<TimeNs>(seconds * 1e9);
}

void finish_trial(History& history, std::int64_t number, TrialState state,
                  std::vector<double> values) {
  Trial& trial = history.at(number);
  trial.state = state;
  trial.values = std::move(values);
  if (is_finished(state)) {
    trial.finished_sequence = history.next_sequence();
  }
  history.reindex(trial);
}

}  // namespace autoglm::testing
