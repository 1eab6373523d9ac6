// --searcher and --set, applied to a spec.
#pragma once

#include <array>
#include <string_view>

#include "cli/commands.h"
#include "search_space/spec_document.h"

namespace autoglm {

// Other names of the spec's "searcher" and "early_stopping".
inline constexpr std::array<std::string_view, 3> kSearcherAliases{"method", "sampler", "algorithm"};
inline constexpr std::array<std::string_view, 2> kRuleAliases{"early_terminate", "pruner"};

/// `root` with --searcher, then each --set of `options`. --searcher replaces the whole section
/// under whichever of its names the spec uses; a --set that goes into a section of which the name
/// alone is given ("searcher": "gp") takes it for an object of that type. Throws SpecError, also
/// where both name a searcher.
SpecRoot with_overrides(SpecRoot root, const StudyOptions& options);

/// The node that names the strategy of a section: the section itself, or its "type"; nullptr when
/// there is none.
const SpecNode* named_type(const SpecNode* section);

/// Throws the SpecError `error` of a section. Where its type comes from the command line and the
/// mistake stands in the file, the mistake is that the two do not go together.
[[noreturn]] void fail_section(const SpecNode& section, const SpecError& error);

}  // namespace autoglm
