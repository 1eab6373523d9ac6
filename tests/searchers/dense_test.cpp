#include "optimizer/models/dense.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>
#include <vector>

#include "optimizer/models/numerics.h"
#include "search_space/random.h"

namespace autoglm {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Around the sizes at which blocks, tiles and vectors end.
constexpr Index kSizes[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33, 64, 65, 100, 129, 193, 260};

std::vector<NumericsPath> paths() {
  std::vector<NumericsPath> result;
  for (const NumericsPath path : {NumericsPath::baseline, NumericsPath::v3, NumericsPath::v4}) {
    if (path <= best_numerics_path()) {
      result.push_back(path);
    }
  }
  return result;
}

/// The path that is in use while this lives.
class WithPath {
 public:
  explicit WithPath(NumericsPath path) : before_(numerics_path()) { use_numerics_path(path); }
  ~WithPath() { use_numerics_path(before_); }
  WithPath(const WithPath&) = delete;
  WithPath& operator=(const WithPath&) = delete;

 private:
  NumericsPath before_;
};

MatrixXd random_matrix(Index rows, Index columns, std::uint64_t stream) {
  Rng rng(7, stream);
  return MatrixXd::NullaryExpr(rows, columns, [&rng] { return rng.uniform() - 0.5; });
}

MatrixXd definite(Index n) {
  const MatrixXd half = random_matrix(n, n, 1);
  return half * half.transpose() + 0.1 * MatrixXd::Identity(n, n);
}

MatrixXd lower(const MatrixXd& a) { return a.triangularView<Eigen::Lower>(); }

double largest(const MatrixXd& a) { return a.size() == 0 ? 0 : a.cwiseAbs().maxCoeff(); }

/// All that the operations give for one input, for comparisons to the last bit.
std::vector<MatrixXd> everything(Index n) {
  const MatrixXd points = random_matrix(n, 5, 2);
  const MatrixXd others = random_matrix(11, 5, 3);
  std::vector<MatrixXd> results;
  results.push_back(dense::squared_distances(points, others));
  results.push_back(lower(dense::lower_squared_distances(points)));
  MatrixXd value = results[0];
  MatrixXd slope = results[0];
  dense::matern52_with_slope(1.3, results[0], value, slope);
  results.push_back(value);
  results.push_back(slope);
  MatrixXd factor = definite(n);
  CHECK(dense::cholesky(factor));
  results.push_back(lower(factor));
  results.push_back(dense::inverse(factor));
  for (const Index columns : {1, 2, 9}) {
    results.push_back(random_matrix(n, columns, 4));
    dense::solve(factor, results.back());
    results.push_back(dense::product(points.transpose(), results.back()));
    results.push_back(dense::transposed_product(results.back(), results.back()));
  }
  return results;
}

}  // namespace

TEST_CASE("on every path a factor times its transpose is the matrix") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index n : kSizes) {
      const MatrixXd a = definite(n);
      MatrixXd factor = a;
      REQUIRE(dense::cholesky(factor));
      CHECK(largest(lower(factor) * lower(factor).transpose() - a) <
            1e-15 * static_cast<double>(n) * largest(a) + 1e-15);
    }
  }
}

TEST_CASE("a factor that grew row by row is the factor computed at once, to the last bit") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index n : kSizes) {
      MatrixXd whole = definite(n);
      REQUIRE(dense::cholesky(whole));
      for (const Index rows : {1, 2, 3, 5, 40}) {
        MatrixXd grown = definite(n);
        for (Index known = 0; known < n; known += rows) {
          const Index size = std::min(n, known + rows);
          REQUIRE(dense::grow_cholesky(grown.topLeftCorner(size, size), known));
        }
        CHECK(lower(grown) == lower(whole));
      }
    }
  }
}

TEST_CASE("v3 and v4 give the same digits") {
  if (best_numerics_path() < NumericsPath::v4) {
    return;  // this processor has one of them at most
  }
  for (const Index n : kSizes) {
    const WithPath with(NumericsPath::v3);
    const std::vector<MatrixXd> v3 = everything(n);
    use_numerics_path(NumericsPath::v4);
    CHECK(everything(n) == v3);
  }
}

TEST_CASE("digits do not depend on where the numbers lie") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index n : {9, 33, 100}) {
      MatrixXd apart = definite(n);
      MatrixXd x = random_matrix(n, 2, 5);
      REQUIRE(dense::cholesky(apart));
      dense::solve(apart, x);
      for (const Index shift : {1, 2, 3, 5}) {
        MatrixXd within = MatrixXd::Constant(n + 7, n + 7, 1e300);
        MatrixXd solved = MatrixXd::Constant(n + 7, 9, 1e300);
        within.block(shift, shift, n, n) = definite(n);
        solved.block(shift, shift, n, 2) = random_matrix(n, 2, 5);
        REQUIRE(dense::cholesky(within.block(shift, shift, n, n)));
        dense::solve(within.block(shift, shift, n, n), solved.block(shift, shift, n, 2));
        CHECK(lower(within.block(shift, shift, n, n)) == lower(apart));
        CHECK(solved.block(shift, shift, n, 2) == x);
        CHECK(within.row(shift + n).minCoeff() == 1e300);
        CHECK(solved.col(shift + 2).minCoeff() == 1e300);
        CHECK(solved.row(shift + n).minCoeff() == 1e300);
      }
    }
  }
}

TEST_CASE("what solves a system fulfils it, for one right side and for many") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index n : kSizes) {
      const MatrixXd a = definite(n);
      MatrixXd factor = a;
      REQUIRE(dense::cholesky(factor));
      for (const Index columns : {1, 2, 3, 4, 9, 70}) {
        const MatrixXd right = random_matrix(n, columns, 6);
        MatrixXd x = right;
        dense::solve(factor, x);
        CHECK(largest(a * x - right) < 1e-13 * (1 + largest(x)));
        MatrixXd half = right;
        dense::forward_solve(factor, half);
        CHECK(largest(lower(factor) * half - right) < 1e-13 * (1 + largest(half)));
      }
    }
  }
}

TEST_CASE("an inverse is exactly symmetric, and the inverse") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index n : kSizes) {
      const MatrixXd a = definite(n);
      MatrixXd factor = a;
      REQUIRE(dense::cholesky(factor));
      const MatrixXd inverse = dense::inverse(factor);
      CHECK(inverse == inverse.transpose());
      CHECK(largest(a * inverse - MatrixXd::Identity(n, n)) < 1e-12);
    }
  }
}

TEST_CASE("a matrix that is not positive definite has no factor") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()}) {
      for (const Index at : {0, 5, 16, 39}) {
        MatrixXd a = MatrixXd::Identity(40, 40);
        a(at, at) = bad;
        CHECK_FALSE(dense::cholesky(a));
      }
    }
    // 1,000 equal points without noise: exactly singular.
    MatrixXd equal = MatrixXd::Constant(1000, 1000, 1);
    CHECK_FALSE(dense::cholesky(equal));
  }
}

TEST_CASE("products of small integers are exact, for every shape") {
  const auto integers = [](Index rows, Index columns, std::uint64_t stream) -> MatrixXd {
    return (random_matrix(rows, columns, stream).array() * 20).round();
  };
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index m : {1, 2, 5, 24, 25, 200}) {
      for (const Index n : {1, 3, 4, 8, 9, 40}) {
        for (const Index k : {0, 1, 7, 128, 131}) {
          const MatrixXd a = integers(m, k, 8);
          const MatrixXd b = integers(k, n, 9);
          const MatrixXd expected = a.lazyProduct(b);
          CHECK(dense::product(a, b) == expected);
          CHECK(dense::transposed_product(a.transpose(), b) == expected);
          CHECK(dense::product_with_transposed(a, b.transpose()) == expected);
          MatrixXd gram = MatrixXd::Ones(m, m);
          dense::add_lower_gram(a, gram);
          CHECK(lower(gram) == lower(a.lazyProduct(a.transpose()) + MatrixXd::Ones(m, m)));
        }
      }
    }
  }
}

TEST_CASE("distances of 3-4-5 triangles are exact, and nothing between equal rows") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const Index n : kSizes) {
      MatrixXd a(n, 2);
      a.col(0) = VectorXd::LinSpaced(n, 1, static_cast<double>(n)) * 3;
      a.col(1) = VectorXd::LinSpaced(n, 1, static_cast<double>(n)) * 4;
      MatrixXd expected(n, n);
      for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j) {
          expected(i, j) = 25 * static_cast<double>((i - j) * (i - j));
        }
      }
      CHECK(dense::squared_distances(a, a) == expected);
      CHECK(lower(dense::lower_squared_distances(a)) == lower(expected));
    }
    const MatrixXd equal = MatrixXd::Constant(1000, 3, 0.1);
    CHECK(largest(dense::squared_distances(equal, equal)) == 0);
    // Below the normal numbers: not flushed to 0.
    CHECK(dense::squared_distances(MatrixXd::Constant(1, 1, 0.0), MatrixXd::Constant(1, 1, 1e-160))(
              0, 0) == 1e-320);
  }
}

// mpmath, 40 digits: (1 + a + a^2 / 3) exp(-a) and 5/3 (1 + a) exp(-a), a = sqrt(5 r^2).
struct KernelReference {
  double squared;
  double value;
  double slope;
};
constexpr KernelReference kKernelReferences[] = {
    {0, 1, 1.6666666666666666667},
    {1e-300, 1, 1.6666666666666666667},
    {1e-10, 0.99999999991666666668, 1.6666666662500062112},
    {0.3, 0.80061902215114891327, 1.0895044903535207385},
    {1.0, 0.52399410883182031059, 0.57644038788529565379},
    {7.0, 0.050094390506169665179, 0.031073340205027909028},
    {100.0, 3.6956962220528724424e-8, 7.5720659513559241287e-9},
    {10000.0, 1.3075671889316287042e-93, 2.8978324198741089162e-95},
    {20000.0, 1.5524531556502548571e-133, 2.4391928411867852121e-135},
    {90000.0, 6.9893517692084109134e-287, 5.1940580106445463009e-289}};

TEST_CASE("the kernel and its slope agree with mpmath, in every place of a column") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    for (const KernelReference& reference : kKernelReferences) {
      const MatrixXd squared = MatrixXd::Constant(9, 2, reference.squared);
      MatrixXd value(9, 2);
      MatrixXd slope(9, 2);
      dense::matern52_with_slope(1, squared, value, slope);
      // An error of exp's argument, half a unit of a, is the larger the further away.
      const double tolerance = 1e-15 + 2e-16 * std::sqrt(5 * reference.squared);
      CHECK(largest(value.array() / reference.value - 1) < tolerance);
      CHECK(largest(slope.array() / reference.slope - 1) < tolerance);
      CHECK((value.array() == value(0, 0)).all());
      MatrixXd alone = squared;
      dense::matern52(1, alone);
      CHECK(alone == value);
    }
  }
}

TEST_CASE("the kernel is 0 of what is infinitely far, and no number of no number") {
  for (const NumericsPath path : paths()) {
    const WithPath with(path);
    MatrixXd squared(1, 4);
    squared << 1e6, 1e308, std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN();
    dense::matern52(2, squared);
    CHECK(squared.leftCols(3) == MatrixXd::Zero(1, 3));
    CHECK(std::isnan(squared(0, 3)));
  }
}

TEST_CASE("the lower part of a kernel matrix is the kernel matrix's") {
  const MatrixXd points = random_matrix(70, 3, 10);
  MatrixXd whole = dense::squared_distances(points, points);
  MatrixXd part = dense::lower_squared_distances(points);
  dense::matern52(0.7, whole);
  dense::matern52(0.7, part, dense::Part::lower);
  CHECK(lower(part) == lower(whole));
  CHECK(whole == whole.transpose());
}

TEST_CASE("the path in use is the best until another is chosen") {
  CHECK(numerics_path() == best_numerics_path());
  const WithPath with(NumericsPath::baseline);
  CHECK(numerics_path() == NumericsPath::baseline);
  CHECK(to_string(NumericsPath::baseline) == "baseline");
  CHECK(to_string(NumericsPath::v3) == "v3");
  CHECK(to_string(NumericsPath::v4) == "v4");
}

}  // namespace autoglm
