#include "tests/optimizer/fakes.h"

#include <fmt/format.h>

#include <algorithm>

#include "search_space/random.h"

namespace autoglm::fakes {

SearchSpace unit_space() {
  return SearchSpace({{.name = "x", .domain = FloatRange{.min = 0, .max = 1}}}, {});
}

Configuration at(double x) { return Configuration({{"x", x}}); }

Objective minimize(const std::string& metric) { return Objective({{.name = metric}}); }

Clock FakeClock::clock() {
  return [this] { return now_ += 1'000'000; };
}

void FakeClock::advance_seconds(double seconds) { now_ += static_cast<TimeNs>(seconds * 1e9); }

Script reports_losses(const std::vector<double>& losses) {
  Script script;
  for (const double loss : losses) {
    script.reports.push_back({static_cast<std::int64_t>(script.reports.size()), {{"loss", loss}}});
  }
  return script;
}

Script fails(int status, const std::string& line) {
  return {.code = status, .stderr_tail = line + "\n"};
}

void ScriptedRunner::start(const RunRequest& request) {
  starts.push_back(request);
  running_.push_back({.request = request, .script = program_(request)});
}

std::optional<RunnerEvent> ScriptedRunner::next_event(Running& running) {
  const RunRequest& request = running.request;
  const Script& script = running.script;
  if (!running.launched) {
    running.launched = true;
    return Started{.trial = request.trial,
                   .attempt = request.attempt,
                   .pid = 1000 + request.trial,
                   .directory = fmt::format("/trials/{}/{}", request.trial, request.attempt)};
  }
  const bool silenced = running.is_stopped && !script.is_quick;
  if (!silenced && running.reported < script.reports.size()) {
    const auto& [step, metrics] = script.reports[running.reported++];
    return Reported{
        .trial = request.trial, .attempt = request.attempt, .step = step, .metrics = metrics};
  }
  if (silenced) {
    return Finished{.trial = request.trial,
                    .attempt = request.attempt,
                    .ending = Ending::stopped,
                    .code = script.code_at_sigterm,
                    .stderr_tail = script.stderr_tail};
  }
  if (script.hangs) {
    return std::nullopt;
  }
  return Finished{.trial = request.trial,
                  .attempt = request.attempt,
                  .ending = script.ending,
                  .code = script.code,
                  .detail = script.detail,
                  .stderr_tail = script.stderr_tail};
}

std::optional<RunnerEvent> ScriptedRunner::wait(std::chrono::milliseconds /*timeout*/) {
  for (std::size_t i = 0; i < running_.size(); ++i) {
    Running running = std::move(running_.front());
    running_.pop_front();
    std::optional<RunnerEvent> event = next_event(running);
    if (!event || !is_over(*event)) {
      running_.push_back(std::move(running));
    }
    if (event) {
      if (before_event) {
        before_event(*event);
      }
      return event;
    }
  }
  if (when_idle) {
    when_idle();
  }
  return std::nullopt;
}

void ScriptedRunner::answer(std::int64_t trial, int attempt, Action action) {
  answers.emplace_back(trial, action);
  for (Running& running : running_) {
    if (running.request.trial == trial && running.request.attempt == attempt) {
      running.is_stopped = running.is_stopped || action != Action::go_on;
    }
  }
}

void ScriptedRunner::stop_all(Haste haste) {
  stops.push_back(haste);
  for (Running& running : running_) {
    running.is_stopped = true;
    running.script.is_quick = false;
    running.script.code_at_sigterm = haste == Haste::at_once ? -9 : running.script.code_at_sigterm;
  }
}

Decision ScriptedPlanner::next(const History& /*history*/) {
  if (decisions.empty()) {
    return Done{.reason = "space_exhausted"};
  }
  Decision decision = std::move(decisions.front());
  decisions.pop_front();
  return decision;
}

std::optional<Start> ScriptedPlanner::complete(std::int64_t /*number*/, const Configuration& fixed,
                                               const History& /*history*/) {
  if (!completion) {
    return std::nullopt;
  }
  Configuration whole = *completion;
  for (const auto& [name, value] : fixed) {
    whole.set(name, value);
  }
  return Start{.configuration = whole, .why = "completed", .searcher = "script"};
}

Verdict ScriptedPlanner::judge(const Trial& trial, const History& history) {
  return when_judged ? when_judged(trial, history) : Verdict{};
}

std::vector<Planner::Recommendation> ScriptedPlanner::recommend(std::size_t /*n*/,
                                                                const History& /*history*/) {
  return {};
}

std::deque<Decision> starts(int count) {
  std::deque<Decision> decisions;
  for (int i = 0; i < count; ++i) {
    decisions.emplace_back(Start{.configuration = at(i / 100.0), .searcher = "script"});
  }
  return decisions;
}

std::optional<Suggestion> FingerprintSearcher::suggest(std::int64_t number,
                                                       const Configuration& fixed,
                                                       const History& history) {
  std::string past;
  for (const Trial& trial : history.trials()) {
    if (is_finished(trial.state)) {
      past += fmt::format("{} {} {} {};", trial.number, to_string(trial.state),
                          configuration_key(trial.configuration), fmt::join(trial.values, " "));
      for (const auto& [step, value] : history.objective().curve(trial)) {
        past += fmt::format("{} {},", step, value);
      }
    }
  }
  Rng rng(std::hash<std::string>{}(past), static_cast<std::uint64_t>(number));
  while (auto configuration = history.space().sample(rng, fixed)) {
    if (!history.was_tried(*configuration)) {
      return Suggestion{.configuration = *std::move(configuration), .why = "at random"};
    }
  }
  return std::nullopt;
}

void RememberingObserver::on_event(const StudyEvent& event) {
  events.push_back(
      {.kind = event.kind,
       .sequence = event.sequence,
       .trial = event.trial,
       .report = event.report != nullptr ? std::optional(*event.report) : std::nullopt});
  latest_[event.trial.number] = event.trial;
  if (then) {
    then(event);
  }
}

void RememberingObserver::flush() {
  durable_ = latest_;
  durable_sequence_ = events.empty() ? durable_sequence_ : events.back().sequence + 1;
}

std::string RememberingObserver::log() const {
  std::string log;
  for (const Remembered& event : events) {
    log +=
        fmt::format("{}{} {}", log.empty() ? "" : ", ", to_string(event.kind), event.trial.number);
  }
  return log;
}

History RememberingObserver::durable_history(const SearchSpace& space,
                                             const Objective& objective) const {
  History history(space, objective);
  for (const auto& [number, trial] : durable_) {
    history.add(trial);
  }
  history.set_sequence(durable_sequence_);
  return history;
}

}  // namespace autoglm::fakes
