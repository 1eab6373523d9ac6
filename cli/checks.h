// What a pipeline demands of a study: asserts, and not to be worse than a baseline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/baseline.h"
#include "cli/study_report.h"
#include "search_space/expression.h"

namespace autoglm {

/// The demands, read and without a mistake.
struct Demands {
  std::vector<Expression> asserts{};
  std::optional<Baseline> baseline{};
  Tolerance tolerance{};

  bool empty() const { return asserts.empty() && !baseline; }
};

/// Judges each demand; the results in the order of `demands`, the baseline last. Throws UsageError
/// where the baseline is of another kind of study.
std::vector<Check> judge(const StudyReport& report, const Demands& demands);

/// 0, or the exit status of the first kind of check that does not hold: asserts before the
/// baseline.
int exit_status_of(const std::vector<Check>& checks);

/// JUnit's XML: a test case for each check, and one for the study, which fails where no trial is
/// complete.
std::string junit_xml(const StudyReport& report);

}  // namespace autoglm
