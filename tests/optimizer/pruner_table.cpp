#include "tests/optimizer/pruner_table.h"

#include <utility>

#include "optimizer/pruners/catalog.h"

namespace autoglm::fakes {

Trial& add_running(History& history, const std::vector<double>& losses) {
  Trial trial{.number = static_cast<std::int64_t>(history.trials().size()),
              .configuration = at(static_cast<double>(history.trials().size()) / 1000),
              .state = TrialState::running};
  for (const double loss : losses) {
    trial.reports.push_back({.step = static_cast<std::int64_t>(trial.reports.size()),
                             .metrics = {{"loss", loss}},
                             .sequence = history.next_sequence()});
    set_metric(trial.metrics, "loss", loss);
  }
  return history.add(std::move(trial));
}

History history_of(const Table& table, Goal goal) {
  History history(unit_space(), Objective({{.name = "loss", .goal = goal}}));
  for (const std::vector<double>& losses : table) {
    Trial& trial = add_running(history, losses);
    trial.state = TrialState::complete;
    trial.values = {losses.empty() ? 0 : losses.back()};
  }
  return history;
}

Verdict judge(const std::string& rule, History history, const std::vector<double>& losses) {
  const SpecRoot section = read_spec(rule, "spec.json");
  const Trial& trial = add_running(history, losses);
  return make_pruner(section.get()).pruner->judge(trial, history);
}

}  // namespace autoglm::fakes
