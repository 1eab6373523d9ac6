// The dense linear algebra that Gaussian processes spend their time in, by the numerics path in use
// (numerics.h). What dense/operations.h promises of digits holds: in short, they depend on the
// numbers alone, and a factor grown row by row is the factor computed at once, to the last bit.
// Matrices are column-major; arguments may be blocks of others. One thread.
#pragma once

#include <Eigen/Core>

#include "optimizer/models/dense/operations.h"

namespace autoglm::dense {

using ConstMatrix = const Eigen::Ref<const Eigen::MatrixXd>&;
using MatrixRef = Eigen::Ref<Eigen::MatrixXd>;  // may not overlap another argument

/// |a_i - b_j|^2 of rows, [m, n]; exactly 0 for equal rows, exactly symmetric for a = b.
Eigen::MatrixXd squared_distances(ConstMatrix a /* [m, d] */, ConstMatrix b /* [n, d] */);
/// The same for a = b, at half the cost; undefined above the diagonal.
Eigen::MatrixXd lower_squared_distances(ConstMatrix a /* [n, d] */);

/// The Matérn-5/2 kernel of squared distances r^2, in place: variance (1 + a + a^2 / 3) exp(-a),
/// a = sqrt(5) r.
void matern52(double variance, MatrixRef squared, Part part = Part::all);
/// The same, and s with dk/dx = -s (x - x'), which divides by no distance. Sizes as `squared`.
void matern52_with_slope(double variance, ConstMatrix squared, MatrixRef value, MatrixRef slope);

/// The Cholesky factor of a symmetric matrix of which only the lower part is read, in place; above
/// the diagonal is undefined then. False: not positive definite, and the matrix is spoilt.
[[nodiscard]] bool cholesky(MatrixRef a /* [n, n] */);
/// The same where rows and columns before `known` hold their factor already and the rest holds what
/// the matrix does: O((n - known) n^2). False: as above, but for the known rows.
[[nodiscard]] bool grow_cholesky(MatrixRef a /* [n, n] */, Eigen::Index known);

/// x <- l^-1 x; l^-T x; (l l^T)^-1 x. Only the lower part of l is read.
void forward_solve(ConstMatrix l /* [n, n] */, MatrixRef x /* [n, m] */);
void backward_solve(ConstMatrix l /* [n, n] */, MatrixRef x /* [n, m] */);
void solve(ConstMatrix l /* [n, n] */, MatrixRef x /* [n, m] */);

/// (l l^T)^-1, exactly symmetric.
Eigen::MatrixXd inverse(ConstMatrix l /* [n, n] */);

/// a b; a^T b; a b^T.
Eigen::MatrixXd product(ConstMatrix a /* [m, k] */, ConstMatrix b /* [k, n] */);
Eigen::MatrixXd transposed_product(ConstMatrix a /* [k, m] */, ConstMatrix b /* [k, n] */);
Eigen::MatrixXd product_with_transposed(ConstMatrix a /* [m, k] */, ConstMatrix b /* [n, k] */);

/// c += a a^T, at least on and below the diagonal.
void add_lower_gram(ConstMatrix a /* [n, k] */, MatrixRef c /* [n, n] */);

}  // namespace autoglm::dense
