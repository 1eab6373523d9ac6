// The `type` of a parameter in a spec.
#pragma once

#include <array>
#include <string_view>

#include "search_space/spec_document.h"

namespace autoglm {

enum class ParameterType {
  uniform,
  log_uniform,
  integer,
  log_integer,
  categorical,
  ordinal,
  constant
};

inline constexpr std::array kParameterTypes{ParameterType::uniform,     ParameterType::log_uniform,
                                            ParameterType::integer,     ParameterType::log_integer,
                                            ParameterType::categorical, ParameterType::ordinal,
                                            ParameterType::constant};

/// As specs have it: "log_int".
std::string_view type_name(ParameterType type);

/// Throws SpecError, which says what to write, also where the words are another tool's.
/// REQUIRES: `parameter` is an object.
ParameterType parse_type(const SpecNode& parameter);

}  // namespace autoglm
