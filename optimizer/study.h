// A study: its history, what comes next, and what becomes of each trial. Knows no runner: `tune`
// drives it through run_study (study_loop.h), `stdio` and `ask` drive it by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "optimizer/failure_limit.h"
#include "optimizer/history.h"
#include "optimizer/planner.h"
#include "optimizer/study_observer.h"
#include "optimizer/tally.h"
#include "optimizer/trial_changes.h"
#include "optimizer/trial_runner.h"

namespace autoglm {

struct StudySettings {
  std::uint64_t seed = 0;
  std::optional<std::int64_t> max_trials{};      // of the study in all
  std::optional<std::int64_t> max_failures{};    // none: ten with none complete yet
  bool stop_when_first_three_fail_alike = true;  // false: only a max_failures that is given stops
  int retries = 0;
  int max_attempts = 10;
  int seeds = 1;                               // repeats of each configuration, >= 1
  std::optional<int> device_failure_status{};  // by which trials say that their device failed
  /// `ask`: trials given out are run by others, and nobody here waits for them. Failures are those
  /// of the whole study, since each is told to another process.
  bool external = false;
};

using Clock = std::function<TimeNs()>;

class Study {
 public:
  /// `planner` and `observers` are not owned and must outlive the study.
  Study(StudySettings settings, History history, Planner& planner,
        std::vector<StudyObserver*> observers, Clock clock);

  const History& history() const { return history_; }
  const StudySettings& settings() const { return settings_; }
  TimeNs now() const { return clock_(); }

  // --- what next ---

  /// A trial was given out (state running, configuration whole): waiting ones first, in order of
  /// number, even beyond the budget; then the planner's while the budget lasts. Failures end a
  /// study only while there is something left to give out. The answer Done is not final: a running
  /// trial that completes may revoke "ten failed and none is complete".
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

  /// Takes in what another program did to a trial in storage: a new one waits, a running one is
  /// over. Anything else is ignored. REQUIRES: no gap in the numbers.
  enum class Adopted { nothing, arrival, end };
  Adopted adopt(Trial trial);

  /// What was put into storage while nobody held the study becomes known to it: trials that were
  /// enqueued, and ends that were told.
  void take_in_meanwhile();

  /// From now on ask() says Done{reason}, apart from nothing: waiting ones stay waiting.
  void end(const std::string& reason);

  // --- the life of a trial that was given out ---

  /// A new attempt begins; the request for a runner.
  RunRequest begin_attempt(const Given& given);
  void attempt_started(const Started& started);

  /// Merges a report into its step, metric by metric, adds what expressions give, and judges it.
  /// Once it was told to stop or pause an attempt is not judged again: its later reports are
  /// ignored (the same verdict is the answer), and those of trials that do not run are too.
  Verdict report(std::int64_t number, std::int64_t step, const MetricValues& metrics);

  /// An attempt ended: decides the trial's state (or another attempt: then the result is its
  /// Given, which goes to begin_attempt). One function decides, see attempt_outcome.h.
  std::optional<Given> attempt_finished(const Finished& finished);

  /// A trial that others ran is over. Told complete without values it has those of its reports;
  /// without any there, or with one that is not finite, it failed. REQUIRES: it is not finished.
  void finish(std::int64_t number, TrialEnd end);

  /// Back to waiting, at no cost: the tuner was interrupted. What the interrupted attempt reported
  /// is taken back, unless it left a checkpoint.
  void requeue(std::int64_t number, const std::string& reason);

  /// Trials that run elsewhere, ascending: others may end them.
  std::vector<std::int64_t> external_trials() const;

  // --- the state of affairs ---

  /// The best complete trial of a study with one objective; of equal ones the lower number.
  const Trial* best() const;
  /// Numbers of the non-dominated complete trials, ascending.
  std::vector<std::int64_t> pareto() const;
  std::vector<Planner::Recommendation> recommend(std::size_t n) const;
  /// What the planner adds to a trial's `why`: one JSON object, or empty. REQUIRES: there is one.
  std::string explain(std::int64_t number) const;

  void flush();

 private:
  /// What is asked of a running trial, and the verdict on its current attempt.
  struct Open {
    Given given{};
    Verdict verdict{};
  };

  std::optional<Done> budget_spent() const;
  bool complete_partial(Trial& trial);
  Answer carry_out(const Start& start);
  Answer carry_out(const Continue& go_on);
  Given give_out(Trial& trial, const Given& given);

  Trial* running_attempt(std::int64_t number, int attempt);
  void put_back(Trial& trial, const std::string& reason);
  void conclude(Trial& trial, TrialEnd end, const std::string& likeness,
                bool device_failed = false);
  void take_in_end(Trial& trial);
  void tell(EventKind kind, Trial& trial, Report* report = nullptr);

  StudySettings settings_;
  History history_;
  Planner& planner_;
  std::vector<StudyObserver*> observers_;
  Clock clock_;
  FailureLimit failure_limit_;
  Tally tally_;
  std::map<std::int64_t, Open> open_{};
  std::optional<Done> ended_{};
};

}  // namespace autoglm
