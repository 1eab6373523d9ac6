// Which numbers a network learns, and where each lies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/nn/tensor.h"

namespace autoglm::nn {

/// Weights of products have a copy in the working type; biases and the gains and shifts of norms
/// are used as f32, and do not decay unless it is wished.
enum class ParameterKind { weight, bias, norm };

/// What a number is before the first step: `middle`, plus a uniform one within +-`bound`.
struct InitialValue {
  float middle = 0;
  float bound = 0;
};

struct ParameterInfo {
  std::string name{};  // "fc1.weight", "conv2.bias", "norm1.gamma"
  Shape shape{};
  ParameterKind kind = ParameterKind::weight;
  InitialValue initial{};
  std::int64_t offset = 0;  // numbers, within the part of its kind: weights, or the rest
};

/// Numbers that a layer keeps from step to step without learning them by gradients.
struct StatisticInfo {
  std::string name{};  // "norm1.running_mean"
  std::int64_t count = 0;
  float initial = 0;
  std::int64_t offset = 0;  // numbers
};

enum class ParameterId : std::int32_t {};
enum class StatisticId : std::int32_t {};

/// All parameters lie in one array, weights first, in the order in which they were added; so those
/// that are updated alike lie together. What lies between them is 0 and stays it.
class ParameterLayout {
 public:
  /// REQUIRES: no parameter has this name.
  ParameterId add(ParameterInfo info);
  StatisticId add(StatisticInfo info);

  const std::vector<ParameterInfo>& parameters() const { return parameters_; }
  const std::vector<StatisticInfo>& statistics() const { return statistics_; }
  const ParameterInfo& operator[](ParameterId id) const {
    return parameters_[static_cast<std::size_t>(id)];
  }
  const StatisticInfo& operator[](StatisticId id) const {
    return statistics_[static_cast<std::size_t>(id)];
  }

  /// Where a parameter begins in the array of all, numbers.
  std::int64_t offset(const ParameterInfo& info) const;
  /// Lengths in numbers, with what lies between: of the weights, of all parameters, of the
  /// statistics.
  std::int64_t weights() const { return weights_; }
  std::int64_t total() const { return weights_ + rest_; }
  std::int64_t statistics_total() const { return statistics_total_; }

 private:
  std::vector<ParameterInfo> parameters_;
  std::vector<StatisticInfo> statistics_;
  std::int64_t weights_ = 0;
  std::int64_t rest_ = 0;
  std::int64_t statistics_total_ = 0;
};

/// The initial values of a parameter: kaiming_uniform(a = sqrt(5)) for weights, as PyTorch has it
/// for Linear and Conv2d, is a bound of 1 / sqrt(fan_in) (He et al., arXiv:1502.01852, eq. 14, with
/// the gain of a leaky ReLU of slope a). They depend on the seed, the parameter's name and how many
/// come before in it, on nothing else.
std::vector<float> initial_values(const ParameterInfo& info, std::uint64_t seed);

}  // namespace autoglm::nn
