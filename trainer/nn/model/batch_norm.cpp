#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

class BatchNorm : public Layer {
 public:
  BatchNorm(ParameterLayout& layout, const std::string& name, const Shape& input,
            Activation activation)
      : shape_(input), activation_(activation) {
    const std::int64_t channels = input.last();
    gamma_ = layout.add({.name = name + ".gamma",
                         .shape = {channels},
                         .kind = ParameterKind::norm,
                         .initial = {.middle = 1}});
    beta_ = layout.add({.name = name + ".beta", .shape = {channels}, .kind = ParameterKind::norm});
    running_mean_ = layout.add(StatisticInfo{.name = name + ".running_mean", .count = channels});
    running_variance_ = layout.add(
        StatisticInfo{.name = name + ".running_variance", .count = channels, .initial = 1});
  }

  Shape output() const noexcept override { return shape_; }

  LayerTraits traits(Mode /*mode*/) const noexcept override {
    return {.keeps_x = true, .backward_in_place = true, .needs_dx = true};
  }

  // The batch's mean and inverse deviation, [c] each.
  SavedWords saved() const noexcept override { return {.fixed = 2 * shape_.last()}; }

  std::size_t scratch(const CudaScratch& device, bool /*wants_dx*/) const noexcept override {
    return device.norm(shape_.last());
  }

  void forward(const Pass& pass, const ForwardTensors& tensors) const override {
    Backend& backend = pass.backend;
    Backend::BatchNorm norm = norm_of(pass, tensors.saved);
    if (pass.mode == Mode::evaluation) {
      require_ok(backend.batch_norm_apply(norm, tensors.x /* [.., c] */, tensors.y), backend,
                 "batch_norm_apply");
      return;
    }
    const bool one_row = tensors.x.count() == shape_.last();
    if (pass.again || one_row) {
      norm.running_mean = nullptr;
      norm.running_variance = nullptr;
    }
    require_ok(backend.batch_norm_forward(norm, tensors.x /* [.., c] */, tensors.y), backend,
               "batch_norm_forward");
  }

  void backward(const Pass& pass, const BackwardTensors& tensors) const override {
    require_ok(pass.backend.batch_norm_backward(norm_of(pass, tensors.saved), tensors.x, tensors.dy,
                                                tensors.dx, pass.parameters.gradient(gamma_),
                                                pass.parameters.gradient(beta_)),
               pass.backend, "batch_norm_backward");
  }

 private:
  Backend::BatchNorm norm_of(const Pass& pass, std::int32_t* saved) const {
    Backend::BatchNorm norm;
    norm.gamma = pass.parameters.master(gamma_);
    norm.beta = pass.parameters.master(beta_);
    norm.mean = reinterpret_cast<float*>(saved);
    norm.inverse_deviation = norm.mean + shape_.last();
    norm.running_mean = pass.parameters.statistic(running_mean_);
    norm.running_variance = pass.parameters.statistic(running_variance_);
    norm.activation = activation_;
    return norm;
  }

  Shape shape_;
  Activation activation_;
  ParameterId gamma_{};
  ParameterId beta_{};
  StatisticId running_mean_{};
  StatisticId running_variance_{};
};

}  // namespace

std::unique_ptr<Layer> make_batch_norm(ParameterLayout& layout, const std::string& name,
                                       const Shape& input, Activation activation) {
  return std::make_unique<BatchNorm>(layout, name, input, activation);
}

}  // namespace autoglm::nn
