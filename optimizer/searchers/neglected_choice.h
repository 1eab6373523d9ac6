// What keeps a search from settling on choices that did well by chance.
#pragma once

#include <optional>

#include "optimizer/searchers/evidence.h"
#include "optimizer/searchers/unvisited.h"
#include "search_space/configuration.h"
#include "search_space/random.h"

namespace autoglm {

/// For some of the trials, by lot, what is fixed together with a choice that the trial shall have,
/// too: of all choices of categorical
/// parameters that had less than half of their even share of the trials (those that asked for the
/// parameter, over the number of its choices), the most neglected. Nothing for the other trials,
/// and where none is neglected.
///
/// A model of few trials is sure that what was bad with the wrong learning rate is bad; numbers
/// move on from one value to the next, choices do not. (SMAC interleaves random configurations for
/// the same reason: Hutter et al., 2011, section 4.3. Here the rest of the configuration is the
/// best that the model knows.)
std::optional<Configuration> with_neglected_choice(const Request& request, const Evidence& evidence,
                                                   Rng& rng);

}  // namespace autoglm
