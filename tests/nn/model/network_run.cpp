#include "network_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "difference.h"
#include "search_space/random.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {

NetworkRun::NetworkRun(Network network, std::int64_t batch, std::uint64_t seed, bool recompute)
    : network_(std::move(network)),
      program_(plan_program(network_, {.batch = batch, .recompute = recompute})),
      store_(*backend_, network_.layout(), DType::f32, 0),
      arena_(*backend_, program_.bytes, "activations"),
      executor_(*backend_, network_, store_, arena_.data()),
      pass_{.samples = batch, .seed = 5, .step = 3} {
  store_.initialize(seed);
}

std::vector<float> NetworkRun::forward(const std::vector<float>& inputs) {
  const Tensor in = executor_.tensor(program_, program_.input, 0, pass_.samples);
  require_ok(backend_->upload(in.data, inputs.data(), in.bytes()), *backend_, "upload");
  executor_.forward(program_, pass_);
  const Tensor out = executor_.tensor(program_, program_.output, network_.output(), pass_.samples);
  std::vector<float> outputs(static_cast<std::size_t>(out.count()));
  require_ok(backend_->download(outputs.data(), out.data, out.bytes()), *backend_, "download");
  return outputs;
}

std::vector<float> NetworkRun::backward(const std::vector<float>& weights) {
  const Tensor dy =
      executor_.tensor(program_, program_.output_gradient, network_.output(), pass_.samples);
  require_ok(backend_->upload(dy.data, weights.data(), dy.bytes()), *backend_, "upload");
  store_.zero_gradients();
  executor_.backward(program_, pass_);
  std::vector<float> gradients;
  for (const ParameterInfo& info : layout().parameters()) {
    const float* begin = store_.gradients() + layout().offset(info);
    gradients.insert(gradients.end(), begin, begin + info.shape.count());
  }
  return gradients;
}

std::vector<float> normal_numbers(std::int64_t count, std::uint64_t seed) {
  Rng random(seed, 0);
  std::vector<float> numbers(static_cast<std::size_t>(count));
  std::generate(numbers.begin(), numbers.end(),
                [&random] { return static_cast<float>(random.normal()); });
  return numbers;
}

namespace {

struct Slopes {
  double left = 0;
  double right = 0;
  double middle() const { return (left + right) / 2; }
};

double weighted_sum(const std::vector<float>& weights, const std::vector<float>& outputs) {
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    sum += static_cast<double>(weights[i]) * static_cast<double>(outputs[i]);
  }
  return sum;
}

// By each parameter, end to end.
std::vector<Slopes> slopes_of(NetworkRun& run, const std::vector<float>& inputs,
                              const std::vector<float>& weights, float step) {
  std::vector<Slopes> slopes;
  const double middle = weighted_sum(weights, run.forward(inputs));
  for (const ParameterInfo& info : run.layout().parameters()) {
    for (std::int64_t k = 0; k < info.shape.count(); ++k) {
      float& parameter = run.master(info)[k];
      const float before = parameter;
      const auto slope_to = [&](float to) {
        parameter = to;
        return (weighted_sum(weights, run.forward(inputs)) - middle) /
               (static_cast<double>(to) - static_cast<double>(before));
      };
      slopes.push_back({.left = slope_to(before - step), .right = slope_to(before + step)});
      parameter = before;
    }
  }
  return slopes;
}

}  // namespace

GradientCheck check_gradients(NetworkRun& run, const std::vector<float>& inputs, float step,
                              double kink) {
  const std::size_t outputs = run.forward(inputs).size();
  const std::vector<float> weights = normal_numbers(static_cast<std::int64_t>(outputs), 77);
  const std::vector<float> gradients = run.backward(weights);
  const std::vector<Slopes> slopes = slopes_of(run, inputs, weights, step);
  double greatest = 0;
  for (const Slopes& slope : slopes) {
    greatest = farther(greatest, std::abs(slope.middle()));
  }
  GradientCheck check;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double error = std::abs(slopes[i].middle() - static_cast<double>(gradients[i]));
    const bool smooth = std::abs(slopes[i].right - slopes[i].left) <= kink * greatest;
    if (smooth || !std::isfinite(error)) {
      check.compared += 1.0 / static_cast<double>(slopes.size());
      check.error = farther(check.error, error / greatest);
    }
  }
  return check;
}

}  // namespace autoglm::nn
