#include <cmath>

#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class Linear : public Layer {
 public:
  Linear(ParameterLayout& layout, const std::string& name, const LinearOptions& options)
      : options_(options) {
    const InitialValue initial{0, 1 / std::sqrt(static_cast<float>(options.in))};
    weight_ = layout.add({.name = name + ".weight",
                          .shape = {options.out, options.in},
                          .kind = ParameterKind::weight,
                          .initial = initial});
    if (options.bias) {
      bias_ = layout.add({.name = name + ".bias",
                          .shape = {options.out},
                          .kind = ParameterKind::bias,
                          .initial = initial});
    }
  }

  Shape output() const noexcept override { return {options_.out}; }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    const bool relu = options_.activation == Activation::relu;
    return {.keeps_x = true, .keeps_y = relu, .needs_dz = relu};
  }

  std::size_t scratch(const CudaScratch& device, bool /*wants_dx*/) const noexcept override {
    return device.linear(options_.out, options_.bias);
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    const float* bias = options_.bias ? pass.parameters.master(bias_) : nullptr;
    require_ok(pass.backend.linear_forward(tensors.x /* [m, in] */, pass.parameters.weight(weight_),
                                           bias, tensors.y /* [m, out] */, options_.activation),
               pass.backend, "linear_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    Backend& backend = pass.backend;
    Tensor dz = tensors.dy;  // [m, out]
    if (options_.activation == Activation::relu) {
      dz = tensors.dz;
      require_ok(backend.activation_backward(Activation::relu, tensors.y, tensors.dy, dz), backend,
                 "activation_backward");
    }
    float* dbias = options_.bias ? pass.parameters.gradient(bias_) : nullptr;
    require_ok(backend.linear_backward_weight(dz, tensors.x /* [m, in] */,
                                              pass.parameters.gradient(weight_), dbias),
               backend, "linear_backward_weight");
    if (tensors.dx.data != nullptr) {
      require_ok(backend.linear_backward_data(dz, pass.parameters.weight(weight_),
                                              tensors.dx /* [m, in] */),
                 backend, "linear_backward_data");
    }
  }

 private:
  LinearOptions options_;
  ParameterId weight_{};
  ParameterId bias_{};
};

}  // namespace

std::unique_ptr<Layer> make_linear(ParameterLayout& layout, const std::string& name,
                                   const LinearOptions& options) {
  return std::make_unique<Linear>(layout, name, options);
}

}  // namespace autoglm::nn
