// The best trial's parameters as arguments of a command line: --lr 0.01 --units '64 x 2'.

#include <fmt/format.h>

#include "cli/report_formats.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

void write_report_args(const StudyReport& report, const TextSink& sink) {
  std::vector<std::string> arguments;
  for (const auto& [name, value] : trial_of(report, *report.best).configuration) {
    arguments.push_back("--" + name);
    arguments.push_back(value_text(value));
  }
  sink(shell_quoted(arguments) + "\n");
}

}  // namespace autoglm
