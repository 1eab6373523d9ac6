// One dimension of a search space.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "search_space/expression.h"
#include "search_space/value.h"

namespace autoglm {

/// uniform, log_uniform. Bounds are inclusive and finite; max is on the grid of step.
struct FloatRange {
  double min = 0;
  double max = 1;
  double step = 0;   // counts from min; 0: continuous; > 0 only when !log
  bool log = false;  // min > 0
};

/// int, log_int. Bounds are inclusive, within +-2^53; max is on the grid of step.
struct IntRange {
  std::int64_t min = 0;
  std::int64_t max = 1;
  std::int64_t step = 1;  // >= 1; 1 when log
  bool log = false;       // min >= 1
};

/// categorical, ordinal, constant (one choice). No two choices are the same_value.
struct Choice {
  std::vector<Value> choices{};
  bool ordered = false;  // ordinal: neighbours in the list are alike
};

using Domain = std::variant<FloatRange, IntRange, Choice>;

struct Parameter {
  std::string name{};
  Domain domain{};
  std::optional<Expression> active_if{};  // `when`; none: always active
};

/// Where `value` lies in its domain, in [0, 1]: linear, or linear in the logarithm. Of n values
/// (integers, steps, choices) the i-th lies at the middle of its cell, (i + 1/2) / n — for log_int
/// the cell of k is [log(k - 1/2), log(k + 1/2)]. A number outside the bounds counts as the nearest
/// (a range may have been narrowed since). REQUIRES: `value` is a number, or one of the choices.
double position_of(const Domain& domain, const Value& value);

/// The value whose cell holds `position`, which is clamped to [0, 1]. The one home of log and step.
/// No result is ever outside the bounds. Continuous values come out with at most 11 significant
/// digits (linear: of the range), the bounds apart, so that value_at(position_of(v)) is v for every
/// v that value_at yields, or that is as short; integers: in ranges of up to 2^40 values.
Value value_at(const Domain& domain, double position);

/// `value` as the domain has it (1 becomes 1.0 in a float range), or nothing when it is not in it.
/// A value between grid points is not in it.
std::optional<Value> fit_value(const Domain& domain, const Value& value);

/// The i-th value of a range with a step, short where min and step are: 0.15, never
/// 0.15000000000000002.
double grid_value(const FloatRange& range, std::uint64_t i);

/// Why fit_value gives nothing, for people, with what to write instead. REQUIRES: it gives nothing.
std::string misfit(const Domain& domain, const Value& value);

/// How many values there are; nothing for a continuous range (min < max, no step).
std::optional<std::uint64_t> cardinality(const Domain& domain);

/// The i-th value of a finite domain, 0 <= i < cardinality.
Value nth_value(const Domain& domain, std::uint64_t i);

/// One line for people: "log_uniform [1e-05, 0.1]", "categorical {adam, sgd}".
std::string describe(const Domain& domain);

}  // namespace autoglm
