#include "cli/stdio_conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "cli/told_end.h"
#include "cli/trial_json.h"
#include "optimizer/summary.h"
#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "storage/storage.h"

namespace autoglm {
namespace {

std::string error_line(StdioErrorCode code, std::string_view message) {
  JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("code").text(to_string(code)).key("message").text(message);
  json.end_object().end_object();
  return json.take();
}

}  // namespace

StdioConversation::StdioConversation(Study& study, ConversationSettings settings)
    : study_(study),
      settings_(std::move(settings)),
      leaders_(study.history().objective(), study.history().trials()) {}

std::string StdioConversation::answer(std::span<const std::string_view> lines) {
  const std::shared_ptr<void> turn = settings_.turn ? settings_.turn() : nullptr;
  std::vector<std::string> answers;
  std::vector<Changes> changes;
  for (const std::string_view line : lines) {
    changes_ = {};
    answers.push_back(answer_line(line));
    changes.push_back(std::exchange(changes_, {}));
  }
  try {
    study_.flush();
  } catch (const StorageError& error) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (changes[i].any()) {
        answers[i] = error_line(StdioErrorCode::storage, error.what());
        take_back(changes[i]);
      }
    }
  }
  std::string text;
  for (const std::string& line : answers) {
    text += line;
    text += '\n';
  }
  return text;
}

std::string StdioConversation::answer_line(std::string_view line) {
  try {
    const StdioRequest request = parse_stdio_request(line);
    take_in_others();
    JsonWriter json;
    json.begin_object();
    std::visit([&](const auto& kind) { reply(kind, json); }, request);
    json.end_object();
    return json.take();
  } catch (const StdioError& error) {
    return error_line(error.code, error.what());
  } catch (const StorageError& error) {
    return error_line(StdioErrorCode::storage, error.what());
  }
}

/// What other programs enqueued and told meanwhile.
void StdioConversation::take_in_others() {
  if (!settings_.arrivals) {
    return;
  }
  for (Trial& trial : settings_.arrivals(asked_)) {
    const std::int64_t number = trial.number;
    if (study_.adopt(std::move(trial)) == Study::Adopted::end) {
      asked_.erase(number);
      stop_reasons_.erase(number);
      leaders_.add(find_trial(number));
    }
  }
}

/// The study remembers what storage could not take and stores it when it can again; until then the
/// client's view is restored: its trials can be asked for, told and enqueued once more.
void StdioConversation::take_back(const Changes& changes) {
  for (const std::int64_t number : changes.asked) {
    if (asked_.erase(number) > 0) {
      study_.requeue(number, "could not be stored");
    }
  }
  for (const std::int64_t number : changes.enqueued) {
    study_.finish(number, {.state = TrialState::abandoned, .reason = "could not be stored"});
  }
  unsaved_.insert(changes.told.begin(), changes.told.end());
}

void StdioConversation::end(const std::string& reason) {
  for (const std::int64_t number : std::exchange(asked_, {})) {
    study_.requeue(number, reason);
  }
  study_.flush();
}

void StdioConversation::give_out(std::int64_t number, JsonWriter& json) {
  asked_.insert(number);
  changes_.asked.push_back(number);
  write_given(json, find_trial(number));
}

void StdioConversation::reply(const AskRequest& request, JsonWriter& json) {
  if (settings_.timeout_seconds && settings_.elapsed_seconds() >= *settings_.timeout_seconds) {
    study_.end("timeout");
  }
  std::optional<std::string> done;
  bool waits = false;
  json.key("trials").begin_array();
  for (std::int64_t i = 0; i < request.count && !done && !waits; ++i) {
    const Study::Answer answer = study_.ask();
    if (const auto* given = std::get_if<Study::Given>(&answer)) {
      give_out(given->trial, json);
    } else if (const auto* end = std::get_if<Done>(&answer)) {
      done = end->reason;
    } else {
      waits = true;
    }
  }
  json.end_array();
  if (done) {
    json.key("done").text(*done);
  }
}

const Trial& StdioConversation::find_trial(std::int64_t number) const {
  const std::vector<Trial>& trials = study_.history().trials();
  const auto size = static_cast<std::int64_t>(trials.size());
  if (number < 0 || number >= size) {
    throw StdioError(StdioErrorCode::unknown_trial,
                     size == 0
                         ? fmt::format("trial {}: the study has no trials yet", number)
                         : fmt::format("trial {}: the study has trials 0 to {}", number, size - 1));
  }
  return trials[static_cast<std::size_t>(number)];
}

const Trial& StdioConversation::running_trial(std::int64_t number) const {
  const Trial& trial = find_trial(number);
  if (is_finished(trial.state)) {
    throw StdioError(StdioErrorCode::finished_trial,
                     fmt::format("trial {}: is {} already", number, to_string(trial.state)));
  }
  if (trial.state != TrialState::running) {
    throw StdioError(StdioErrorCode::unknown_trial, fmt::format("trial {}: is {}; ask for it first",
                                                                number, to_string(trial.state)));
  }
  return trial;
}

TrialEnd StdioConversation::end_of(const TellRequest& request, const Trial& trial) const {
  TrialEnd end = told_end(request, trial, study_.history().objective(),
                          {.tell = "/tell", .values = "/tell/values"});
  const auto stop = stop_reasons_.find(trial.number);
  if (end.state == TrialState::pruned && end.reason.empty() && stop != stop_reasons_.end()) {
    end.reason = stop->second;
  }
  return end;
}

void StdioConversation::reply(const TellRequest& request, JsonWriter& json) {
  // Told again because storage failed: it is stored with this answer, as it was told first.
  const bool again = unsaved_.erase(request.trial) > 0;
  const Trial& trial = again ? find_trial(request.trial) : running_trial(request.trial);
  if (!again) {
    study_.finish(request.trial, end_of(request, trial));
    asked_.erase(request.trial);
    stop_reasons_.erase(request.trial);
    leaders_.add(trial);
  }
  changes_.told.push_back(request.trial);
  json.key("trial").integer(trial.number).key("state").text(to_string(trial.state));
  write_leaders(json);
}

void StdioConversation::reply(const ReportRequest& request, JsonWriter& json) {
  running_trial(request.trial);
  const Verdict verdict = study_.report(request.trial, request.step, request.metrics);
  changes_.reported = true;
  const bool stop = verdict.action != Action::go_on;
  json.key("trial").integer(request.trial).key("stop").boolean(stop);
  if (stop) {
    stop_reasons_[request.trial] = verdict.reason;
    json.key("reason").text(verdict.reason);
  }
}

void StdioConversation::reply(const RecommendRequest& request, JsonWriter& json) {
  const bool single = study_.history().objective().size() == 1;
  json.key("recommended").begin_array();
  for (const Planner::Recommendation& recommended : study_.recommend(request.count)) {
    const Trial& trial = find_trial(recommended.trial);
    json.begin_object().key("trial").integer(trial.number);
    json.key("params").configuration(trial.configuration);
    if (single) {
      json.key("value").number(trial.values.at(0));
      json.key("expected").number(recommended.expected);
      write_optional(json.key("stderr"), recommended.standard_error);
    } else {
      write_values(json.key("values"), study_.history().objective(), trial.values);
    }
    json.end_object();
  }
  json.end_array();
}

void StdioConversation::reply(const EnqueueRequest& request, JsonWriter& json) {
  const SearchSpace& space = study_.history().space();
  Configuration configuration;
  try {
    configuration = parse_configuration(*read_spec(request.configuration, "enqueue"), space);
  } catch (const SpecError& error) {
    throw StdioError(StdioErrorCode::bad_params, error.what());
  }
  if (const auto problem = space.problem_with(configuration, SearchSpace::Completeness::partial)) {
    throw StdioError(StdioErrorCode::bad_params, "enqueue: " + *problem);
  }
  const std::int64_t number = study_.enqueue(std::move(configuration), TrialOrigin::enqueued);
  changes_.enqueued.push_back(number);
  json.key("enqueued").begin_object().key("trial").integer(number).end_object();
}

void StdioConversation::reply(const StatusRequest& /*request*/, JsonWriter& json) {
  json.key("status").begin_object().key("study").text(settings_.study_name);
  write_counts(json.key("counts"), count_trials(study_.history().trials()));
  write_leaders(json);
  json.key("elapsed_s").number(settings_.elapsed_seconds());
  json.end_object();
}

void StdioConversation::reply(const ExplainRequest& request, JsonWriter& json) {
  const Trial& trial = find_trial(request.trial);
  json.key("explain").begin_object();
  write_explanation(json, trial, study_.history().objective(), study_.explain(trial.number));
  json.end_object();
}

void StdioConversation::write_leaders(JsonWriter& json) const {
  if (study_.history().objective().size() > 1) {
    json.key("pareto").begin_array();
    for (const std::int64_t number : leaders_.numbers()) {
      json.integer(number);
    }
    json.end_array();
    return;
  }
  json.key("best");
  if (leaders_.numbers().empty()) {
    json.null();
    return;
  }
  const Trial& best = find_trial(leaders_.numbers().front());
  json.begin_object().key("trial").integer(best.number);
  json.key("value").number(best.values.at(0)).end_object();
}

}  // namespace autoglm
