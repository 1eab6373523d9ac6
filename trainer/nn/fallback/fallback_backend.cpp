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

HostCopies& FallbackBackend::begin() noexcept {
  copies_.begin();
  return copies_;
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
  if (!is_disabled("cast", from.type)) {
    return on_device(device_->cast(from, to));
  }
  HostCopies& copies = begin();
  const Tensor host_from = copies.in(from);
  const Tensor host_to = copies.out(to);
  return on_host([&](Backend& host) { return host.cast(host_from, host_to); });
}

Status FallbackBackend::activation_forward(Activation activation, const Tensor& x,
                                           const Tensor& y) noexcept {
  if (!is_disabled("activation_forward", x.type)) {
    return on_device(device_->activation_forward(activation, x, y));
  }
  HostCopies& copies = begin();
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  return on_host(
      [&](Backend& host) { return host.activation_forward(activation, host_x, host_y); });
}

Status FallbackBackend::activation_backward(Activation activation, const Tensor& saved,
                                            const Tensor& dy, const Tensor& dx) noexcept {
  if (!is_disabled("activation_backward", saved.type)) {
    return on_device(device_->activation_backward(activation, saved, dy, dx));
  }
  HostCopies& copies = begin();
  const Tensor host_saved = copies.in(saved);
  const Tensor host_dy = copies.in(dy);
  const Tensor host_dx = copies.out(dx);
  return on_host([&](Backend& host) {
    return host.activation_backward(activation, host_saved, host_dy, host_dx);
  });
}

Status FallbackBackend::add(const Tensor& a, const Tensor& b, const Tensor& y,
                            Activation activation) noexcept {
  if (!is_disabled("add", a.type)) {
    return on_device(device_->add(a, b, y, activation));
  }
  HostCopies& copies = begin();
  const Tensor host_a = copies.in(a);
  const Tensor host_b = copies.in(b);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) { return host.add(host_a, host_b, host_y, activation); });
}

Status FallbackBackend::dropout(float rate, const RandomKey& key, const Tensor& x,
                                const Tensor& y) noexcept {
  if (!is_disabled("dropout", x.type)) {
    return on_device(device_->dropout(rate, key, x, y));
  }
  HostCopies& copies = begin();
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) { return host.dropout(rate, key, host_x, host_y); });
}

Status FallbackBackend::pool_forward(Pooling pooling, const Window& window, const Tensor& x,
                                     const Tensor& y, std::int32_t* indices) noexcept {
  if (!is_disabled("pool_forward", x.type)) {
    return on_device(device_->pool_forward(pooling, window, x, y, indices));
  }
  HostCopies& copies = begin();
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  std::int32_t* host_indices = copies.out(indices, y.count());
  return on_host([&](Backend& host) {
    return host.pool_forward(pooling, window, host_x, host_y, host_indices);
  });
}

Status FallbackBackend::pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                                      const std::int32_t* indices, const Tensor& dx) noexcept {
  if (!is_disabled("pool_backward", dy.type)) {
    return on_device(device_->pool_backward(pooling, window, dy, indices, dx));
  }
  HostCopies& copies = begin();
  const Tensor host_dy = copies.in(dy);
  const std::int32_t* host_indices = copies.in(indices, dy.count());
  const Tensor host_dx = copies.out(dx);
  return on_host([&](Backend& host) {
    return host.pool_backward(pooling, window, host_dy, host_indices, host_dx);
  });
}

Status FallbackBackend::global_average_forward(const Tensor& x, const Tensor& y) noexcept {
  if (!is_disabled("global_average_forward", x.type)) {
    return on_device(device_->global_average_forward(x, y));
  }
  HostCopies& copies = begin();
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) { return host.global_average_forward(host_x, host_y); });
}

Status FallbackBackend::global_average_backward(const Tensor& dy, const Tensor& dx) noexcept {
  if (!is_disabled("global_average_backward", dy.type)) {
    return on_device(device_->global_average_backward(dy, dx));
  }
  HostCopies& copies = begin();
  const Tensor host_dy = copies.in(dy);
  const Tensor host_dx = copies.out(dx);
  return on_host([&](Backend& host) { return host.global_average_backward(host_dy, host_dx); });
}

std::unique_ptr<Backend> make_fallback_backend(std::unique_ptr<Backend> device,
                                               std::unique_ptr<Backend> host,
                                               DisabledOperations disabled) {
  return std::make_unique<FallbackBackend>(std::move(device), std::move(host), std::move(disabled));
}

}  // namespace autoglm::nn
