#include "trainer/nn/model/layers.h"

namespace autoglm::nn {
namespace {

class Flatten : public Layer {
 public:
  explicit Flatten(const Shape& input) : count_(input.count()) {}

  Shape output() const noexcept override { return {count_}; }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    return {.passes_gradient = true, .view = true};
  }

  // Views are the plan's business.
  void forward(const Pass& /*pass*/, const ForwardTensors& /*tensors*/) const override {}
  void backward(const Pass& /*pass*/, const BackwardTensors& /*tensors*/) const override {}

 private:
  std::int64_t count_;
};

}  // namespace

std::unique_ptr<Layer> make_flatten(const Shape& input) { return std::make_unique<Flatten>(input); }

}  // namespace autoglm::nn
