// How Optuna writes what we know: states, distributions, values, points of time.
#pragma once

#include <string>
#include <string_view>

#include "optimizer/objective.h"
#include "optimizer/trial.h"
#include "search_space/parameter.h"

namespace autoglm {

/// RUNNING COMPLETE PRUNED FAIL WAITING. Several of our states share one: paused ones are RUNNING,
/// infeasible and abandoned ones FAIL.
const char* optuna_state(TrialState state);
/// The plainest of our states that is written so. Unknown text: failed.
TrialState state_from_optuna(std::string_view state);

/// MINIMIZE MAXIMIZE
const char* optuna_direction(Goal goal);
Goal goal_from_optuna(std::string_view direction);

/// FINITE INF_POS INF_NEG NAN. Only a finite number is stored as such, beside the others stands
/// NULL.
const char* optuna_value_type(double value);
double value_from_optuna(std::string_view value_type, double stored);

/// As Optuna's distribution_to_json writes it. Ordinals and constants are categorical.
std::string distribution_json(const Domain& domain);
/// The number in trial_params.param_value; of a choice its index. REQUIRES: `value` is in the
/// domain.
double internal_value(const Domain& domain, const Value& value);

/// YYYY-MM-DD HH:MM:SS.ffffff. Optuna to 4.x means local time, 5.0 means UTC; we write UTC.
std::string optuna_time(TimeNs time);
enum class TimeZone { utc, local };
/// 0 when it cannot be read.
TimeNs time_from_optuna(std::string_view text, TimeZone zone);
/// What the library named in version_info meant: a hint, since it is set at creation only.
TimeZone zone_of_library(std::string_view library_version);

}  // namespace autoglm
