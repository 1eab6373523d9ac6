#include "cli/training_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "cli/devices.h"
#include "trainer/nn/data/dataset.h"
#include "trainer/nn/run/metrics.h"
#include "trainer/train/parse_train_spec.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

/// Names that depend on the network or the folds begin with those of the table, or with these.
bool is_reported(const std::string& name, const std::vector<std::string>& known) {
  const std::string stem = name.substr(0, name.find(".fold"));
  return name.starts_with("grad_mean.") || name.starts_with("grad_variance.") ||
         std::find(known.begin(), known.end(), stem) != known.end();
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
  const SpecNode* one = spec.root->member("metric");
  const SpecNode& place = one != nullptr ? *one : *spec.root->member("metrics");
  for (const Metric& metric : spec.objective.metrics()) {
    if (metric.value || is_reported(metric.name, known)) {
      continue;
    }
    const auto meant = did_you_mean(metric.name, known);
    place.fail(fmt::format("training reports no {}; {}", json_quoted(metric.name),
                           meant ? fmt::format("did you mean {}?", json_quoted(*meant))
                                 : fmt::format("it reports {}", fmt::join(known, ", "))));
  }
}

void check_training_data(const StudySpec& spec) {
  if (!is_training(spec)) {
    return;
  }
  const SpecRoot section = example_sections(*spec.trial, spec.space).front();
  nn::open_dataset(parse_train_spec(*section, spec.directory).data)->split();
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
