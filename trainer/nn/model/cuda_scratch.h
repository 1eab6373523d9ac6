// The scratch memory that a CUDA device will take, found out before anything runs there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trainer/nn/backend.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

/// What the operations of one layer take at most, in bytes; each of them has all of it in turn. The
/// formulas are those of gpu/cuda, where each is beside its kernel. cuDNN's plans of convolutions
/// are not among them: what one needs is known when it is made. Where cuDNN may have one, what
/// patches would take stands for it.
class CudaScratch {
 public:
  /// `samples` pass the network at once, of the type `working`.
  CudaScratch(const BackendInfo& device, DType working, std::int64_t samples)
      : processors_(device.processors), working_(working), samples_(samples) {}

  /// Of a part of an upload, which each of the two buffers on the host holds (gpu/cuda/limits.h).
  static constexpr std::size_t kMostPart = std::size_t{8} << 20U;
  /// What uploads keep on the device, besides what the operations take: `greatest` bytes go at once
  /// at most (gpu/cuda/staging.cpp).
  static std::size_t landings(std::size_t greatest);
  /// Of a long array: of losses, of gradients (gpu/cuda/sums.cu).
  static std::size_t sum();
  /// `columns`: features or channels (gpu/cuda/batch_norm.cu).
  std::size_t norm(std::int64_t columns) const;
  /// [in] -> [out] (gpu/cuda/gemm.cpp).
  std::size_t linear(std::int64_t out, bool bias) const;

  /// [h, w, c] -> [oh, ow, n] (gpu/cuda/convolution_patches.cpp).
  struct Convolution {
    Window window{};
    Shape x{};
    Shape y{};
    bool bias = true;
    bool wants_dx = true;
  };
  std::size_t convolution(const Convolution& convolution) const;

 private:
  std::size_t column_sums(std::int64_t columns, std::size_t bytes_of_sum) const;
  std::size_t wide_sums(std::int64_t rows, std::int64_t columns) const;

  std::int64_t processors_;
  DType working_;
  std::int64_t samples_;
};

}  // namespace autoglm::nn
