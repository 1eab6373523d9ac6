#include "cli/training_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "cli/devices.h"
#include "trainer/nn/data/dataset.h"
#include "trainer/nn/model/network_trainer.h"
#include "trainer/nn/run/metrics.h"
#include "trainer/train/fold.h"
#include "trainer/train/parse_train_spec.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

constexpr std::string_view kFold = ".fold";

/// Names that depend on the network or the folds begin with those of the table, or with these.
bool is_reported(const std::string& name, const std::vector<std::string>& known) {
  const std::string stem = name.substr(0, name.find(kFold));
  return name.starts_with("grad_mean.") || name.starts_with("grad_variance.") ||
         std::find(known.begin(), known.end(), stem) != known.end();
}

const SpecNode& place_of_metrics(const StudySpec& spec) {
  const SpecNode* const one = spec.root->member("metric");
  return one != nullptr ? *one : *spec.root->member("metrics");
}

/// What trials have to report for the study's metrics, those in expressions among them.
std::vector<std::string> wanted_metrics(const StudySpec& spec) {
  std::vector<std::string> wanted;
  for (const Metric& metric : spec.objective.metrics()) {
    if (!metric.value) {
      wanted.push_back(metric.name);
      continue;
    }
    for (const std::string& name : metric.value->names()) {
      if (!spec.objective.is_computed(name)) {
        wanted.push_back(name);
      }
    }
  }
  return wanted;
}

bool names_parameters(const SpecNode& node) {
  const auto names = [](const auto& child) { return names_parameters(*child); };
  return (node.is(SpecNode::Kind::string) && node.string.find('{') != std::string::npos) ||
         std::any_of(node.elements.begin(), node.elements.end(), names) ||
         std::any_of(node.members.begin(), node.members.end(),
                     [&](const SpecMember& member) { return names(member.value); });
}

/// Whether all trials have the same task, features and parts.
bool is_fixed(const SpecNode& data) {
  const std::set<std::string_view> harmless{"shift", "flip", "standardize", "memory"};
  return std::all_of(data.members.begin(), data.members.end(), [&](const SpecMember& member) {
    return harmless.contains(member.key) || !names_parameters(*member.value);
  });
}

/// Why no run on these data reports `name`; nothing: one may.
std::optional<std::string> why_never(const std::string& name, const nn::DataSpec& data,
                                     const nn::Dataset& dataset) {
  if (name.starts_with(nn::kTest) && data.test == 0 && data.test_path.empty()) {
    return "needs a test part; set data.test to its share of the rows, or data.test_path";
  }
  const std::size_t at = name.find(kFold);
  if (at != std::string::npos) {
    std::int64_t fold = 0;
    const char* const begin = name.data() + at + kFold.size();
    std::from_chars(begin, name.data() + name.size(), fold);
    if (data.folds == 1 || fold >= data.folds) {
      return fmt::format("is of fold {}, and data.folds is {}; name another metric", fold,
                         data.folds);
    }
  }
  const std::vector<std::string> known = nn::metric_names(dataset.task());
  if (is_reported(name, known)) {
    return std::nullopt;
  }
  return fmt::format("is not reported where the target is a {}; there training reports {}",
                     dataset.task() == nn::Task::classification ? "class" : "number",
                     fmt::join(known, ", "));
}

/// The value that a ModelError's "training.groups[0].prefix: …" is about; null: none is there.
const SpecNode* find_key(const SpecNode& trial, std::string_view path) {
  const SpecNode* node = &trial;
  while (node != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find_first_of(".[]"), path.size());
    const std::string_view part = path.substr(0, end);
    const bool is_index = path[std::min(end, path.size() - 1)] == ']';
    if (is_index) {
      std::size_t index = 0;
      std::from_chars(part.data(), part.data() + part.size(), index);
      node = index < node->elements.size() ? node->elements[index].get() : nullptr;
    } else if (!part.empty()) {
      node = node->member(part);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return node;
}

/// Whether a network of another shape might have parameters that begin with `prefix`.
bool may_begin_names(std::string_view prefix) {
  const std::string_view kind = prefix.substr(0, prefix.find_first_of("0123456789."));
  const std::vector<std::string_view> kinds{"fc", "conv", "project", "norm"};
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](std::string_view known) { return known.starts_with(kind); });
}

/// Fails at the key that a network refuses, if no trial can have another value there, or another
/// model with which that would do.
void refuse_if_fixed(const SpecNode& trial, const std::string& error) {
  const std::string key = error.substr(0, error.find(": "));
  const SpecNode* const node = find_key(trial, key);
  if (node == nullptr || names_parameters(*node)) {
    return;
  }
  const bool is_group = key.starts_with("training.groups");
  const bool is_of_model = (is_group && may_begin_names(node->string)) ||
                           (key.starts_with("model.") && key != "model.type");
  if (!is_of_model || !names_parameters(*trial.member("model"))) {
    node->fail(error.substr(std::min(key.size() + 2, error.size())));
  }
}

/// Why none of the networks can be trained: what is wrong with the first; nothing: one can.
std::optional<std::string> why_none_trains(const std::vector<nn::TrainSpec>& examples,
                                           const nn::Problem& problem) {
  std::optional<std::string> first;
  for (const nn::TrainSpec& example : examples) {
    try {
      nn::require_trainable(example.model, example.training, problem);
      return std::nullopt;
    } catch (const nn::ModelError& error) {
      first = first.value_or(error.what());
    }
  }
  return first;
}

}  // namespace

bool is_training(const StudySpec& spec) {
  return spec.trial != nullptr && is_train_trial(*spec.trial);
}

void check_training_metrics(const StudySpec& spec) {
  if (!is_training(spec)) {
    return;
  }
  const std::vector<std::string> known = nn::metric_names(nn::Task::automatic);
  for (const std::string& name : wanted_metrics(spec)) {
    if (is_reported(name, known)) {
      continue;
    }
    const auto meant = did_you_mean(name, known);
    place_of_metrics(spec).fail(
        fmt::format("training reports no {}; {}", json_quoted(name),
                    meant ? fmt::format("did you mean {}?", json_quoted(*meant))
                          : fmt::format("it reports {}", fmt::join(known, ", "))));
  }
}

bool has_training_data(const StudySpec& spec) {
  if (!is_training(spec)) {
    return false;
  }
  const SpecRoot section = example_sections(*spec.trial, spec.space).front();
  std::error_code error;
  return std::filesystem::exists(parse_train_spec(*section, spec.directory).data.path, error);
}

void check_training_data(const StudySpec& spec) {
  if (!is_training(spec)) {
    return;
  }
  std::vector<nn::TrainSpec> examples;
  for (const SpecRoot& section : example_sections(*spec.trial, spec.space)) {
    examples.push_back(parse_train_spec(*section, spec.directory));
  }
  const nn::DataSpec& data = examples.front().data;
  const std::unique_ptr<nn::Dataset> dataset = nn::open_dataset(data);
  dataset->split();
  if (!is_fixed(*spec.trial->member("data"))) {
    return;
  }
  for (const std::string& name : wanted_metrics(spec)) {
    if (const auto why = why_never(name, data, *dataset)) {
      place_of_metrics(spec).fail(fmt::format("{} {}", json_quoted(name), *why));
    }
  }
  if (const auto why = why_none_trains(examples, problem_of(*dataset))) {
    refuse_if_fixed(*spec.trial, *why);
  }
}

void check_training_devices(const StudySpec& spec) {
  if (!is_training(spec)) {
    return;
  }
  std::set<std::string> devices;
  for (const SpecRoot& section : example_sections(*spec.trial, spec.space)) {
    devices.insert(parse_train_spec(*section, spec.directory).training.device);
  }
  std::for_each(devices.begin(), devices.end(), require_device);
}

}  // namespace autoglm
