#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class LayerNorm : public Layer {
 public:
  LayerNorm(ParameterLayout& layout, const std::string& name, const Shape& input) : shape_(input) {
    const std::int64_t channels = input.last();
    gamma_ = layout.add({.name = name + ".gamma",
                         .shape = {channels},
                         .kind = ParameterKind::norm,
                         .initial = {.middle = 1}});
    beta_ = layout.add({.name = name + ".beta", .shape = {channels}, .kind = ParameterKind::norm});
  }

  Shape output() const noexcept override { return shape_; }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    return {.keeps_x = true, .needs_dx = true};
  }

  // Mean and inverse deviation of each row.
  SavedWords saved() const noexcept override {
    return {.per_sample = 2 * shape_.count() / shape_.last()};
  }

  std::size_t scratch(const CudaScratch& device, bool /*wants_dx*/) const noexcept override {
    return device.norm(shape_.last());
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    require_ok(pass.backend.layer_norm_forward(norm_of(pass, tensors.x, tensors.saved),
                                               tensors.x /* [.., c] */, tensors.y),
               pass.backend, "layer_norm_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    require_ok(pass.backend.layer_norm_backward(
                   norm_of(pass, tensors.x, tensors.saved), tensors.x, tensors.dy, tensors.dx,
                   pass.parameters.gradient(gamma_), pass.parameters.gradient(beta_)),
               pass.backend, "layer_norm_backward");
  }

 private:
  Backend::LayerNorm norm_of(const Pass& pass, const Tensor& x, std::int32_t* saved) const {
    Backend::LayerNorm norm;
    norm.gamma = pass.parameters.master(gamma_);
    norm.beta = pass.parameters.master(beta_);
    norm.mean = reinterpret_cast<float*>(saved);
    norm.inverse_deviation = norm.mean + x.count() / shape_.last();
    return norm;
  }

  Shape shape_;
  ParameterId gamma_{};
  ParameterId beta_{};
};

}  // namespace

std::unique_ptr<Layer> make_layer_norm(ParameterLayout& layout, const std::string& name,
                                       const Shape& input) {
  return std::make_unique<LayerNorm>(layout, name, input);
}

}  // namespace autoglm::nn
