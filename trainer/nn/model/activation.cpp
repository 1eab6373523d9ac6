#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class ActivationLayer : public Layer {
 public:
  ActivationLayer(Activation activation, const Shape& input)
      : activation_(activation), shape_(input) {}

  Shape output() const noexcept override { return shape_; }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    const bool from_y = by_output();
    return {
        .keeps_x = !from_y, .keeps_y = from_y, .forward_in_place = true, .backward_in_place = true};
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    require_ok(pass.backend.activation_forward(activation_, tensors.x, tensors.y), pass.backend,
               "activation_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    if (tensors.dx.data != nullptr) {
      require_ok(pass.backend.activation_backward(activation_, by_output() ? tensors.y : tensors.x,
                                                  tensors.dy, tensors.dx),
                 pass.backend, "activation_backward");
    }
  }

 private:
  // Whether the slope is computed from y, which Backend::activation_backward wants then.
  bool by_output() const {
    return activation_ == Activation::relu || activation_ == Activation::tanh;
  }

  Activation activation_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make_activation(Activation activation, const Shape& input) {
  return std::make_unique<ActivationLayer>(activation, input);
}

}  // namespace autoglm::nn
