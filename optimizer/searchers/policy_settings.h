// With what policy_gradient chose a trial, beyond the study's seed and its events: kept with each
// trial, so that its choice can be derived anew when the study has gone on with something else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "optimizer/searchers/policy_options.h"
#include "search_space/search_space.h"

namespace autoglm {

struct PolicySettings {
  int revision = 0;  // of the searcher
  std::optional<std::int64_t> max_trials{};
  PolicyGradientOptions options{};
  std::string space{};  // see space_digest
};

/// 16 hexadecimal digits that are others when a parameter, its values or its condition are
/// (stable_hash of their text).
std::string space_digest(const SearchSpace& space);

/// One JSON object.
std::string to_json(const PolicySettings& settings);

/// Nothing when `json` is not what to_json gives in this version.
std::optional<PolicySettings> read_policy_settings(const std::string& json);

}  // namespace autoglm
