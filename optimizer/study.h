// A study: its history, what comes next, and what becomes of each trial. Knows no runner: `tune`
// drives it through run_study (study_loop.h), `stdio` and `ask` drive it by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "optimizer/history.h"
#include "optimizer/planner.h"
#include "optimizer/study_observer.h"
#include "optimizer/trial_runner.h"

namespace autoglm {

struct StudySettings {
  std::uint64_t seed = 0;
  std::optional<std::int64_t> max_trials{};      // of the study in all
  std::optional<std::int64_t> max_failures{};    // none: ten with none complete yet
  bool stop_when_first_three_fail_alike = true;  // false: only a max_failures that is given stops
  int retries = 0;
  int max_attempts = 10;
  int seeds = 1;  // repeats of each configuration, >= 1
};

/// How a trial ended, as told by whoever ran it.
struct TrialEnd {
  TrialState state = TrialState::complete;  // complete pruned failed infeasible abandoned
  std::string reason{};
  /// For complete and pruned: the values; none: from the reports.
  std::optional<std::vector<double>> values{};
  std::optional<double> duration_seconds{};
  std::vector<std::pair<std::string, std::string>> user_attrs{};
};

using Clock = std::function<TimeNs()>;

class Study {
 public:
  /// `planner` and `observers` are not owned and must outlive the study.
  Study(StudySettings settings, History history, Planner& planner,
        std::vector<StudyObserver*> observers, Clock clock);

  const History& history() const { return history_; }
  const StudySettings& settings() const { return settings_; }

  // --- what next ---

  /// A trial was given out (state running, configuration whole): waiting ones first, in order of
  /// number, even beyond the budget; then the planner's while the budget lasts.
  struct Given {
    std::int64_t trial = 0;
    std::optional<std::int64_t> until_step{};
    std::optional<std::int64_t> checkpoint_of{};
  };
  using Answer = std::variant<Given, Wait, Done>;
  /// Done's reasons: max_trials, target, space_exhausted, max_failures, failed_alike, timeout.
  Answer ask();

  /// Puts a (possibly partial) configuration into the queue. REQUIRES: history().space() has no
  /// problem with it.
  std::int64_t enqueue(Configuration configuration, TrialOrigin origin);

  /// Takes in a waiting trial that another program put into storage under this number.
  void adopt(Trial trial);

  /// From now on ask() says Done{reason}, apart from nothing: waiting ones stay waiting.
  void end(const std::string& reason);

  // --- the life of a trial that was given out ---

  /// A new attempt begins; the request for a runner.
  RunRequest begin_attempt(const Given& given);
  void attempt_started(const Started& started);

  /// Merges a report, judges it. Reports of finished trials and of older attempts are ignored.
  Verdict report(std::int64_t trial, std::int64_t step, const MetricValues& metrics);

  /// An attempt ended: decides the trial's state (or another attempt: then the result is its
  /// Given, which goes to begin_attempt). One function decides, see attempt_outcome.h.
  std::optional<Given> attempt_finished(const Finished& finished);

  /// A trial that others ran is over.
  void finish(std::int64_t trial, TrialEnd end);

  /// Back to waiting, at no cost: the tuner was interrupted.
  void requeue(std::int64_t trial, const std::string& reason);

  // --- the state of affairs ---

  /// The best complete trial of a study with one objective; of equal ones the lower number.
  const Trial* best() const;
  /// Numbers of the non-dominated complete trials, ascending.
  std::vector<std::int64_t> pareto() const;
  std::vector<Planner::Recommendation> recommend(std::size_t n) const;

  void flush();

 private:
  std::optional<Done> budget_spent() const;
  void tell(EventKind kind, Trial& trial, const Report* report = nullptr);
  void conclude(Trial& trial, TrialEnd end);
  void note_failure(const Trial& trial, const std::string& likeness);

  StudySettings settings_;
  History history_;
  Planner& planner_;
  std::vector<StudyObserver*> observers_;
  Clock clock_;
  std::optional<Done> ended_{};
};

}  // namespace autoglm
