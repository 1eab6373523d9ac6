// One path's operations: compiled once for each instruction set, with DENSE_OPERATIONS its table's
// name. Nothing with a linker's name but the table may come of this file, or code for a processor
// that is not there could be chosen for the whole program: no header of the standard library that
// defines functions, everything else in anonymous namespaces. A test looks at the symbols.
#include "optimizer/models/dense/covariance.h"
#include "optimizer/models/dense/operations.h"
#include "optimizer/models/dense/triangular.h"

namespace autoglm::dense {

const Operations DENSE_OPERATIONS = {.squared_distances = squared_distances,
                                     .matern52 = matern52,
                                     .add_product = add_product,
                                     .cholesky = cholesky,
                                     .forward_solve = forward_solve,
                                     .backward_solve = backward_solve,
                                     .inverse = inverse};

}  // namespace autoglm::dense
