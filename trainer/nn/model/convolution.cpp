#include <cmath>

#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class Convolution : public Layer {
 public:
  Convolution(ParameterLayout& layout, const std::string& name, const ConvolutionOptions& options)
      : options_(options) {
    const std::int64_t kernel = options.window.kernel;
    const std::int64_t fan_in = kernel * kernel * options.input.last();
    const InitialValue initial{0, 1 / std::sqrt(static_cast<float>(fan_in))};
    weight_ = layout.add({.name = name + ".weight",
                          .shape = {options.channels, kernel, kernel, options.input.last()},
                          .kind = ParameterKind::weight,
                          .initial = initial});
    if (options.bias) {
      bias_ = layout.add({.name = name + ".bias",
                          .shape = {options.channels},
                          .kind = ParameterKind::bias,
                          .initial = initial});
    }
  }

  Shape output() const noexcept override {
    return {options_.window.output(options_.input[0]), options_.window.output(options_.input[1]),
            options_.channels};
  }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    const bool relu = options_.activation == Activation::relu;
    return {.keeps_x = true, .keeps_y = relu, .needs_dz = relu};
  }

  std::size_t scratch(const CudaScratch& device, bool wants_dx) const noexcept override {
    return device.convolution({.window = options_.window,
                               .x = options_.input,
                               .y = output(),
                               .bias = options_.bias,
                               .wants_dx = wants_dx});
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    const float* bias = options_.bias ? pass.parameters.master(bias_) : nullptr;
    require_ok(pass.backend.conv_forward(options_.window, tensors.x /* [b, h, w, c] */,
                                         pass.parameters.weight(weight_), bias,
                                         tensors.y /* [b, oh, ow, n] */, options_.activation),
               pass.backend, "conv_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    Backend& backend = pass.backend;
    Tensor dz = tensors.dy;  // [b, oh, ow, n]
    if (options_.activation == Activation::relu) {
      dz = tensors.dz;
      require_ok(backend.activation_backward(Activation::relu, tensors.y, tensors.dy, dz), backend,
                 "activation_backward");
    }
    float* dbias = options_.bias ? pass.parameters.gradient(bias_) : nullptr;
    require_ok(backend.conv_backward_weight(options_.window, dz, tensors.x /* [b, h, w, c] */,
                                            pass.parameters.gradient(weight_), dbias),
               backend, "conv_backward_weight");
    if (tensors.dx.data != nullptr) {
      require_ok(backend.conv_backward_data(options_.window, dz, pass.parameters.weight(weight_),
                                            tensors.dx /* [b, h, w, c] */),
                 backend, "conv_backward_data");
    }
  }

 private:
  ConvolutionOptions options_;
  ParameterId weight_{};
  ParameterId bias_{};
};

}  // namespace

std::unique_ptr<Layer> make_convolution(ParameterLayout& layout, const std::string& name,
                                        const ConvolutionOptions& options) {
  return std::make_unique<Convolution>(layout, name, options);
}

}  // namespace autoglm::nn
