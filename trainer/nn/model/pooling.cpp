#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class PoolingLayer : public Layer {
 public:
  PoolingLayer(Pooling pooling, const Window& window, const Shape& input)
      : pooling_(pooling), window_(window), input_(input) {}

  Shape output() const noexcept override {
    return {window_.output(input_[0]), window_.output(input_[1]), input_[2]};
  }

  LayerTraits traits(Mode /*mode*/) const noexcept override { return {}; }

  // Where the greatest numbers were.
  SavedWords saved() const noexcept override {
    return {.per_sample = pooling_ == Pooling::max ? output().count() : 0};
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    require_ok(pass.backend.pool_forward(pooling_, window_, tensors.x /* [b, h, w, c] */,
                                         tensors.y /* [b, oh, ow, c] */, tensors.saved),
               pass.backend, "pool_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    if (tensors.dx.data != nullptr) {
      require_ok(pass.backend.pool_backward(pooling_, window_, tensors.dy, tensors.saved,
                                            tensors.dx /* [b, h, w, c] */),
                 pass.backend, "pool_backward");
    }
  }

 private:
  Pooling pooling_;
  Window window_;
  Shape input_;
};

}  // namespace

std::unique_ptr<Layer> make_pooling(Pooling pooling, const Window& window, const Shape& input) {
  return std::make_unique<PoolingLayer>(pooling, window, input);
}

}  // namespace autoglm::nn
