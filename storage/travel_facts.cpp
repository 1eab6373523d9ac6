#include "storage/travel_facts.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <limits>

#include "storage/json_text.h"
#include "storage/optuna_rows.h"

namespace autoglm {
namespace {

using Json = rapidjson::Value;

/// An object, member by member.
class Facts {
 public:
  Facts() { writer_.StartObject(); }

  void text(const char* key, const std::string& value) {
    if (!value.empty()) {
      writer_.Key(key);
      writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
  }
  void integer(const char* key, std::int64_t value) {
    writer_.Key(key);
    writer_.Int64(value);
  }
  void seed(const char* key, std::uint64_t value) {
    writer_.Key(key);
    writer_.Uint64(value);
  }
  void raw(const char* key, const std::string& json) {
    writer_.Key(key);
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  std::string take() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  rapidjson::StringBuffer buffer_{};
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

const Json* find(const Json& object, const char* key) {
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

void take(const Json& object, const char* key, std::string& value) {
  const Json* const found = find(object, key);
  if (found != nullptr && found->IsString()) {
    value.assign(found->GetString(), found->GetStringLength());
  }
}

template <typename Integer>
void take_integer(const Json& object, const char* key, Integer& value) {
  const Json* const found = find(object, key);
  if (found != nullptr && found->IsUint64()) {
    value = static_cast<Integer>(found->GetUint64());
  } else if (found != nullptr && found->IsInt64()) {
    value = static_cast<Integer>(found->GetInt64());
  }
}

std::string json_of(const Json& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

MetricValues metrics_in(const Json& object) {
  const Json* const metrics = find(object, "metrics");
  return metrics == nullptr ? MetricValues{} : metrics_from_json(json_of(*metrics));
}

std::string list_of(const std::vector<std::string>& elements) {
  std::string text = "[";
  for (const std::string& element : elements) {
    text += (text.size() == 1 ? "" : ",") + element;
  }
  return text + "]";
}

std::string attempts_json(const Trial& trial) {
  std::vector<std::string> attempts;
  for (const Attempt& attempt : trial.attempts) {
    Facts facts;
    facts.integer("number", attempt.number);
    facts.integer("repeat", attempt.repeat);
    facts.seed("seed", attempt.seed);
    facts.text("directory", attempt.directory);
    facts.integer("started", attempt.started);
    facts.integer("finished", attempt.finished);
    facts.text("outcome", attempt.outcome);
    facts.raw("values", numbers_json(attempt.values));
    attempts.push_back(facts.take());
  }
  return list_of(attempts);
}

std::string reports_json(const Trial& trial) {
  std::vector<std::string> reports;
  for (const Report& report : trial.reports) {
    Facts facts;
    facts.integer("step", report.step);
    facts.integer("sequence", report.sequence);
    facts.integer("time", report.time);
    facts.raw("metrics", metrics_json(report.metrics));
    reports.push_back(facts.take());
  }
  return list_of(reports);
}

void take_attempts(const Json& facts, Trial& trial) {
  const Json* const attempts = find(facts, "attempts");
  if (attempts == nullptr || !attempts->IsArray()) {
    return;
  }
  trial.attempts.clear();
  for (const Json& element : attempts->GetArray()) {
    if (!element.IsObject()) {
      continue;
    }
    Attempt& attempt = trial.attempts.emplace_back();
    take_integer(element, "number", attempt.number);
    take_integer(element, "repeat", attempt.repeat);
    take_integer(element, "seed", attempt.seed);
    take(element, "directory", attempt.directory);
    take_integer(element, "started", attempt.started);
    take_integer(element, "finished", attempt.finished);
    take(element, "outcome", attempt.outcome);
    if (const Json* const values = find(element, "values")) {
      attempt.values = numbers_from_json(json_of(*values));
    }
  }
}

void take_reports(const Json& facts, Trial& trial) {
  const Json* const reports = find(facts, "reports");
  if (reports == nullptr || !reports->IsArray()) {
    return;
  }
  trial.reports.clear();
  for (const Json& element : reports->GetArray()) {
    if (!element.IsObject()) {
      continue;
    }
    Report& report = trial.reports.emplace_back();
    take_integer(element, "step", report.step);
    take_integer(element, "sequence", report.sequence);
    take_integer(element, "time", report.time);
    report.metrics = metrics_in(element);
  }
}

TrialOrigin origin_from(const std::string& text) {
  for (const TrialOrigin origin :
       {TrialOrigin::searcher, TrialOrigin::initial, TrialOrigin::enqueued}) {
    if (text == to_string(origin)) {
      return origin;
    }
  }
  return TrialOrigin::foreign;
}

}  // namespace

std::string study_facts(const StudyRecord& study) {
  Facts facts;
  facts.text("spec_text", study.spec_text);
  facts.text("spec_json", study.spec_json);
  facts.text("version", study.version);
  facts.text("searcher", study.searcher);
  facts.text("searcher_options", study.searcher_options);
  facts.integer("searcher_revision", study.searcher_revision);
  facts.text("numerics", study.numerics);
  facts.text("pruner", study.pruner);
  facts.text("pruner_options", study.pruner_options);
  facts.seed("seed", study.seed);
  if (study.max_trials) {
    facts.integer("max_trials", *study.max_trials);
  }
  facts.text("shard", study.shard);
  facts.integer("merged", study.merged);
  facts.integer("sequence", study.sequence);
  facts.text("ended", study.ended);
  facts.integer("created", study.created);
  return facts.take();
}

void take_study_facts(std::string_view json, StudyRecord& study) {
  rapidjson::Document facts;
  facts.Parse(json.data(), json.size());
  if (facts.HasParseError() || !facts.IsObject()) {
    return;
  }
  take(facts, "spec_text", study.spec_text);
  take(facts, "spec_json", study.spec_json);
  take(facts, "version", study.version);
  take(facts, "searcher", study.searcher);
  take(facts, "searcher_options", study.searcher_options);
  take_integer(facts, "searcher_revision", study.searcher_revision);
  take(facts, "numerics", study.numerics);
  take(facts, "pruner", study.pruner);
  take(facts, "pruner_options", study.pruner_options);
  take_integer(facts, "seed", study.seed);
  if (find(facts, "max_trials") != nullptr) {
    study.max_trials = 0;
    take_integer(facts, "max_trials", *study.max_trials);
  }
  take(facts, "shard", study.shard);
  take_integer(facts, "merged", study.merged);
  take_integer(facts, "sequence", study.sequence);
  take(facts, "ended", study.ended);
  take_integer(facts, "created", study.created);
}

std::string trial_facts(const Trial& trial) {
  Facts facts;
  facts.text("state", std::string(to_string(trial.state)));
  facts.text("reason", trial.reason);
  facts.text("origin", std::string(to_string(trial.origin)));
  facts.seed("seed", trial.seed);
  facts.text("searcher", trial.searcher);
  facts.text("why", trial.why);
  facts.text("chosen_with", trial.chosen_with);
  facts.integer("seen", trial.seen);
  facts.integer("asked", trial.asked_sequence);
  facts.integer("ended", trial.finished_sequence);
  facts.integer("failures", trial.failures);
  facts.integer("created", trial.created);
  facts.integer("started", trial.started);
  facts.integer("finished", trial.finished);
  facts.raw("params", lossless_json(trial.configuration));
  facts.raw("metrics", metrics_json(trial.metrics));
  facts.raw("values", numbers_json(trial.values));
  facts.raw("attempts", attempts_json(trial));
  facts.raw("reports", reports_json(trial));
  return facts.take();
}

void take_trial_facts(std::string_view json, Trial& trial) {
  rapidjson::Document facts;
  facts.Parse<rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
  if (facts.HasParseError() || !facts.IsObject()) {
    return;
  }
  std::string state;
  take(facts, "state", state);
  const std::optional<TrialState> ours = trial_state_from(state);
  if (!ours || std::string_view(optuna_state(*ours)) != optuna_state(trial.state)) {
    return;
  }
  trial.state = *ours;
  trial.partial = trial.partial && trial.state == TrialState::waiting;
  std::string origin;
  take(facts, "origin", origin);
  trial.origin = origin_from(origin);
  take(facts, "reason", trial.reason);
  take_integer(facts, "seed", trial.seed);
  take(facts, "searcher", trial.searcher);
  take(facts, "why", trial.why);
  take(facts, "chosen_with", trial.chosen_with);
  take_integer(facts, "seen", trial.seen);
  take_integer(facts, "asked", trial.asked_sequence);
  take_integer(facts, "ended", trial.finished_sequence);
  take_integer(facts, "failures", trial.failures);
  take_integer(facts, "created", trial.created);
  take_integer(facts, "started", trial.started);
  take_integer(facts, "finished", trial.finished);
  trial.metrics = metrics_in(facts);
  if (const Json* const params = find(facts, "params")) {
    trial.configuration = configuration_from_json(json_of(*params));
  }
  if (const Json* const values = find(facts, "values")) {
    trial.values = numbers_from_json(json_of(*values));
  }
  take_attempts(facts, trial);
  take_reports(facts, trial);
}

}  // namespace autoglm
