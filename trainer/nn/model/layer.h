// One operation of a network with its gradient. A layer owns no memory: parameters lie in a
// ParameterStore, everything else where a Program says.
#pragma once

#include <cstdint>

#include "trainer/nn/backend.h"
#include "trainer/nn/model/cuda_scratch.h"
#include "trainer/nn/model/parameter_store.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

enum class Mode { training, evaluation };

/// What a layer asks of the plan of memory.
struct LayerTraits {
  bool keeps_x = false;            // backward() reads x
  bool keeps_y = false;            // backward() reads y
  bool forward_in_place = false;   // y may lie where x lies
  bool backward_in_place = false;  // dx may lie where dy lies
  bool needs_dz = false;           // backward() writes into dz
  bool needs_dx = false;           // backward() writes dx even where no one wants it
  bool passes_gradient = false;    // dx is dy: backward() is not called
  bool view = false;               // y is x under another shape; implies passes_gradient
};

/// Numbers of 4 bytes that forward() leaves to backward(), beside x and y.
struct SavedWords {
  std::int64_t per_sample = 0;
  std::int64_t fixed = 0;
};

/// What is common to the layers of one pass through the network.
struct Pass {
  Backend& backend;
  const ParameterStore& parameters;
  Mode mode = Mode::training;
  bool again = false;  // what an earlier forward() of the same step computed is computed once more:
                       // statistics do not move
  RandomKey random{};  // the executor sets the stream of each layer
};

/// All [batch, sample's shape], in the working type.
struct ForwardTensors {
  Tensor x{};
  Tensor second{};  // of layers with two inputs, x's shape
  Tensor y{};
  std::int32_t* saved = nullptr;
};

struct BackwardTensors {
  Tensor x{};   // where keeps_x
  Tensor y{};   // where keeps_y
  Tensor dy{};  // overwritten where dz or dx lies there
  Tensor dz{};  // where needs_dz: y's shape; dy's place unless someone else still reads that
  Tensor
      dx{};  // null data: not wanted, unless needs_dx. Of layers with two inputs, of each of them
  std::int32_t* saved = nullptr;
};

class Layer {
 public:
  virtual ~Layer() = default;

  /// Of one sample.
  virtual Shape output() const noexcept = 0;
  virtual LayerTraits traits(Mode mode) const noexcept = 0;
  virtual SavedWords saved() const noexcept { return {}; }
  /// What both passes take at most on a CUDA device. `wants_dx`: unless x is the network's input.
  virtual std::size_t scratch(const CudaScratch& /*device*/, bool /*wants_dx*/) const noexcept {
    return 0;
  }

  /// Both throw DeviceError and its kind (status_error.h) and call nothing but the backend, in
  /// whose order they are done. Gradients of parameters are added up.
  virtual void forward(const Pass& pass, const ForwardTensors& tensors) const = 0;
  virtual void backward(const Pass& pass, const BackwardTensors& tensors) const = 0;
};

}  // namespace autoglm::nn
