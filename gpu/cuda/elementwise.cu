#include "gpu/cuda/elements.h"
#include "gpu/cuda/elementwise.h"

namespace autoglm::gpu {
namespace {

template <int W, class From, class To, class F>
__global__ void __launch_bounds__(kThreads)
    map_kernel(F f, const From* from, To* to, std::int64_t n, bool wide) {
  for (std::int64_t i = first_element(W); i < n; i += element_stride(W)) {
    float values[W];
    load_part<W>(from, i, n, wide, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      values[k] = f(values[k]);
    }
    store_part<W>(to, i, n, wide, values);
  }
}

template <int W, class T, class F>
__global__ void __launch_bounds__(kThreads)
    map_pair_kernel(F f, const T* a, const T* b, T* to, std::int64_t n, bool wide) {
  for (std::int64_t i = first_element(W); i < n; i += element_stride(W)) {
    float first[W];
    float second[W];
    load_part<W>(a, i, n, wide, first);
    load_part<W>(b, i, n, wide, second);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      first[k] = f(first[k], second[k]);
    }
    store_part<W>(to, i, n, wide, first);
  }
}

template <class F>
cudaError_t map(const Queue& queue, F f, const nn::Tensor& x, const nn::Tensor& y) {
  return with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* from = static_cast<const T*>(x.data);
    T* to = static_cast<T*>(y.data);
    return launch(queue, element_grid(queue, x.count(), W), map_kernel<W, T, T, F>, f, from, to,
                  x.count(), all_aligned<W>(from, to));
  });
}

template <class F>
cudaError_t map_pair(const Queue& queue, F f, const nn::Tensor& a, const nn::Tensor& b,
                     const nn::Tensor& y) {
  return with_type(a.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* first = static_cast<const T*>(a.data);
    const T* second = static_cast<const T*>(b.data);
    T* to = static_cast<T*>(y.data);
    return launch(queue, element_grid(queue, a.count(), W), map_pair_kernel<W, T, F>, f, first,
                  second, to, a.count(), all_aligned<W>(first, second, to));
  });
}

struct Identity {
  __device__ float operator()(float x) const { return x; }
};
// NaN stays NaN.
struct Relu {
  __device__ float operator()(float x) const { return x < 0 ? 0.0F : x; }
};
struct Tanh {
  __device__ float operator()(float x) const { return tanhf(x); }
};
struct Gelu {
  __device__ float operator()(float x) const { return x * normcdff(x); }
};
struct Silu {
  __device__ float operator()(float x) const { return x / (1 + expf(-x)); }
};

// f(saved, dy).
struct IdentityBackward {
  __device__ float operator()(float, float dy) const { return dy; }
};
struct ReluBackward {
  __device__ float operator()(float y, float dy) const { return y > 0 ? dy : 0.0F; }
};
struct TanhBackward {
  __device__ float operator()(float y, float dy) const { return dy * (1 - y * y); }
};
struct GeluBackward {  // Phi(x) + x phi(x)
  __device__ float operator()(float x, float dy) const {
    constexpr float kInverseRootOfTwoPi = 0.3989422804F;
    return dy * (normcdff(x) + x * kInverseRootOfTwoPi * expf(-0.5F * x * x));
  }
};
struct SiluBackward {  // s (1 + x (1 - s)), s = 1 / (1 + exp(-x))
  __device__ float operator()(float x, float dy) const {
    const float s = 1 / (1 + expf(-x));
    return dy * s * (1 + x * (1 - s));
  }
};

struct Add {
  __device__ float operator()(float a, float b) const { return a + b; }
};
struct AddRelu {
  __device__ float operator()(float a, float b) const { return Relu{}(a + b); }
};

/// Philox4x32-10 (Salmon et al., SC 2011).
__device__ uint4 philox(uint4 counter, uint2 key) {
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter.x;
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter.z;
    counter = {
        static_cast<unsigned>(second >> 32) ^ counter.y ^ key.x, static_cast<unsigned>(second),
        static_cast<unsigned>(first >> 32) ^ counter.w ^ key.y, static_cast<unsigned>(first)};
    key.x += 0x9E3779B9;
    key.y += 0xBB67AE85;
  }
  return counter;
}

template <int W, class T>
__global__ void __launch_bounds__(kThreads)
    dropout_kernel(std::uint32_t threshold, float scale, nn::RandomKey random, const T* x, T* y,
                   std::int64_t n, bool wide) {
  const uint2 key = {static_cast<unsigned>(random.seed), static_cast<unsigned>(random.seed >> 32)};
  for (std::int64_t i = first_element(W); i < n; i += element_stride(W)) {
    float values[W];
    load_part<W>(x, i, n, wide, values);
#pragma unroll
    for (int part = 0; part < W; part += 4) {
      const std::uint64_t block = static_cast<std::uint64_t>(i + part) / 4;
      const uint4 words = philox({static_cast<unsigned>(block), static_cast<unsigned>(block >> 32),
                                  random.stream, random.step},
                                 key);
      values[part] = words.x >= threshold ? values[part] * scale : 0.0F;
      values[part + 1] = words.y >= threshold ? values[part + 1] * scale : 0.0F;
      values[part + 2] = words.z >= threshold ? values[part + 2] * scale : 0.0F;
      values[part + 3] = words.w >= threshold ? values[part + 3] * scale : 0.0F;
    }
    store_part<W>(y, i, n, wide, values);
  }
}

}  // namespace

cudaError_t cast(const Queue& queue, const nn::Tensor& from, const nn::Tensor& to) {
  return with_type(from.type, [&](auto zero_from) {
    return with_type(to.type, [&](auto zero_to) {
      using From = decltype(zero_from);
      using To = decltype(zero_to);
      constexpr int W = kWide<From> < kWide<To> ? kWide<From> : kWide<To>;
      const From* source = static_cast<const From*>(from.data);
      To* target = static_cast<To*>(to.data);
      return launch(queue, element_grid(queue, from.count(), W), map_kernel<W, From, To, Identity>,
                    Identity{}, source, target, from.count(), all_aligned<W>(source, target));
    });
  });
}

cudaError_t activate(const Queue& queue, nn::Activation activation, const nn::Tensor& x,
                     const nn::Tensor& y) {
  switch (activation) {
    case nn::Activation::identity:
      return map(queue, Identity{}, x, y);
    case nn::Activation::relu:
      return map(queue, Relu{}, x, y);
    case nn::Activation::tanh:
      return map(queue, Tanh{}, x, y);
    case nn::Activation::gelu:
      return map(queue, Gelu{}, x, y);
    case nn::Activation::silu:
      return map(queue, Silu{}, x, y);
  }
  return cudaErrorInvalidValue;
}

cudaError_t activate_backward(const Queue& queue, nn::Activation activation,
                              const nn::Tensor& saved, const nn::Tensor& dy, const nn::Tensor& dx) {
  switch (activation) {
    case nn::Activation::identity:
      return map_pair(queue, IdentityBackward{}, saved, dy, dx);
    case nn::Activation::relu:
      return map_pair(queue, ReluBackward{}, saved, dy, dx);
    case nn::Activation::tanh:
      return map_pair(queue, TanhBackward{}, saved, dy, dx);
    case nn::Activation::gelu:
      return map_pair(queue, GeluBackward{}, saved, dy, dx);
    case nn::Activation::silu:
      return map_pair(queue, SiluBackward{}, saved, dy, dx);
  }
  return cudaErrorInvalidValue;
}

cudaError_t add(const Queue& queue, const nn::Tensor& a, const nn::Tensor& b, const nn::Tensor& y,
                bool relu) {
  return relu ? map_pair(queue, AddRelu{}, a, b, y) : map_pair(queue, Add{}, a, b, y);
}

cudaError_t dropout(const Queue& queue, std::uint32_t threshold, float scale,
                    const nn::RandomKey& key, const nn::Tensor& x, const nn::Tensor& y) {
  return with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* from = static_cast<const T*>(x.data);
    T* to = static_cast<T*>(y.data);
    return launch(queue, element_grid(queue, x.count(), W), dropout_kernel<W, T>, threshold, scale,
                  key, from, to, x.count(), all_aligned<W>(from, to));
  });
}

}  // namespace autoglm::gpu
