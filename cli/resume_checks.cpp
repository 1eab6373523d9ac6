#include "cli/resume_checks.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/shard.h"
#include "cli/spec_changes.h"

namespace autoglm {
namespace {

/// Ranges may differ, since Optuna lets them change too; a choice must be one of the spec's.
bool suits(const Domain& domain, const Value& value) {
  if (std::holds_alternative<Choice>(domain)) {
    return fit_value(domain, value).has_value();
  }
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::optional<std::uint64_t> stored_seed(const StudyRecord& record) {
  if (record.spec_json.empty()) {
    return std::nullopt;
  }
  const SpecRoot before = read_spec(record.spec_json, "the stored spec");
  const SpecNode* const seed = before->member("seed");
  return seed == nullptr ? std::nullopt
                         : std::optional(static_cast<std::uint64_t>(seed->as_integer()));
}

}  // namespace

void show_changes(const StudyRecord& record, const StudySpec& spec, const std::string& path) {
  if (record.spec_json.empty()) {
    throw StorageError(fmt::format(
        "{}: study \"{}\" has lost its spec; begin a new one with --new-study", path, record.name));
  }
  const SpecRoot before = read_spec(record.spec_json, "the stored spec");
  std::string refused;
  for (const SpecChange& change : compare_specs(*before, *spec.root)) {
    write_stderr(fmt::format("{}\n", change.text));
    if (!change.refusal.empty() && refused.empty()) {
      refused = fmt::format("{}: {}: {}; undo it, or begin a new study with --new-study", spec.path,
                            change.path, change.refusal);
    }
  }
  if (!refused.empty()) {
    throw UsageError(refused);
  }
}

void check_foreign_study(const StudyRecord& record, const std::vector<Trial>& trials,
                         const StudySpec& spec, const std::string& path) {
  const std::vector<Metric>& metrics = spec.objective.metrics();
  if (record.goals.size() != metrics.size()) {
    throw UsageError(
        fmt::format("{}: study \"{}\" has {} objectives, the spec has {}; name as many metrics",
                    path, record.name, record.goals.size(), metrics.size()));
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (record.goals[i] != metrics[i].goal) {
      throw UsageError(
          fmt::format("{}: study \"{}\" goes the other way than the spec's metric \"{}\"; "
                      "change its goal",
                      path, record.name, metrics[i].name));
    }
  }
  for (const Trial& trial : trials) {
    for (const auto& [name, value] : trial.configuration) {
      const Parameter* const parameter = spec.space.find(name);
      if (trial.state != TrialState::waiting && parameter != nullptr &&
          !suits(parameter->domain, value)) {
        throw UsageError(fmt::format(
            "{}: study \"{}\": trial {} has {} for \"{}\", which the spec calls {}; "
            "give the parameter the type that it had",
            path, record.name, trial.number, value_json(value), name, describe(parameter->domain)));
      }
    }
  }
}

void settle_seed(StudyRecord& record, const StudySpec& spec, std::optional<std::uint64_t> given,
                 bool has_trials, const std::string& path) {
  const std::optional<std::uint64_t> changed =
      spec.seed == stored_seed(record) ? std::nullopt : spec.seed;
  const std::optional<std::uint64_t> wanted = given ? given : changed;
  if (!wanted || *wanted == record.seed) {
    return;
  }
  if (has_trials) {
    throw UsageError(
        fmt::format("{}: study \"{}\" was begun with seed {}, not {}; leave the seed out to go "
                    "on, or give --new-study",
                    path, record.name, record.seed, *wanted));
  }
  record.seed = *wanted;
}

void settle_share(StudyRecord& record, StudySpec& spec, bool has_trials, const std::string& path) {
  const std::string wanted = shard_text(spec.share);
  if (wanted.empty() && !record.shard.empty()) {
    spec.share = share_of(record.shard);
    return;
  }
  // A shard of an earlier autoglm did not know that it was one.
  if (has_trials && !record.shard.empty() && wanted != record.shard) {
    throw UsageError(
        fmt::format("{}: study \"{}\" is the shard {}, not {}; give this one another --study", path,
                    record.name, record.shard, wanted));
  }
  record.shard = wanted;
}

NumericsPath settle_numerics(StudyRecord& record, const std::string& given, bool has_trials,
                             const std::string& path) {
  const std::string baseline(to_string(NumericsPath::baseline));
  const bool as_baseline = given == baseline || record.numerics == baseline;
  const NumericsPath chosen = as_baseline ? NumericsPath::baseline : best_numerics_path();
  const std::string before = std::exchange(record.numerics, std::string(to_string(chosen)));
  // v3 and v4 give the same digits.
  const bool differs = (before == baseline) != (record.numerics == baseline);
  if (has_trials && !before.empty() && differs) {
    write_stderr(fmt::format(
        "{}: this study was computed by the numerics path {}, it goes on by {}: the same "
        "seed may suggest something else\n",
        path, before, record.numerics));
  }
  return chosen;
}

}  // namespace autoglm
