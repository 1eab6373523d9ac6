#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class GlobalAverage : public Layer {
 public:
  explicit GlobalAverage(const Shape& input) : input_(input) {}

  Shape output() const noexcept override { return {input_.last()}; }

  LayerTraits traits(Mode /*mode*/) const noexcept override { return {}; }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    require_ok(
        pass.backend.global_average_forward(tensors.x /* [b, h, w, c] */, tensors.y /* [b, c] */),
        pass.backend, "global_average_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    if (tensors.dx.data != nullptr) {
      require_ok(pass.backend.global_average_backward(tensors.dy /* [b, c] */,
                                                      tensors.dx /* [b, h, w, c] */),
                 pass.backend, "global_average_backward");
    }
  }

 private:
  Shape input_;
};

}  // namespace

std::unique_ptr<Layer> make_global_average(const Shape& input) {
  return std::make_unique<GlobalAverage>(input);
}

}  // namespace autoglm::nn
