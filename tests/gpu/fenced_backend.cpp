#include "tests/gpu/fenced_backend.h"

#include "trainer/nn/check/fence.h"

namespace autoglm::nn {

template <class Operation>
Status FencedBackend::within(Spans spans, const Operation& operation) noexcept {
  for (const auto& [address, bytes] : allocated_) {
    put_fence(address, bytes);
  }
  for (const Span& span : spans) {
    if (span.at != nullptr) {
      take_fence(span.at, span.bytes);
    }
  }
  Status status = operation();
  const Status done = inner_->synchronize();
  status = status == Status::ok ? done : status;
  for (const auto& [address, bytes] : allocated_) {
    take_fence(address, bytes);
  }
  return status;
}

Status FencedBackend::allocate(std::size_t bytes, void** address) noexcept {
  const Status status = inner_->allocate(bytes, address);
  if (status == Status::ok) {
    allocated_[*address] = bytes;
  }
  return status;
}

void FencedBackend::release(void* address) noexcept {
  allocated_.erase(address);
  inner_->release(address);
}

Status FencedBackend::upload(void* to, const void* from, std::size_t bytes) noexcept {
  return within({{to, bytes}}, [&] { return inner_->upload(to, from, bytes); });
}
Status FencedBackend::download(void* to, const void* from, std::size_t bytes) noexcept {
  return within({{from, bytes}}, [&] { return inner_->download(to, from, bytes); });
}
Status FencedBackend::copy(void* to, const void* from, std::size_t bytes) noexcept {
  return within({{to, bytes}, {from, bytes}}, [&] { return inner_->copy(to, from, bytes); });
}
Status FencedBackend::fill_zero(void* at, std::size_t bytes) noexcept {
  return within({{at, bytes}}, [&] { return inner_->fill_zero(at, bytes); });
}
Status FencedBackend::cast(const Tensor& from, const Tensor& to) noexcept {
  return within({of(from), of(to)}, [&] { return inner_->cast(from, to); });
}

Status FencedBackend::linear_forward(const Tensor& x, const Tensor& w, const float* bias,
                                     const Tensor& y, Activation activation) noexcept {
  return within({of(x), of(w), of(bias, y.shape.last()), of(y)},
                [&] { return inner_->linear_forward(x, w, bias, y, activation); });
}
Status FencedBackend::linear_backward_data(const Tensor& dy, const Tensor& w,
                                           const Tensor& dx) noexcept {
  return within({of(dy), of(w), of(dx)}, [&] { return inner_->linear_backward_data(dy, w, dx); });
}
Status FencedBackend::linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                             float* dbias) noexcept {
  const std::int64_t n = dy.shape.last();
  return within({of(dy), of(x), of(dw, n * x.shape.last()), of(dbias, n)},
                [&] { return inner_->linear_backward_weight(dy, x, dw, dbias); });
}

Status FencedBackend::conv_forward(const Window& window, const Tensor& x, const Tensor& w,
                                   const float* bias, const Tensor& y,
                                   Activation activation) noexcept {
  return within({of(x), of(w), of(bias, y.shape.last()), of(y)},
                [&] { return inner_->conv_forward(window, x, w, bias, y, activation); });
}
Status FencedBackend::conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                                         const Tensor& dx) noexcept {
  return within({of(dy), of(w), of(dx)},
                [&] { return inner_->conv_backward_data(window, dy, w, dx); });
}
Status FencedBackend::conv_backward_weight(const Window& window, const Tensor& dy, const Tensor& x,
                                           float* dw, float* dbias) noexcept {
  const std::int64_t n = dy.shape.last();
  const std::int64_t taps = window.kernel * window.kernel * x.shape.last();
  return within({of(dy), of(x), of(dw, n * taps), of(dbias, n)},
                [&] { return inner_->conv_backward_weight(window, dy, x, dw, dbias); });
}

Status FencedBackend::activation_forward(Activation activation, const Tensor& x,
                                         const Tensor& y) noexcept {
  return within({of(x), of(y)}, [&] { return inner_->activation_forward(activation, x, y); });
}
Status FencedBackend::activation_backward(Activation activation, const Tensor& saved,
                                          const Tensor& dy, const Tensor& dx) noexcept {
  return within({of(saved), of(dy), of(dx)},
                [&] { return inner_->activation_backward(activation, saved, dy, dx); });
}
Status FencedBackend::add(const Tensor& a, const Tensor& b, const Tensor& y,
                          Activation activation) noexcept {
  return within({of(a), of(b), of(y)}, [&] { return inner_->add(a, b, y, activation); });
}

Status FencedBackend::pool_forward(Pooling pooling, const Window& window, const Tensor& x,
                                   const Tensor& y, std::int32_t* indices) noexcept {
  return within({of(x), of(y), of(indices, y.count())},
                [&] { return inner_->pool_forward(pooling, window, x, y, indices); });
}
Status FencedBackend::pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                                    const std::int32_t* indices, const Tensor& dx) noexcept {
  return within({of(dy), of(indices, dy.count()), of(dx)},
                [&] { return inner_->pool_backward(pooling, window, dy, indices, dx); });
}
Status FencedBackend::global_average_forward(const Tensor& x, const Tensor& y) noexcept {
  return within({of(x), of(y)}, [&] { return inner_->global_average_forward(x, y); });
}
Status FencedBackend::global_average_backward(const Tensor& dy, const Tensor& dx) noexcept {
  return within({of(dy), of(dx)}, [&] { return inner_->global_average_backward(dy, dx); });
}

Status FencedBackend::batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                                         const Tensor& y) noexcept {
  const std::int64_t c = x.shape.last();
  return within(
      {of(norm.gamma, c), of(norm.beta, c), of(norm.mean, c), of(norm.inverse_deviation, c),
       of(norm.running_mean, c), of(norm.running_variance, c), of(x), of(y)},
      [&] { return inner_->batch_norm_forward(norm, x, y); });
}
Status FencedBackend::batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                                       const Tensor& y) noexcept {
  const std::int64_t c = x.shape.last();
  return within({of(norm.gamma, c), of(norm.beta, c), of(norm.running_mean, c),
                 of(norm.running_variance, c), of(x), of(y)},
                [&] { return inner_->batch_norm_apply(norm, x, y); });
}
Status FencedBackend::batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                                          const Tensor& dx, float* dgamma, float* dbeta) noexcept {
  const std::int64_t c = x.shape.last();
  return within({of(norm.gamma, c), of(norm.beta, c), of(norm.mean, c),
                 of(norm.inverse_deviation, c), of(x), of(dy), of(dx), of(dgamma, c), of(dbeta, c)},
                [&] { return inner_->batch_norm_backward(norm, x, dy, dx, dgamma, dbeta); });
}

Status FencedBackend::layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                                         const Tensor& y) noexcept {
  const std::int64_t c = x.shape.last();
  const std::int64_t rows = c == 0 ? 0 : x.count() / c;
  return within({of(norm.gamma, c), of(norm.beta, c), of(norm.mean, rows),
                 of(norm.inverse_deviation, rows), of(x), of(y)},
                [&] { return inner_->layer_norm_forward(norm, x, y); });
}
Status FencedBackend::layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                                          const Tensor& dx, float* dgamma, float* dbeta) noexcept {
  const std::int64_t c = x.shape.last();
  const std::int64_t rows = c == 0 ? 0 : x.count() / c;
  return within({of(norm.gamma, c), of(norm.mean, rows), of(norm.inverse_deviation, rows), of(x),
                 of(dy), of(dx), of(dgamma, c), of(dbeta, c)},
                [&] { return inner_->layer_norm_backward(norm, x, dy, dx, dgamma, dbeta); });
}

Status FencedBackend::dropout(float rate, const RandomKey& key, const Tensor& x,
                              const Tensor& y) noexcept {
  return within({of(x), of(y)}, [&] { return inner_->dropout(rate, key, x, y); });
}

// NOLINTNEXTLINE(readability-function-size): as many as the interface has.
Status FencedBackend::class_loss(const ClassLoss& loss, const Tensor& logits,
                                 const std::int32_t* labels, float scale, const StepState* state,
                                 float* losses, const Tensor& dlogits) noexcept {
  const std::int64_t rows = logits.shape[0];
  return within({of(logits), of(labels, rows), of(state), of(losses, rows), of(dlogits)}, [&] {
    return inner_->class_loss(loss, logits, labels, scale, state, losses, dlogits);
  });
}
Status FencedBackend::squared_loss(const Tensor& y, const float* target, float scale,
                                   const StepState* state, float* losses,
                                   const Tensor& dy) noexcept {
  return within({of(y), of(target, y.count()), of(state), of(losses, y.shape[0]), of(dy)},
                [&] { return inner_->squared_loss(y, target, scale, state, losses, dy); });
}
Status FencedBackend::softmax(const Tensor& logits, float* probabilities) noexcept {
  return within({of(logits), of(probabilities, logits.count())},
                [&] { return inner_->softmax(logits, probabilities); });
}
Status FencedBackend::add_sum(const float* numbers, std::int64_t n, double* total) noexcept {
  return within({of(numbers, n), of(total)}, [&] { return inner_->add_sum(numbers, n, total); });
}
Status FencedBackend::mean_and_variance(const float* numbers, std::int64_t n,
                                        const StepState* state, float* mean_variance) noexcept {
  return within({of(numbers, n), of(state), of(mean_variance, 2)},
                [&] { return inner_->mean_and_variance(numbers, n, state, mean_variance); });
}

Status FencedBackend::judge_gradients(const float* gradients, std::int64_t n,
                                      const GradientRule& rule, StepState* state) noexcept {
  return within({of(gradients, n), of(state)},
                [&] { return inner_->judge_gradients(gradients, n, rule, state); });
}

FencedBackend::Span FencedBackend::working(const UpdateArrays& arrays) {
  return {arrays.working, static_cast<std::size_t>(arrays.n) * size_of(arrays.working_type)};
}
Status FencedBackend::sgd(const UpdateArrays& arrays, const SgdStep& step,
                          const StepState* state) noexcept {
  return within({of(arrays.master, arrays.n), of(arrays.gradient, arrays.n),
                 of(arrays.first, arrays.n), working(arrays), of(state)},
                [&] { return inner_->sgd(arrays, step, state); });
}
Status FencedBackend::adam(const UpdateArrays& arrays, const AdamStep& step,
                           const StepState* state) noexcept {
  return within(
      {of(arrays.master, arrays.n), of(arrays.gradient, arrays.n), of(arrays.first, arrays.n),
       of(arrays.second, arrays.n), working(arrays), of(state)},
      [&] { return inner_->adam(arrays, step, state); });
}

}  // namespace autoglm::nn
