// What keeps a search from settling on choices that did well by chance.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "optimizer/searchers/evidence.h"
#include "optimizer/searchers/unvisited.h"
#include "search_space/configuration.h"
#include "search_space/random.h"

namespace autoglm {

struct NeglectRule {
  double trials = 0.1;  // the share of them that shall have a neglected choice, 0 to 1
  double below = 0.5;   // of its even share, 0 to 1: a choice with less is neglected
};

/// For a share of the trials, by lot, what is fixed together with a choice that the trial shall
/// have, too: of all neglected choices of categorical parameters the one that had least of its even
/// share of the trials (those that asked for the parameter, over the number of its choices).
/// Nothing for the other trials, and where none is neglected.
///
/// A model of few trials is sure that what was bad with the wrong learning rate is bad; numbers
/// move on from one value to the next, choices do not. (SMAC interleaves random configurations for
/// the same reason: Hutter et al., 2011, section 4.3. Here the rest of the configuration is the
/// best that the model knows.)
std::optional<Configuration> with_neglected_choice(const Request& request, const Evidence& evidence,
                                                   const NeglectRule& rule, Rng& rng);

/// What `choose`, from a Request to an optional, makes of the request with such a choice; of the
/// request as it is where there is none, or where nothing comes of it. And the words for that,
/// which begin an explanation.
template <typename Choose>
auto choose_with_neglected(const Request& request, const Evidence& evidence,
                           const NeglectRule& rule, Rng& rng, const Choose& choose)
    -> std::pair<decltype(choose(request)), std::string_view> {
  if (const std::optional<Configuration> fixed =
          with_neglected_choice(request, evidence, rule, rng)) {
    if (auto chosen = choose(Request(request.number(), *fixed, request.history()))) {
      return {std::move(chosen), "with a choice that few trials had, "};
    }
  }
  return {choose(request), ""};
}

}  // namespace autoglm
