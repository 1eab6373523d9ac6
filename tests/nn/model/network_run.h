// One training pass through a network on the CPU, whose loss is a weighted sum of its outputs.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "array_list.h"
#include "trainer/nn/backend.h"
#include "trainer/nn/cpu/cpu_backend.h"
#include "trainer/nn/model/executor.h"
#include "trainer/nn/model/named_array.h"
#include "trainer/nn/model/network.h"
#include "trainer/nn/model/parameter_store.h"
#include "trainer/nn/model/program.h"

namespace autoglm::nn {

class NetworkRun {
 public:
  /// f32; `seed`: of the parameters.
  NetworkRun(Network network, std::int64_t batch, std::uint64_t seed = 1, bool recompute = false);

  /// [batch, sample] -> [batch, outputs]
  std::vector<float> forward(const std::vector<float>& inputs);
  /// After forward(): of the sum of weights times outputs, by all parameters, end to end.
  std::vector<float> backward(const std::vector<float>& weights);

  const ParameterLayout& layout() const { return network_.layout(); }
  float* master(const ParameterInfo& info) const {
    return store_.masters() + layout().offset(info);
  }

 private:
  std::unique_ptr<Backend> backend_ = make_cpu_backend();
  Network network_;
  Program program_;
  ParameterStore store_;
  DeviceArena arena_;
  Executor executor_;
  PassOptions pass_;
};

/// `count` numbers of a normal distribution.
std::vector<float> normal_numbers(std::int64_t count, std::uint64_t seed);

/// backward() beside central differences of forward(), at each parameter. A ReLU or a maximum has
/// kinks: there the slopes to both sides differ, and parameters at which they do by more than
/// `kink` of the greatest slope are left out.
struct GradientCheck {
  double error = 0;     // the greatest difference, as a share of the greatest slope; infinite
                        // where a gradient or a slope is not finite
  double compared = 0;  // the share of parameters that were not left out
};
GradientCheck check_gradients(NetworkRun& run, const std::vector<float>& inputs, float step,
                              double kink = std::numeric_limits<double>::infinity());

}  // namespace autoglm::nn
