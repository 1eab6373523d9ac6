// The scalars of JSON: strings, numbers, true, false, null.
#pragma once

#include "search_space/spec_cursor.h"

namespace autoglm {

// Each reads what stands at the cursor into `node` and leaves the cursor behind it. They throw
// SpecError.

/// REQUIRES: the cursor is at a quote.
void read_text(SpecCursor& cursor, SpecNode& node);
/// Whatever is no string, list or object. REQUIRES: the cursor is not at the end.
void read_word(SpecCursor& cursor, SpecNode& node);

}  // namespace autoglm
