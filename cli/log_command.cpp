// `autoglm log`: reports metrics from inside a trial.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "trainer/launch/verdict_channel.h"

namespace autoglm {
namespace {

double read_number(std::string_view text, const std::string& argument) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stopped != end) {
    throw UsageError(fmt::format(
        "autoglm log: {}: the value must be a number, nan, inf or -inf; write KEY=VALUE",
        argument));
  }
  return number;
}

void add_metric(MetricValues& metrics, const std::string& argument) {
  const std::size_t equals = argument.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("autoglm log: {}: must be KEY=VALUE, as in loss=0.31", argument));
  }
  const std::string name = argument.substr(0, equals);
  if (name == "step") {
    throw UsageError(fmt::format("autoglm log: {}: the step is no metric; write --step {}",
                                 argument, argument.substr(equals + 1)));
  }
  if (find_metric(metrics, name) != nullptr) {
    throw UsageError(
        fmt::format("autoglm log: {}: \"{}\" is there twice; keep one of them", argument, name));
  }
  set_metric(metrics, name, read_number(std::string_view(argument).substr(equals + 1), argument));
}

}  // namespace

int run_log(const LogOptions& options) {
  if (std::getenv("AUTOGLM_METRICS") == nullptr) {
    throw UsageError(
        "autoglm log: AUTOGLM_METRICS is not set, so this is no trial of autoglm's; call it from "
        "the program that `autoglm tune` runs");
  }
  LogRequest request{.step = options.step};
  for (const std::string& argument : options.metrics) {
    add_metric(request.metrics, argument);
  }
  return log_metrics(request) == LogAnswer::stop ? exit_stop_trial : exit_done;
}

}  // namespace autoglm
