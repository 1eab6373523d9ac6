// What the models' dense operations cost on each numerics path that this processor has: a table,
// and the same as JSON.
//
//   bench-dense-operations [OUTPUT.json]
#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "optimizer/models/dense.h"
#include "optimizer/models/numerics.h"
#include "search_space/random.h"

namespace autoglm::bench {

namespace {

constexpr int kRounds = 25;
constexpr Eigen::Index kFeatures = 20;

struct Operation {
  std::string name{};
  std::function<void()> prepare{};  // not timed
  std::function<void()> run{};
};

// A covariance of random points, its factor, and room for results.
struct Problem {
  explicit Problem(Eigen::Index n)
      : points(n, kFeatures), right(n, 64), covariance(n, n), factor(n, n), result(n, n) {
    Rng rng(1, 0);
    points = Eigen::MatrixXd::NullaryExpr(n, kFeatures, [&rng] { return rng.uniform(); });
    right = Eigen::MatrixXd::NullaryExpr(n, 64, [&rng] { return rng.uniform(); });
    covariance = dense::squared_distances(points, points);
    dense::matern52(1, covariance);
    covariance.diagonal().array() += 1e-2;
    factor = covariance;
    if (!dense::cholesky(factor)) {
      throw std::logic_error("the covariance of random points is not positive definite");
    }
  }

  Eigen::MatrixXd points;
  Eigen::MatrixXd right;
  Eigen::MatrixXd covariance;
  Eigen::MatrixXd factor;
  Eigen::MatrixXd result;
};

std::vector<Operation> operations_of(Problem& problem) {
  const Eigen::Index n = problem.points.rows();
  const auto nothing = [] {};
  Eigen::MatrixXd& result = problem.result;
  return {
      {"kernel matrix", nothing,
       [&] {
         result = dense::squared_distances(problem.points, problem.points);
         dense::matern52(1, result);
       }},
      {"its lower part", nothing,
       [&] {
         result = dense::lower_squared_distances(problem.points);
         dense::matern52(1, result, dense::Part::lower);
       }},
      {"Cholesky factor", [&] { result = problem.covariance; },
       [&] { static_cast<void>(dense::cholesky(result)); }},
      {"inverse of the factor's matrix", nothing, [&] { result = dense::inverse(problem.factor); }},
      {"append a row to the factor",
       [&, n] {
         result = problem.factor;
         result.row(n - 1) = problem.covariance.row(n - 1);
       },
       [&, n] { static_cast<void>(dense::grow_cholesky(result, n - 1)); }},
      {"solve, 1 right side", [&] { result = problem.right.leftCols(1); },
       [&] { dense::solve(problem.factor, result); }},
      {"solve, 64 right sides", [&] { result = problem.right; },
       [&] { dense::solve(problem.factor, result); }},
      {"product of n by n", nothing,
       [&] { result = dense::product(problem.covariance, problem.covariance); }},
  };
}

// Of this thread's processor time: others may be at work too.
double milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

double milliseconds(const Operation& operation) {
  operation.prepare();
  const double began = milliseconds();
  operation.run();
  return std::round((milliseconds() - began) * 1e5) / 1e5;
}

std::vector<NumericsPath> paths() {
  std::vector<NumericsPath> result;
  for (const NumericsPath path : {NumericsPath::baseline, NumericsPath::v3, NumericsPath::v4}) {
    if (path <= best_numerics_path()) {
      result.push_back(path);
    }
  }
  return result;
}

// The fastest of some rounds, by path; the paths run by turns, so that a busy moment is
// everybody's.
std::map<std::string, double> fastest(const Operation& operation) {
  std::map<std::string, double> result;
  for (int round = 0; round < kRounds; ++round) {
    for (const NumericsPath path : paths()) {
      use_numerics_path(path);
      const double figure = milliseconds(operation);
      const auto [at, is_new] = result.try_emplace(std::string(to_string(path)), figure);
      at->second = std::min(at->second, figure);
    }
  }
  return result;
}

// The first line of /proc/cpuinfo that begins with `name`, without it.
std::string of_processor(const std::string& name) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) {
      return line.substr(line.find(':') + 2);
    }
  }
  return {};
}

nlohmann::json machine() {
  std::vector<std::string> features;
  const std::string flags = of_processor("flags") + " ";
  for (const char* const feature : {"avx2", "fma", "bmi2", "avx512f", "avx512vl"}) {
    if (flags.find(std::string(" ") + feature + " ") != std::string::npos) {
      features.emplace_back(feature);
    }
  }
  return {{"cpu", of_processor("model name")},
          {"flags", features},
          {"build", BENCH_BUILD},
          {"path", to_string(best_numerics_path())}};
}

int run(const char* output) {
  nlohmann::json report{{"machine", machine()}, {"features", kFeatures}, {"rounds", kRounds}};
  fmt::print("{}\n\n| n | ms | baseline | v3 | v4 |\n|---:|---|---:|---:|---:|\n",
             report["machine"].dump());
  for (const Eigen::Index n : {100, 256, 1000}) {
    Problem problem(n);
    for (const Operation& operation : operations_of(problem)) {
      const std::map<std::string, double> figures = fastest(operation);
      report["milliseconds"][std::to_string(n)][operation.name] = figures;
      fmt::print("| {} | {} |", n, operation.name);
      for (const char* const path : {"baseline", "v3", "v4"}) {
        const auto found = figures.find(path);
        fmt::print(" {} |", found == figures.end() ? "" : fmt::format("{:.3g}", found->second));
      }
      fmt::print("\n");
    }
  }
  if (output != nullptr) {
    std::ofstream(output) << report.dump(1) << '\n';
  }
  return 0;
}

}  // namespace

}  // namespace autoglm::bench

int main(int argc, char** argv) { return autoglm::bench::run(argc > 1 ? argv[1] : nullptr); }
