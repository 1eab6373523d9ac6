// The JSON that is stored in columns. Python writes bare NaN and Infinity, which few parsers take;
// this one does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "optimizer/trial.h"
#include "search_space/configuration.h"
#include "search_space/parameter.h"

namespace autoglm {

/// An object whose values are scalars, in order; nothing that is not one is kept (arrays and
/// objects become their JSON text). Text that is no JSON object gives an empty one.
Configuration configuration_from_json(std::string_view text);

/// What configuration_from_json reads back as it was: 1.0 stays a floating-point number.
std::string lossless_json(const Configuration& configuration);
std::string lossless_json(const Value& value);

/// An object of numbers, and an array of them. Non-finite ones are the texts "nan", "inf", "-inf",
/// so that the column is proper JSON.
MetricValues metrics_from_json(std::string_view text);
std::string metrics_json(const MetricValues& metrics);
std::vector<double> numbers_from_json(std::string_view text);
std::string numbers_json(const std::vector<double>& numbers);

std::vector<std::string> strings_from_json(std::string_view text);
std::string strings_json(const std::vector<std::string>& strings);

/// A JSON string's text; empty when it is none.
std::string string_from_json(std::string_view text);

/// One of Optuna's distributions, as far as values need it.
struct Distribution {
  enum class Kind { number, integer, categorical };
  Kind kind = Kind::number;
  std::vector<Value> choices{};
};
/// Reads today's, the five old names and the short form. Nothing understood: Kind::number.
Distribution distribution_from_json(std::string_view text);

/// The same whole, as a domain of ours; nothing where it is not understood. Choices that are arrays
/// or objects become their JSON text: has_odd_choices.
std::optional<Domain> domain_from_json(std::string_view text);
bool has_odd_choices(std::string_view text);

}  // namespace autoglm
