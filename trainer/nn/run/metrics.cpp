#include "trainer/nn/run/metrics.h"

#include <algorithm>

namespace autoglm::nn {
namespace {

std::string joined(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + std::string(name);
}

template <typename Table>
void add_names(std::vector<std::string>& names, std::string_view prefix, const Table& table) {
  for (const auto& metric : table) {
    const std::string name = joined(prefix, metric.name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {  // both tasks have a loss
      names.push_back(name);
    }
  }
}

template <typename Table, typename Scores>
std::vector<std::pair<std::string, double>> named_by(const Table& table, std::string_view prefix,
                                                     const Scores& scores) {
  std::vector<std::pair<std::string, double>> values;
  values.reserve(table.size());
  for (const auto& metric : table) {
    values.emplace_back(joined(prefix, metric.name), scores.*metric.value);
  }
  return values;
}

}  // namespace

std::vector<std::string> metric_names(Task task) {
  std::vector<std::string> names;
  for (const std::string_view prefix : {kValidation, kTest}) {
    if (task != Task::regression) {
      add_names(names, prefix, kClassMetrics);
    }
    if (task != Task::classification) {
      add_names(names, prefix, kRegressionMetrics);
    }
  }
  names.insert(names.end(), kRunMetrics.begin(), kRunMetrics.end());
  return names;
}

std::vector<std::pair<std::string, double>> named(std::string_view prefix,
                                                  const ClassScores& scores) {
  return named_by(kClassMetrics, prefix, scores);
}

std::vector<std::pair<std::string, double>> named(std::string_view prefix,
                                                  const RegressionScores& scores) {
  return named_by(kRegressionMetrics, prefix, scores);
}

}  // namespace autoglm::nn
