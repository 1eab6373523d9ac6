// Search spaces drawn at random, for tests of what must hold in every space.
#pragma once

#include <string>

#include "search_space/random.h"
#include "search_space/search_space.h"

namespace autoglm {

struct RandomSpaceOptions {
  int parameters = 7;
  bool continuous = true;   // else all domains are finite and small
  bool conditions = true;   // nested; children may stand before their parents
  bool constraints = true;  // of which at least about a tenth of all draws satisfies each
};

/// {"parameters": …, "constraints": …} with every type, steps, awkward names and bounds.
std::string random_spec(Rng& rng, const RandomSpaceOptions& options = {});

/// The space of such a spec.
SearchSpace random_space(Rng& rng, const RandomSpaceOptions& options = {});

}  // namespace autoglm
