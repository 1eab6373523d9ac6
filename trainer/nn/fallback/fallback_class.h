// The class behind trainer/nn/fallback/fallback_backend.h.
#pragma once

#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "trainer/nn/backend.h"
#include "trainer/nn/fallback/fallback_backend.h"
#include "trainer/nn/fallback/host_copies.h"
#include "trainer/nn/fallback/operand.h"

namespace autoglm::nn {

class FallbackBackend final : public Backend {
 public:
  FallbackBackend(std::unique_ptr<Backend> device, std::unique_ptr<Backend> host,
                  DisabledOperations disabled)
      : device_(std::move(device)), host_(std::move(host)), disabled_(std::move(disabled)) {
    info_.copies_to_host = true;
  }

  const BackendInfo& info() const noexcept override { return info_; }
  const char* last_error() const noexcept override { return failed_->last_error(); }
  std::size_t scratch_bytes() const noexcept override { return device_->scratch_bytes(); }

  Status allocate(std::size_t bytes, void** address) noexcept override;
  void release(void* address) noexcept override { device_->release(address); }
  Status upload(void* to, const void* from, std::size_t bytes) noexcept override;
  Status download(void* to, const void* from, std::size_t bytes) noexcept override;
  Status copy(void* to, const void* from, std::size_t bytes) noexcept override;
  Status fill_zero(void* at, std::size_t bytes) noexcept override;
  Status synchronize() noexcept override;
  Status cast(const Tensor& from, const Tensor& to) noexcept override;

  Status linear_forward(const Tensor& x, const Tensor& w, const float* bias, const Tensor& y,
                        Activation activation) noexcept override;
  Status linear_backward_data(const Tensor& dy, const Tensor& w,
                              const Tensor& dx) noexcept override;
  Status linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                float* dbias) noexcept override;
  Status conv_forward(const Window& window, const Tensor& x, const Tensor& w, const float* bias,
                      const Tensor& y, Activation activation) noexcept override;
  Status conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                            const Tensor& dx) noexcept override;
  Status conv_backward_weight(const Window& window, const Tensor& dy, const Tensor& x, float* dw,
                              float* dbias) noexcept override;

  Status activation_forward(Activation activation, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status activation_backward(Activation activation, const Tensor& saved, const Tensor& dy,
                             const Tensor& dx) noexcept override;
  Status add(const Tensor& a, const Tensor& b, const Tensor& y,
             Activation activation) noexcept override;
  Status dropout(float rate, const RandomKey& key, const Tensor& x,
                 const Tensor& y) noexcept override;

  Status pool_forward(Pooling pooling, const Window& window, const Tensor& x, const Tensor& y,
                      std::int32_t* indices) noexcept override;
  Status pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                       const std::int32_t* indices, const Tensor& dx) noexcept override;
  Status global_average_forward(const Tensor& x, const Tensor& y) noexcept override;
  Status global_average_backward(const Tensor& dy, const Tensor& dx) noexcept override;

  Status batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                          const Tensor& y) noexcept override;
  Status batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                             const Tensor& dx, float* dgamma, float* dbeta) noexcept override;
  Status layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                             const Tensor& dx, float* dgamma, float* dbeta) noexcept override;

  Status class_loss(const ClassLoss& loss, const Tensor& logits, const std::int32_t* labels,
                    float scale, const StepState* state, float* losses,
                    const Tensor& dlogits) noexcept override;
  Status squared_loss(const Tensor& y, const float* target, float scale, const StepState* state,
                      float* losses, const Tensor& dy) noexcept override;
  Status softmax(const Tensor& logits, float* probabilities) noexcept override;
  Status add_sum(const float* numbers, std::int64_t n, double* total) noexcept override;
  Status mean_and_variance(const float* numbers, std::int64_t n, const StepState* state,
                           float* mean_variance) noexcept override;

  Status judge_gradients(const float* gradients, std::int64_t n, const GradientRule& rule,
                         StepState* state) noexcept override;
  Status sgd(const UpdateArrays& arrays, const SgdStep& step,
             const StepState* state) noexcept override;
  Status adam(const UpdateArrays& arrays, const AdamStep& step,
              const StepState* state) noexcept override;

 private:
  bool is_disabled(std::string_view operation, DType type) const noexcept;
  Status on_device(Status status) noexcept;

  /// Computes an operation where it is to be computed. `arguments` are those of `operation`; each
  /// that lies in the device's memory is a use of it (operand.h).
  template <class... Parameters, class... Arguments>
  Status compute(std::string_view name, DType type,
                 Status (Backend::*operation)(Parameters...) noexcept,
                 const Arguments&... arguments) noexcept {
    if (!is_disabled(name, type)) {
      return on_device((device_.get()->*operation)(on_the_device(arguments)...));
    }
    copies_.begin();
    // Braces: the copies are taken one after the other.
    const std::tuple<decltype(on_the_host(arguments, copies_))...> taken{
        on_the_host(arguments, copies_)...};
    if (copies_.status() == Status::ok) {
      const Status status = std::apply(
          [&](const auto&... copies) { return (host_.get()->*operation)(copies...); }, taken);
      if (status != Status::ok) {
        failed_ = host_.get();
        return status;
      }
      copies_.give_back();
    }
    if (copies_.status() != Status::ok) {
      failed_ = &copies_.failed();
    }
    return copies_.status();
  }

  std::unique_ptr<Backend> device_;
  std::unique_ptr<Backend> host_;
  DisabledOperations disabled_;
  BackendInfo info_{device_->info()};
  HostCopies copies_{*device_, *host_};
  const Backend* failed_ = device_.get();
};

}  // namespace autoglm::nn
