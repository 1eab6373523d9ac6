#include "problems.h"

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace autoglm::bench {

namespace {

using std::numbers::pi;

double number(const Configuration& configuration, std::string_view name) {
  return value_number(*configuration.find(name));
}

const std::string& text(const Configuration& configuration, std::string_view name) {
  return std::get<std::string>(*configuration.find(name));
}

double square(double x) { return x * x; }

// Dixon and Szegö, 1978.
double branin(const Configuration& c) {
  const double x = number(c, "x");
  const double y = number(c, "y");
  return square(y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6) +
         10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

double hartmann6(const Configuration& c) {
  constexpr double a[4][6] = {{10, 3, 17, 3.5, 1.7, 8},
                              {0.05, 10, 17, 0.1, 8, 14},
                              {3, 3.5, 1.7, 10, 17, 8},
                              {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                              {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                              {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                              {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  constexpr double weights[4] = {1, 1.2, 3, 3.2};
  constexpr std::array<std::string_view, 6> names{"a", "b", "c", "d", "e", "f"};
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double exponent = 0;
    for (std::size_t j = 0; j < 6; ++j) {
      exponent += a[i][j] * square(number(c, names[j]) - p[i][j]);
    }
    sum += weights[i] * std::exp(-exponent);
  }
  return -sum;
}

// Ackley, 1987; its optimum moved away from the centre.
double ackley5(const Configuration& c) {
  constexpr std::array<std::string_view, 5> names{"a", "b", "c", "d", "e"};
  constexpr double shift[5] = {3.7, -8.1, 11.3, -14.9, 6.3};
  double squares = 0;
  double cosines = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const double x = number(c, names[i]) - shift[i];
    squares += x * x / 5;
    cosines += std::cos(2 * pi * x) / 5;
  }
  return -20 * std::exp(-0.2 * std::sqrt(squares)) - std::exp(cosines) + 20 + std::numbers::e;
}

// The three functions of func2C (Ru et al., "Bayesian optimisation over multiple continuous and
// categorical inputs", 2020), each scaled to about one.
double part(const std::string& name, double x, double y) {
  if (name == "rosenbrock") {
    return (100 * square(y - x * x) + square(1 - x)) / 300;
  }
  if (name == "camel") {
    return ((4 - 2.1 * x * x + x * x * x * x / 3) * x * x + x * y + (4 * y * y - 4) * y * y) / 10;
  }
  return (square(1.5 - x + x * y) + square(2.25 - x + x * y * y) +
          square(2.625 - x + x * y * y * y)) /
         50;  // beale
}

double func2c(const Configuration& c) {
  const double x = number(c, "x");
  const double y = number(c, "y");
  return part(text(c, "first"), x, y) + part(text(c, "second"), x, y);
}

// What tuning a network often looks like: a valley of learning rate and batch size, a choice that
// shifts it, integers, and choices that add a constant.
double network(const Configuration& c) {
  const bool adam = text(c, "optimizer") == "adam";
  const double rate = std::log10(number(c, "lr")) + (adam ? 3 : 1.2);
  const double batch = std::log2(number(c, "batch")) - 6;
  const double units = std::log2(number(c, "units")) - 7.5;
  const double layers = number(c, "layers") - 4;
  const std::string& activation = text(c, "activation");
  const double choice = (adam ? 0 : 0.05) + (activation == "gelu"   ? 0
                                             : activation == "relu" ? 0.03
                                             : activation == "tanh" ? 0.12
                                                                    : 0.3);
  return 0.1 + choice + 0.15 * square(rate - 0.15 * batch) + 0.01 * square(batch) +
         0.03 * square(units + 0.4 * layers) + 0.02 * square(layers) +
         0.3 * square(number(c, "dropout") - 0.2);
}

// The tree of Jenatton et al., "Bayesian optimization with tree-structured dependencies", 2017.
double tree(const Configuration& c) {
  if (text(c, "root") == "left") {
    return text(c, "left") == "a" ? square(number(c, "xa")) + 0.1 + number(c, "rl")
                                  : square(number(c, "xb")) + 0.2 + number(c, "rl");
  }
  return text(c, "right") == "c" ? square(number(c, "xc")) + 0.3 + number(c, "rr")
                                 : square(number(c, "xd")) + 0.4 + number(c, "rr");
}

std::string cube(const std::vector<std::string>& names, const std::string& min,
                 const std::string& max) {
  std::string json = "{";
  for (const std::string& name : names) {
    json += (json.size() > 1 ? ", " : "") + ("\"" + name) + R"(": {"type": "uniform", "min": )" +
            min + R"(, "max": )" + max + "}";
  }
  return json + "}";
}

constexpr const char* kFunc2c = R"({
  "first": {"type": "categorical", "choices": ["rosenbrock", "camel", "beale"]},
  "second": {"type": "categorical", "choices": ["rosenbrock", "camel", "beale"]},
  "x": {"type": "uniform", "min": -2, "max": 2}, "y": {"type": "uniform", "min": -2, "max": 2}})";

constexpr const char* kNetwork = R"({
  "optimizer": {"type": "categorical", "choices": ["sgd", "adam"]},
  "activation": {"type": "categorical", "choices": ["sigmoid", "tanh", "relu", "gelu"]},
  "lr": {"type": "log_uniform", "min": 1e-5, "max": 1},
  "batch": {"type": "ordinal", "choices": [16, 32, 64, 128, 256]},
  "layers": {"type": "int", "min": 1, "max": 8},
  "units": {"type": "log_int", "min": 16, "max": 1024},
  "dropout": {"type": "uniform", "min": 0, "max": 0.5}})";

constexpr const char* kTree = R"({
  "root": {"type": "categorical", "choices": ["right", "left"]},
  "left": {"type": "categorical", "choices": ["b", "a"], "when": "root == 'left'"},
  "right": {"type": "categorical", "choices": ["d", "c"], "when": "root == 'right'"},
  "xa": {"type": "uniform", "min": -1, "max": 0.7, "when": "left == 'a'"},
  "xb": {"type": "uniform", "min": -1, "max": 0.7, "when": "left == 'b'"},
  "xc": {"type": "uniform", "min": -1, "max": 0.7, "when": "right == 'c'"},
  "xd": {"type": "uniform", "min": -1, "max": 0.7, "when": "right == 'd'"},
  "rl": {"type": "uniform", "min": 0, "max": 1, "when": "root == 'left'"},
  "rr": {"type": "uniform", "min": 0, "max": 1, "when": "root == 'right'"}})";

}  // namespace

const std::vector<Problem>& problems() {
  static const std::vector<Problem> all = {
      {"Branin",
       R"({"x": {"type": "uniform", "min": -5, "max": 10},
           "y": {"type": "uniform", "min": 0, "max": 15}})",
       branin, 0.39788735772973816},
      {"Hartmann-6", cube({"a", "b", "c", "d", "e", "f"}, "0", "1"), hartmann6, -3.32236801141551},
      {"Ackley-5", cube({"a", "b", "c", "d", "e"}, "-20", "20"), ackley5, 0},
      {"func2C", kFunc2c, func2c, -0.20632568972},
      {"network", kNetwork, network, 0.1},
      {"tree", kTree, tree, 0.1},
  };
  return all;
}

SearchSpace space_of(const Problem& problem) {
  return parse_search_space(*read_spec(problem.parameters, problem.name), nullptr, nullptr);
}

}  // namespace autoglm::bench
