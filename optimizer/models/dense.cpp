#include "optimizer/models/dense.h"

#include <algorithm>
#include <cassert>

#include "optimizer/models/dense/paths.h"

namespace autoglm::dense {

namespace {

Operand operand(ConstMatrix a) { return {a.data(), 1, a.outerStride()}; }

Operand transposed(ConstMatrix a) { return {a.data(), a.outerStride(), 1}; }

}  // namespace

Eigen::MatrixXd squared_distances(ConstMatrix a, ConstMatrix b) {
  assert(a.cols() == b.cols());
  Eigen::MatrixXd out(a.rows(), b.rows());
  operations().squared_distances({a.rows(), b.rows(), a.cols()}, operand(a), operand(b),
                                 {out.data(), out.outerStride()}, Part::all);
  return out;
}

Eigen::MatrixXd lower_squared_distances(ConstMatrix a) {
  Eigen::MatrixXd out(a.rows(), a.rows());
  operations().squared_distances({a.rows(), a.rows(), a.cols()}, operand(a), operand(a),
                                 {out.data(), out.outerStride()}, Part::lower);
  return out;
}

void matern52(double variance, MatrixRef squared, Part part) {
  for (Eigen::Index j = 0; j < squared.cols(); ++j) {
    const Eigen::Index first = part == Part::lower ? std::min(j, squared.rows()) : 0;
    double* const column = squared.data() + first + j * squared.outerStride();
    operations().matern52(squared.rows() - first, column, variance, column, nullptr);
  }
}

void matern52_with_slope(double variance, ConstMatrix squared, MatrixRef value, MatrixRef slope) {
  assert(value.rows() == squared.rows() && value.cols() == squared.cols());
  assert(slope.rows() == squared.rows() && slope.cols() == squared.cols());
  for (Eigen::Index j = 0; j < squared.cols(); ++j) {
    operations().matern52(squared.rows(), squared.data() + j * squared.outerStride(), variance,
                          value.data() + j * value.outerStride(),
                          slope.data() + j * slope.outerStride());
  }
}

bool cholesky(MatrixRef a) {
  assert(a.rows() == a.cols());
  return operations().cholesky(a.rows(), 0, a.data(), a.outerStride());
}

bool grow_cholesky(MatrixRef a, Eigen::Index known) {
  assert(a.rows() == a.cols() && known <= a.rows());
  return operations().cholesky(a.rows(), known, a.data(), a.outerStride());
}

void forward_solve(ConstMatrix l, MatrixRef x) {
  assert(l.rows() == l.cols() && l.rows() == x.rows());
  operations().forward_solve(x.rows(), x.cols(), l.data(), l.outerStride(), x.data(),
                             x.outerStride());
}

void backward_solve(ConstMatrix l, MatrixRef x) {
  assert(l.rows() == l.cols() && l.rows() == x.rows());
  operations().backward_solve(x.rows(), x.cols(), l.data(), l.outerStride(), x.data(),
                              x.outerStride());
}

void solve(ConstMatrix l, MatrixRef x) {
  assert(l.rows() == l.cols() && l.rows() == x.rows());
  const Operations& now = operations();
  now.forward_solve(x.rows(), x.cols(), l.data(), l.outerStride(), x.data(), x.outerStride());
  now.backward_solve(x.rows(), x.cols(), l.data(), l.outerStride(), x.data(), x.outerStride());
}

Eigen::MatrixXd inverse(ConstMatrix l) {
  assert(l.rows() == l.cols());
  Eigen::MatrixXd out(l.rows(), l.rows());
  operations().inverse(l.rows(), l.data(), l.outerStride(), out.data(), out.outerStride());
  return out;
}

namespace {

Eigen::MatrixXd product_of(Shape shape, Operand a, Operand b) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(shape.rows, shape.columns);
  operations().add_product(shape, 1, a, b, {out.data(), out.outerStride()}, Part::all);
  return out;
}

}  // namespace

Eigen::MatrixXd product(ConstMatrix a, ConstMatrix b) {
  assert(a.cols() == b.rows());
  return product_of({a.rows(), b.cols(), a.cols()}, operand(a), operand(b));
}

Eigen::MatrixXd transposed_product(ConstMatrix a, ConstMatrix b) {
  assert(a.rows() == b.rows());
  return product_of({a.cols(), b.cols(), a.rows()}, transposed(a), operand(b));
}

Eigen::MatrixXd product_with_transposed(ConstMatrix a, ConstMatrix b) {
  assert(a.cols() == b.cols());
  return product_of({a.rows(), b.rows(), a.cols()}, operand(a), transposed(b));
}

void add_lower_gram(ConstMatrix a, MatrixRef c) {
  assert(c.rows() == a.rows() && c.cols() == a.rows());
  operations().add_product({a.rows(), a.rows(), a.cols()}, 1, operand(a), transposed(a),
                           {c.data(), c.outerStride()}, Part::lower);
}

}  // namespace autoglm::dense
