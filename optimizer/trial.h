// What a study remembers of one configuration that was tried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search_space/configuration.h"

namespace autoglm {

/// Nanoseconds since 1970-01-01 UTC; 0: not yet.
using TimeNs = std::int64_t;

enum class TrialState {
  waiting,     // enqueued, or interrupted and to be run again under the same number
  running,     // given out
  paused,      // checkpointed, to be continued
  complete,    // has its values
  pruned,      // stopped early; no candidate for the best
  failed,      // evidence against its configuration
  infeasible,  // the program said that its parameters are not feasible
  abandoned    // evidence of nothing; does not count against the budget
};

std::string_view to_string(TrialState state);
std::optional<TrialState> trial_state_from(std::string_view text);
constexpr bool is_finished(TrialState state) { return state >= TrialState::complete; }

/// Metric names with their numbers, in order of appearance; a name occurs once.
using MetricValues = std::vector<std::pair<std::string, double>>;

const double* find_metric(const MetricValues& metrics, std::string_view name);
void set_metric(MetricValues& metrics, std::string_view name, double value);

/// What a trial reported for one step; a later report of the same step replaces metric by metric.
struct Report {
  std::int64_t step = 0;
  MetricValues metrics{};     // may hold NaN and infinities
  std::int64_t sequence = 0;  // of the last event that touched it
  TimeNs time = 0;
};

/// One run of a trial's program.
struct Attempt {
  int number = 1;           // from 1, over all repeats
  int repeat = 0;           // from 0; below the spec's `seeds`
  std::uint64_t seed = 0;   // what the program got
  std::string directory{};  // absolute; empty when the trial ran elsewhere (ask/tell)
  std::int64_t pid = 0;     // 0: none
  TimeNs started = 0;
  TimeNs finished = 0;      // 0: still running
  std::string outcome{};    // for people: "exit status 1", "signal 9 (Killed)", "interrupted"
  double user_seconds = 0;  // of processor time
  double system_seconds = 0;
  std::int64_t peak_memory_bytes = 0;
  std::vector<double> values{};  // of a repeat that ended well: one an objective; else empty
};

enum class TrialOrigin { searcher, initial, enqueued, foreign };
std::string_view to_string(TrialOrigin origin);

struct Trial {
  std::int64_t number = 0;  // dense from 0
  /// Whole once the trial was given out; a waiting one may hold only what its user fixed.
  Configuration configuration{};
  bool partial = false;  // the searcher still has to fill in the rest
  TrialState state = TrialState::waiting;
  std::string reason{};  // why it ended or waits; when complete, why before it had to
  TrialOrigin origin = TrialOrigin::searcher;
  std::uint64_t seed = 0;           // of repeat 0
  std::vector<Attempt> attempts{};  // the last one is the current one
  int failures = 0;                 // failed attempts that cost a retry
  std::vector<Report> reports{};    // of the current attempt, in order of first arrival of a step
  MetricValues metrics{};           // the last value of each metric
  std::vector<double>
      values{};  // one an objective when complete; of a pruned one the last, or empty
  std::vector<std::pair<std::string, std::string>> user_attrs{};  // name, JSON text
  std::string why{};                 // the searcher's account of its choice, one line
  std::string searcher{};            // who chose: "gp", "random"; empty for initial and enqueued
  std::string chosen_with{};         // its settings, where they matter later: JSON; else empty
  std::int64_t seen = 0;             // the choice depends on exactly the events numbered below this
  std::int64_t asked_sequence = -1;  // of the events asked (or enqueued) and finished; -1: none
  std::int64_t finished_sequence = -1;
  TimeNs created = 0;
  TimeNs started = 0;  // of the first attempt
  TimeNs finished = 0;
  bool external = false;  // given out by `ask` (or running in Optuna): nobody here supervises it
};

/// Between start and finish; the sum over attempts where there are any. Nothing until finished.
std::optional<double> duration_seconds(const Trial& trial);

}  // namespace autoglm
