// A section of a spec in which any value may be a "{parameter}".
#pragma once

#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

/// Throws SpecError at the first string with a name in braces that nobody knows.
void check_names(const SpecNode& section, const SearchSpace& space);

/// A copy of `section` in which a string that is one "{parameter}" is the parameter's value, as a
/// number where it is one, and other strings have the texts of their names. What names an inactive
/// parameter is left out: the member of an object, the element of a list. Every value keeps its
/// place, so that mistakes in it are shown where the user wrote it.
SpecRoot filled_section(const SpecNode& section, const SearchSpace& space,
                        const Configuration& configuration, const TrialFacts& facts);

}  // namespace autoglm
