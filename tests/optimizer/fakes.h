// Scripted parts for tests of the study and of everything that drives one: a clock, a runner whose
// programs are scripts, a planner whose decisions are a list, observers that remember.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "optimizer/planner.h"
#include "optimizer/searcher.h"
#include "optimizer/study.h"
#include "optimizer/study_observer.h"
#include "optimizer/trial_runner.h"

namespace autoglm::fakes {

/// A space of one parameter x, uniform in [0, 1].
SearchSpace unit_space();
/// {"x": value}
Configuration at(double x);
/// One metric to minimize.
Objective minimize(const std::string& metric);

/// A millisecond passes each time somebody looks; more by hand.
class FakeClock {
 public:
  Clock clock();
  void advance_seconds(double seconds);

 private:
  TimeNs now_ = 1'700'000'000'000'000'000;
};

/// What a scripted program does: it reports, then ends. Told to stop it does not go on reporting.
struct Script {
  std::vector<std::pair<std::int64_t, MetricValues>> reports{};  // step, metrics
  Ending ending = Ending::exited;
  int code = 0;
  std::string stderr_tail{};
  std::string detail{};
  int code_at_sigterm = -15;  // what it ends with when stopped: -signal, or an exit status
  bool is_quick = false;      // has reported everything and exited before any signal comes
  bool hangs = false;         // after its reports it never ends by itself
};
using Program = std::function<Script(const RunRequest&)>;

/// Reports `losses` at steps 0, 1, … and exits 0.
Script reports_losses(const std::vector<double>& losses);
/// Writes a line to stderr and exits with this status.
Script fails(int status, const std::string& line);

/// Runs scripts. Events come one from each running attempt in turn, so with several slots trials
/// interleave, always in the same way. Never waits: with nothing to tell, `when_idle` is called.
class ScriptedRunner : public TrialRunner {
 public:
  ScriptedRunner(int slots, Program program) : slots_(slots), program_(std::move(program)) {}

  int free_slots() const override { return slots_ - static_cast<int>(running_.size()); }
  void start(const RunRequest& request) override;
  std::optional<RunnerEvent> wait(std::chrono::milliseconds timeout) override;
  void answer(std::int64_t trial, int attempt, Action action) override;
  void stop_all(Haste haste) override;

  std::function<void()> when_idle{};
  std::function<void(const RunnerEvent&)> before_event{};

  // What happened.
  std::vector<RunRequest> starts{};
  std::vector<std::pair<std::int64_t, Action>> answers{};
  std::vector<Haste> stops{};

 private:
  struct Running {
    RunRequest request{};
    Script script{};
    std::size_t reported = 0;
    bool launched = false;
    bool is_stopped = false;
  };
  std::optional<RunnerEvent> next_event(Running& running);
  static bool is_over(const RunnerEvent& event) { return std::holds_alternative<Finished>(event); }

  int slots_;
  Program program_;
  std::deque<Running> running_{};
};

/// Takes its decisions from a list; then there is nothing more.
class ScriptedPlanner : public Planner {
 public:
  explicit ScriptedPlanner(std::deque<Decision> script) : decisions(std::move(script)) {}

  Decision next(const History& history) override;
  std::optional<Start> complete(std::int64_t number, const Configuration& fixed,
                                const History& history) override;
  Verdict judge(const Trial& trial, const History& history) override;
  std::vector<Recommendation> recommend(std::size_t n, const History& history) override;

  std::deque<Decision> decisions;
  std::function<Verdict(const Trial&, const History&)> when_judged{};
  std::optional<Configuration> completion{};  // what complete() adds to
};

/// Starts of x = 0.00, 0.01, 0.02, … (at most 101).
std::deque<Decision> starts(int count);

/// Suggests at random, but from a seed made of everything that the history says of finished trials:
/// a history that differs in anything gives other suggestions.
class FingerprintSearcher : public Searcher {
 public:
  std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                    const History& history) override;
};

/// Remembers every event, and each trial as it was at the last flush: what a journal would hold
/// after a crash.
class RememberingObserver : public StudyObserver {
 public:
  struct Remembered {
    EventKind kind{};
    std::int64_t sequence = 0;
    Trial trial{};
    std::optional<Report> report{};
  };

  void on_event(const StudyEvent& event) override;
  void flush() override;

  /// "asked 0, started 0, launched 0, …"
  std::string log() const;
  /// A history of the trials that were durable, as a new process would load it.
  History durable_history(const SearchSpace& space, const Objective& objective) const;

  std::vector<Remembered> events{};
  std::function<void(const StudyEvent&)> then{};  // called last; may throw

 private:
  std::map<std::int64_t, Trial> latest_{};
  std::map<std::int64_t, Trial> durable_{};
  std::int64_t durable_sequence_ = 0;
};

}  // namespace autoglm::fakes
