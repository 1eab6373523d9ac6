// Memory, and the operations on activations.
#include "trainer/nn/fallback/fallback_backend.h"

#include <utility>

#include "trainer/nn/fallback/fallback_class.h"

namespace autoglm::nn {

bool FallbackBackend::is_disabled(std::string_view operation, DType type) const noexcept {
  for (const auto& [name, disabled_type] : disabled_) {
    if (name == operation && disabled_type == type) {
      return true;
    }
  }
  return false;
}

Status FallbackBackend::on_device(Status status) noexcept {
  if (status != Status::ok) {
    failed_ = device_.get();
  }
  return status;
}

Status FallbackBackend::allocate(std::size_t bytes, void** address) noexcept {
  return on_device(device_->allocate(bytes, address));
}
Status FallbackBackend::upload(void* to, const void* from, std::size_t bytes) noexcept {
  return on_device(device_->upload(to, from, bytes));
}
Status FallbackBackend::download(void* to, const void* from, std::size_t bytes) noexcept {
  return on_device(device_->download(to, from, bytes));
}
Status FallbackBackend::copy(void* to, const void* from, std::size_t bytes) noexcept {
  return on_device(device_->copy(to, from, bytes));
}
Status FallbackBackend::fill_zero(void* at, std::size_t bytes) noexcept {
  return on_device(device_->fill_zero(at, bytes));
}
Status FallbackBackend::synchronize() noexcept { return on_device(device_->synchronize()); }

Status FallbackBackend::cast(const Tensor& from, const Tensor& to) noexcept {
  return compute("cast", from.type, &Backend::cast, read(from), written(to));
}

Status FallbackBackend::activation_forward(Activation activation, const Tensor& x,
                                           const Tensor& y) noexcept {
  return compute("activation_forward", x.type, &Backend::activation_forward, activation, read(x),
                 written(y));
}

Status FallbackBackend::activation_backward(Activation activation, const Tensor& saved,
                                            const Tensor& dy, const Tensor& dx) noexcept {
  return compute("activation_backward", saved.type, &Backend::activation_backward, activation,
                 read(saved), read(dy), written(dx));
}

Status FallbackBackend::add(const Tensor& a, const Tensor& b, const Tensor& y,
                            Activation activation) noexcept {
  return compute("add", a.type, &Backend::add, read(a), read(b), written(y), activation);
}

Status FallbackBackend::dropout(float rate, const RandomKey& key, const Tensor& x,
                                const Tensor& y) noexcept {
  return compute("dropout", x.type, &Backend::dropout, rate, key, read(x), written(y));
}

Status FallbackBackend::pool_forward(Pooling pooling, const Window& window, const Tensor& x,
                                     const Tensor& y, std::int32_t* indices) noexcept {
  return compute("pool_forward", x.type, &Backend::pool_forward, pooling, window, read(x),
                 written(y), written(indices, count_of(y)));
}

Status FallbackBackend::pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                                      const std::int32_t* indices, const Tensor& dx) noexcept {
  return compute("pool_backward", dy.type, &Backend::pool_backward, pooling, window, read(dy),
                 read(indices, count_of(dy)), written(dx));
}

Status FallbackBackend::global_average_forward(const Tensor& x, const Tensor& y) noexcept {
  return compute("global_average_forward", x.type, &Backend::global_average_forward, read(x),
                 written(y));
}

Status FallbackBackend::global_average_backward(const Tensor& dy, const Tensor& dx) noexcept {
  return compute("global_average_backward", dy.type, &Backend::global_average_backward, read(dy),
                 written(dx));
}

std::unique_ptr<Backend> make_fallback_backend(std::unique_ptr<Backend> device,
                                               std::unique_ptr<Backend> host,
                                               DisabledOperations disabled) {
  return std::make_unique<FallbackBackend>(std::move(device), std::move(host), std::move(disabled));
}

}  // namespace autoglm::nn
