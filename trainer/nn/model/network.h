// A network: layers, and which value each reads and makes.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "trainer/nn/model/layer.h"
#include "trainer/nn/model/parameter_layout.h"
#include "trainer/nn/tensor.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// Of the values between layers; the input is 0.
using ValueId = std::int32_t;
constexpr ValueId kNoValue = -1;

struct Node {
  std::unique_ptr<Layer> layer{};
  ValueId x = 0;
  ValueId second = kNoValue;  // of layers with two inputs
  ValueId y = 0;              // made by this node alone
  std::int32_t block = 0;
  std::uint32_t stream = 0;  // of its random numbers
};

/// Nodes in the order in which they are computed. Consecutive nodes form blocks; what lies inside a
/// block can be computed again from what goes into it.
class Network {
 public:
  explicit Network(const Shape& sample) : shapes_{sample} {}

  /// Begins a block; the first node begins one anyway.
  void begin_block();
  /// Adds a node that reads `x` (and `second`); returns what it makes, which is the network's
  /// output until another node is added.
  ValueId add(std::unique_ptr<Layer> layer, ValueId x, ValueId second = kNoValue);

  /// Leaves out a stream of random numbers: for an operation that the last node computes too, so
  /// that those of other nodes do not depend on what is computed together.
  void leave_out_stream() { ++streams_; }

  ParameterLayout& layout() { return layout_; }
  const ParameterLayout& layout() const { return layout_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  /// Of one sample.
  const Shape& shape(ValueId value) const { return shapes_[static_cast<std::size_t>(value)]; }
  std::int32_t values() const { return static_cast<std::int32_t>(shapes_.size()); }
  ValueId output() const { return values() - 1; }
  /// Whether a sample's output depends on the others of its batch.
  bool mixes_samples() const { return mixes_samples_; }
  void set_mixes_samples() { mixes_samples_ = true; }

 private:
  ParameterLayout layout_;
  std::vector<Shape> shapes_;
  std::vector<Node> nodes_;
  std::int32_t block_ = 0;
  std::uint32_t streams_ = 0;
  bool mixes_samples_ = false;
};

/// A network that cannot be: what() names the key of the spec, the value, the rule and the remedy.
class ModelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The network of a spec (train_spec.h says which one), for samples of shape `sample` ([features];
/// cnn: [height, width, channels]) and `outputs` classes or targets. Names of parameters:
///
///     fc1 … fcN         linear layers; the last one gives the outputs
///     conv1 … convN     convolutions, in the order in which they are computed
///     project1 …        1 x 1 convolutions beside residual blocks that change the image's shape
///     norm1 … normN     norms, in the order in which they are computed, a projection's after those
///                       of its block
///
/// each with ".weight" and ".bias", norms with ".gamma" and ".beta". A layer before a batch norm
/// has no bias, since that would take it off again. Throws ModelError.
Network build_network(const ModelSpec& spec, const Shape& sample, std::int64_t outputs);

}  // namespace autoglm::nn
