// A spec that the program writes for its user to edit: JSON with comments.
#pragma once

#include <string>
#include <vector>

#include "search_space/parameter.h"

namespace autoglm {

/// A member of an object, its value as JSON text, and a comment in the line above it; empty: none.
struct DraftMember {
  std::string key{};
  std::string json{};
  std::string comment{};
};

struct SpecDraft {
  std::vector<std::string> comments{};  // lines above the spec
  std::string name{};
  std::vector<DraftMember> head{};  // between the name and the parameters
  std::vector<DraftMember> parameters{};
  std::vector<DraftMember> tail{};  // behind them
  /// Lines in the place of members that may be wanted, behind `tail`: shown as comments.
  std::vector<std::string> suggestions{};
};

/// The text, with a newline at its end.
std::string draft_text(const SpecDraft& draft);

/// {"type": "log_uniform", "min": 1e-05, "max": 0.1}; of one choice a constant.
std::string parameter_json(const Domain& domain);

}  // namespace autoglm
