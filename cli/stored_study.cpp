#include "cli/stored_study.h"

#include <fmt/format.h>

#include <utility>

#include "cli/shard.h"
#include "optimizer/hindsight.h"
#include "optimizer/models/numerics.h"
#include "optimizer/planners/search_and_prune.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/searchers/catalog.h"

namespace autoglm {
namespace {

SearcherChoice searcher_of(const StoredStudy& study, const StudyRecord& record) {
  return make_searcher(stored_searcher(record).get(), study.spec.space,
                       {.seed = record.seed,
                        .objectives = study.spec.objective.size(),
                        .parallel = study.spec.parallel,
                        .max_trials = record.max_trials,
                        .share = share_of(record.shard)});
}

/// Digits of models depend on the instructions that compute them.
bool use_numerics_of(const StudyRecord& record) {
  if (record.numerics == to_string(NumericsPath::baseline)) {
    use_numerics_path(NumericsPath::baseline);
    return true;
  }
  use_numerics_path(best_numerics_path());
  return best_numerics_path() != NumericsPath::baseline;
}

/// Why a choice cannot be made once more; empty: it can.
std::string problem_with(const StudyRecord& record, const Trial& trial) {
  if (trial.origin == TrialOrigin::foreign) {
    return "another program chose it";
  }
  if (trial.searcher.empty()) {
    return "its user gave it, whole";
  }
  if (trial.origin != TrialOrigin::searcher) {
    return "its user gave a part of it, which is not told apart from the rest any more";
  }
  if (trial.number < record.merged) {
    return "a shard of the study chose it, by its own seed; its own file can derive it";
  }
  if (trial.searcher != record.searcher) {
    return fmt::format("{} chose it, and the study goes on with {}", trial.searcher,
                       record.searcher);
  }
  if (!use_numerics_of(record)) {
    return "it was computed by instructions that this processor lacks";
  }
  return "";
}

}  // namespace

StoredStudy load_stored_study(const StudyFile& file, const std::string& path) {
  StudySpec spec = stored_spec(file.record, path);
  History history(spec.space, spec.objective);
  for (Trial& trial : file.storage->trials(file.record)) {
    history.add(std::move(trial));
  }
  history.set_sequence(file.record.sequence);
  history.set_max_trials(file.record.max_trials);
  return {.spec = std::move(spec), .history = std::move(history)};
}

SpecRoot stored_searcher(const StudyRecord& record) {
  const SpecRoot options = read_spec(
      record.searcher_options.empty() ? "{}" : record.searcher_options, "the stored searcher");
  return with_override(options, "type=" + record.searcher);
}

Judgement judgement_at(const StoredStudy& study, std::int64_t trial, std::int64_t event) {
  const PrunerChoice rule = make_pruner(study.spec.early_stopping);
  const History then = history_at_report(trial, event, study.history);
  const Trial& judged = *then.find(trial);
  return {.verdict = rule.pruner->judge(judged, then),
          .comparison = rule.pruner->compare(judged, then)};
}

DerivedChoice derived_choice(const StoredStudy& study, const StudyRecord& record,
                             const Trial& trial) {
  if (std::string problem = problem_with(record, trial); !problem.empty()) {
    return {.problem = std::move(problem)};
  }
  const SearcherChoice choice = searcher_of(study, record);
  if (choice.revision != record.searcher_revision) {
    return {.problem = fmt::format("{} has changed since (revision {}, now {})", choice.name,
                                   record.searcher_revision, choice.revision)};
  }
  const History then = history_seen_by(trial, study.history);
  std::optional<Suggestion> again = choice.searcher->suggest(trial.number, {}, then);
  if (!again) {
    return {.problem = "the searcher finds nothing by what was known then"};
  }
  return {.configuration = std::move(again->configuration), .why = std::move(again->why)};
}

std::string searcher_details(const StoredStudy& study, const StudyRecord& record,
                             const Trial& trial) {
  if (record.searcher.empty()) {
    return {};  // the study was imported, and nothing has been asked of a searcher yet
  }
  use_numerics_of(record);
  SearcherChoice choice = searcher_of(study, record);
  const auto planner =
      make_search_and_prune(std::move(choice.searcher), choice.name, make_pruner(nullptr).pruner);
  return planner->explain(trial, study.history);
}

}  // namespace autoglm
