// Gives reports without a step theirs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "optimizer/trial.h"
#include "trainer/launch/report_line.h"

namespace autoglm {

/// Of one attempt: a metric without a step gets the one after its last, 0 first.
class ReportSteps {
 public:
  /// The reports of a line: one, or several where its metrics were last reported at different
  /// steps. Metrics whose step would lie beyond kMaxStep are left out.
  std::vector<Report> place(const ReportLine& line);

 private:
  std::map<std::string, std::int64_t, std::less<>> next_{};
};

}  // namespace autoglm
