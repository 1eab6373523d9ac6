#include "cli/checks.h"

#include <fmt/format.h>

#include "cli/assertion.h"
#include "cli/exit_status.h"
#include "cli/trial_text.h"
#include "cli/xml_text.h"

namespace autoglm {
namespace {

/// Whether the study has anything to show.
Check study_check(const StudyReport& report) {
  return {.name = "a trial is complete",
          .holds = report.counts[TrialState::complete] > 0,
          .text = counts_text(report.counts)};
}

std::string test_case(const StudyReport& report, const Check& check) {
  std::string text = fmt::format("  <testcase classname=\"{}\" name=\"{}\"",
                                 xml_text("autoglm." + report.record.name), xml_text(check.name));
  if (check.holds) {
    return text + "/>\n";
  }
  return text +
         fmt::format(">\n    <failure message=\"{}\"/>\n  </testcase>\n", xml_text(check.text));
}

}  // namespace

std::vector<Check> judge(const StudyReport& report, const Demands& demands) {
  std::vector<Check> checks;
  for (const Expression& assertion : demands.asserts) {
    const AssertionResult result = judge_assertion(assertion, report.trials, report.objective);
    checks.push_back({.name = assertion.text(),
                      .holds = result.holds,
                      .text = result.text,
                      .sentence = failure_text(assertion, result),
                      .exit_status = exit_assertion});
  }
  if (demands.baseline) {
    checks.push_back(compare_with(*demands.baseline, demands.tolerance, report));
  }
  return checks;
}

int exit_status_of(const std::vector<Check>& checks) {
  for (const Check& check : checks) {  // the baseline, of the higher status, is the last one
    if (!check.holds) {
      return check.exit_status;
    }
  }
  return exit_done;
}

std::string junit_xml(const StudyReport& report) {
  std::vector<Check> checks = report.checks;
  checks.push_back(study_check(report));
  std::string cases;
  int failures = 0;
  for (const Check& check : checks) {
    cases += test_case(report, check);
    failures += check.holds ? 0 : 1;
  }
  const std::string totals =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"", checks.size(), failures);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n<testsuite name=\"{1}\" "
      "{0}>\n{2}</testsuite>\n</testsuites>\n",
      totals, xml_text(report.record.name), cases);
}

}  // namespace autoglm
