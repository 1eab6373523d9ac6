// `autoglm explain`: why a trial was chosen and what became of it, derived anew from the file.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/stdio_json.h"
#include "cli/stored_study.h"
#include "cli/text.h"
#include "cli/trial_json.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"

namespace autoglm {
namespace {

constexpr std::size_t kPeersShown = 8;
constexpr std::size_t kLongestLine = 200;

/// What the file says of a decision, and what comes out when it is taken once more.
struct Confirmation {
  std::optional<bool> confirmed{};  // none: it cannot be taken once more
  std::string note{};               // why not, or what came out instead
};

struct Explanation {
  StoredStudy study;
  Trial trial{};
  std::string details{};
  Confirmation choice{};
  std::optional<std::int64_t> judged_event{};
  Judgement judgement{};
  Confirmation ending{};
};

Confirmation confirm_choice(const Explanation& e, const StudyRecord& record) {
  const DerivedChoice again = derived_choice(e.study, record, e.trial);
  if (!again.problem.empty()) {
    return {.note = again.problem};
  }
  if (configuration_key(again.configuration) == configuration_key(e.trial.configuration)) {
    return {.confirmed = true};
  }
  return {.confirmed = false,
          .note = fmt::format(
              "it would be {} now: the spec or the searcher's options have changed since",
              configuration_json(again.configuration))};
}

/// The event of the report at which a verdict on the trial was last passed.
std::optional<std::int64_t> last_report(const Trial& trial) {
  std::optional<std::int64_t> event;
  for (const Report& report : trial.reports) {
    event = std::max(event.value_or(report.sequence), report.sequence);
  }
  return event;
}

/// A rule's verdict is the whole reason of a pruned trial, and of no other one.
Confirmation confirm_ending(const Explanation& e) {
  const Verdict& verdict = e.judgement.verdict;
  const bool stopped = e.trial.state == TrialState::pruned;
  if (!stopped) {
    return verdict.action == Action::go_on
               ? Confirmation{.confirmed = true}
               : Confirmation{.confirmed = false,
                              .note = fmt::format("it would be stopped now: {}", verdict.reason)};
  }
  if (verdict.reason == e.trial.reason) {
    return {.confirmed = true};
  }
  return {.confirmed = false,
          .note = verdict.reason.empty() ? "it would go on now" : "now: " + verdict.reason};
}

/// A study that was imported has no rule before a command of ours goes on with it.
std::string rule_of(const StudyRecord& record) {
  return record.pruner.empty() ? "none" : record.pruner;
}

Explanation explain(const StudyFile& file, const ExplainOptions& options) {
  Explanation e{.study = load_stored_study(file, options.study)};
  const Trial* const trial = e.study.history.find(options.trial);
  if (trial == nullptr) {
    fail_unknown_trial(file, options.study, options.trial);
  }
  e.trial = *trial;
  if (e.trial.state == TrialState::waiting) {
    e.choice.note = "it waits, and its searcher has not been asked";
  } else {
    e.details = searcher_details(e.study, file.record, e.trial);
    e.choice = confirm_choice(e, file.record);
  }
  e.judged_event = last_report(e.trial);
  if (e.judged_event && rule_of(file.record) != "none" && is_finished(e.trial.state)) {
    e.judgement = judgement_at(e.study, e.trial.number, *e.judged_event);
    e.ending = confirm_ending(e);
  }
  return e;
}

void write_confirmation(JsonWriter& json, const Confirmation& confirmation) {
  json.key("confirmed");
  if (confirmation.confirmed) {
    json.boolean(*confirmation.confirmed);
  } else {
    json.null();
  }
  if (!confirmation.note.empty()) {
    json.key("note").text(confirmation.note);
  }
}

void write_ending(JsonWriter& json, const Explanation& e, const StudyRecord& record) {
  json.key("ending").begin_object().key("rule").text(rule_of(record));
  if (const auto& comparison = e.judgement.comparison) {
    json.key("step").integer(comparison->step).key("value").number(comparison->value);
    json.key("peers").begin_array();
    for (const Comparison::Peer& peer : comparison->peers) {
      json.begin_object().key("trial").integer(peer.trial).key("value").number(peer.value);
      json.end_object();
    }
    json.end_array();
  }
  write_text_or_null(json.key("verdict"), e.judgement.verdict.reason);
  write_confirmation(json, e.ending);
  json.end_object();
}

void write_attempts(JsonWriter& json, const Trial& trial) {
  json.key("attempts").begin_array();
  for (const Attempt& attempt : trial.attempts) {
    json.begin_object().key("attempt").integer(attempt.number);
    json.key("repeat").integer(attempt.repeat);
    write_text_or_null(json.key("outcome"), attempt.outcome);
    write_text_or_null(json.key("directory"), attempt.directory);
    json.end_object();
  }
  json.end_array();
}

std::string explanation_json(const Explanation& e, const StudyRecord& record) {
  JsonWriter json;
  json.begin_object().key("schema_version").integer(1).key("study").text(record.name);
  write_explanation(json, e.trial, e.study.spec.objective, e.details);
  json.key("choice").begin_object();
  write_confirmation(json, e.choice);
  json.end_object();
  write_attempts(json, e.trial);
  write_ending(json, e, record);
  json.end_object();
  return json.take() + '\n';
}

std::string confirmation_text(const Confirmation& confirmation) {
  if (!confirmation.confirmed) {
    return confirmation.note.empty() ? "" : fmt::format("  not derived: {}\n", confirmation.note);
  }
  return *confirmation.confirmed
             ? "  derived anew from the file: the same\n"
             : fmt::format("  derived anew from the file: not the same; {}\n", confirmation.note);
}

std::string choice_text(const Explanation& e) {
  const Trial& trial = e.trial;
  std::string text = "\nWhy this configuration\n";
  if (trial.searcher.empty()) {
    text += fmt::format("  {}\n", trial.origin == TrialOrigin::initial ? "the spec's initial one"
                                                                       : to_string(trial.origin));
  } else {
    text += fmt::format("  chosen by {}, which knew {} event{}\n", trial.searcher, trial.seen,
                        trial.seen == 1 ? "" : "s");
  }
  if (!trial.why.empty()) {
    text += fmt::format("  {}\n", printable(trial.why));
  }
  text += confirmation_text(e.choice);
  return text;
}

std::string peers_text(const Comparison& comparison) {
  std::string text =
      fmt::format("{} peer{}", comparison.peers.size(), comparison.peers.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(comparison.peers.size(), kPeersShown); ++i) {
    const Comparison::Peer& peer = comparison.peers[i];
    text +=
        fmt::format("{} {} (trial {})", i == 0 ? ":" : ",", short_number(peer.value), peer.trial);
  }
  return text + (comparison.peers.size() > kPeersShown ? ", …" : "");
}

std::string ending_text(const Explanation& e, const StudyRecord& record) {
  const Trial& trial = e.trial;
  std::string text = fmt::format("\nWhat became of it\n  {}", to_string(trial.state));
  for (std::size_t i = 0; i < trial.values.size(); ++i) {
    text += fmt::format(", {} {}", e.study.spec.objective.metrics()[i].name,
                        short_number(trial.values[i]));
  }
  if (const auto seconds = duration_seconds(trial)) {
    text += fmt::format(", {}", short_duration(*seconds));
  }
  text += "\n";
  if (!trial.reason.empty()) {
    text += fmt::format("  {}\n", printable(short_reason(trial.reason, kLongestLine)));
  }
  for (const Attempt& attempt : trial.attempts) {
    text += fmt::format("  attempt {}: {}\n", attempt.number,
                        attempt.outcome.empty() ? "runs" : printable(attempt.outcome));
  }
  if (const auto& comparison = e.judgement.comparison) {
    text += fmt::format("  {} at step {}: {}, against {}\n", rule_of(record), comparison->step,
                        short_number(comparison->value), peers_text(*comparison));
  }
  return text + confirmation_text(e.ending);
}

/// What the searcher adds, a member a line; --json has them in full.
std::string details_text(const std::string& details) {
  if (details.empty()) {
    return "";
  }
  JsonDocument document;
  parse_json_line(details, document);
  std::string text;
  for (const auto& member : document.GetObject()) {
    text += fmt::format("  {}: {}\n", text_of(member.name),
                        printable(one_line(json_of(member.value), kLongestLine)));
  }
  return text;
}

std::string explanation_text(const Explanation& e, const StudyRecord& record) {
  std::string text = fmt::format("trial {} of study {}\n", e.trial.number, printable(record.name));
  text += parameters_text(e.trial.configuration);
  return text + choice_text(e) + details_text(e.details) + ending_text(e, record);
}

}  // namespace

int run_explain(const ExplainOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_only);
  const Explanation e = explain(file, options);
  if (options.json) {
    write_stdout(explanation_json(e, file.record));
  } else {
    write_for_people(explanation_text(e, file.record));
  }
  return exit_done;
}

}  // namespace autoglm
