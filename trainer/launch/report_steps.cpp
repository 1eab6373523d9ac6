#include "trainer/launch/report_steps.h"

#include <algorithm>

namespace autoglm {

std::vector<Report> ReportSteps::place(const ReportLine& line) {
  std::vector<Report> reports;
  for (const auto& [name, number] : line.metrics) {
    std::int64_t& next = next_[name];
    const std::int64_t step = line.step.value_or(next);
    if (step > kMaxStep) {
      continue;
    }
    next = step + 1;
    auto report = std::find_if(reports.begin(), reports.end(),
                               [step](const Report& other) { return other.step == step; });
    if (report == reports.end()) {
      report = reports.insert(reports.end(), Report{.step = step});
    }
    report->metrics.emplace_back(name, number);
  }
  return reports;
}

}  // namespace autoglm
