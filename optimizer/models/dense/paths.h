// The operations of the numerics path in use, and of any that this processor has.
#pragma once

#include "optimizer/models/dense/operations.h"
#include "optimizer/models/numerics.h"

namespace autoglm::dense {

const Operations& operations();

/// REQUIRES: path <= best_numerics_path().
const Operations& operations_of(NumericsPath path);

}  // namespace autoglm::dense
