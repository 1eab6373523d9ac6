#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15
// (2014), scaled while training. Which numbers are dropped is a function of the pass's key, so
// nothing is kept for the backward pass.
class Dropout : public Layer {
 public:
  Dropout(float rate, const Shape& input) : rate_(rate), shape_(input) {}

  Shape output() const noexcept override { return shape_; }

  LayerTraits traits(Mode mode) const noexcept override {
    const bool nothing = mode == Mode::evaluation;
    return {.forward_in_place = true,
            .backward_in_place = true,
            .passes_gradient = nothing,
            .view = nothing};
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    require_ok(pass.backend.dropout(rate_, pass.random, tensors.x, tensors.y), pass.backend,
               "dropout");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    if (tensors.dx.data != nullptr) {
      require_ok(pass.backend.dropout(rate_, pass.random, tensors.dy, tensors.dx), pass.backend,
                 "dropout");
    }
  }

 private:
  float rate_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make_dropout(float rate, const Shape& input) {
  return std::make_unique<Dropout>(rate, input);
}

}  // namespace autoglm::nn
