#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class ResidualSum : public Layer {
 public:
  ResidualSum(Activation activation, const Shape& input) : activation_(activation), shape_(input) {}

  Shape output() const noexcept override { return shape_; }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    const bool relu = activation_ == Activation::relu;
    return {.keeps_y = relu,
            .forward_in_place = true,
            .backward_in_place = true,
            .passes_gradient = !relu};
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    require_ok(pass.backend.add(tensors.x, tensors.second, tensors.y, activation_), pass.backend,
               "add");
  }

  // The gradients of both inputs are equal, and lie in one place.
  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    if (tensors.dx.data != nullptr) {
      require_ok(pass.backend.activation_backward(activation_, tensors.y, tensors.dy, tensors.dx),
                 pass.backend, "activation_backward");
    }
  }

 private:
  Activation activation_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make_residual_sum(Activation activation, const Shape& input) {
  return std::make_unique<ResidualSum>(activation, input);
}

}  // namespace autoglm::nn
