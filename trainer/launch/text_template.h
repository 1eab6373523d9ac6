// Text with {names} in it: the arguments and the environment of a trial.
#pragma once

#include <optional>
#include <string>

#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

/// Reads "{name}", and "{{" and "}}" as braces, in a string of a spec. Pairs of braces that hold
/// nothing like a name, as in JSON, awk and shells, stand for themselves, and so does ${VARIABLE}.
/// Throws SpecError at `node`: a name that is neither a parameter nor one of TrialFacts, a brace
/// without its partner.
TextTemplate parse_template(const SpecNode& node, const SearchSpace& space);

/// The text that a name stands for; nothing when it is an inactive parameter.
std::optional<std::string> named_text(const std::string& name, const Configuration& configuration,
                                      const TrialFacts& facts);

/// The text with every name replaced; nothing when one of them is an inactive parameter.
std::optional<std::string> render(const TextTemplate& text, const Configuration& configuration,
                                  const TrialFacts& facts);

}  // namespace autoglm
