// Convolutions: by cuDNN's plans where there is one, else as products of patches.
#pragma once

#include <memory>

#include "gpu/cuda/context.h"

namespace autoglm::gpu {

/// One of the three products of a convolution y = x * w.
struct Convolution {
  enum class Kind { forward, data, weight };  // what is computed: y, dx, dw

  Kind kind = Kind::forward;
  DType type = DType::f32;
  nn::Window window{};
  nn::Shape x{};  // [b, h, w, c]
  nn::Shape y{};  // [b, oh, ow, n]

  std::int64_t inputs() const { return x[3]; }
  std::int64_t outputs() const { return y[3]; }
  /// Numbers of a patch, and of the weights of one output channel.
  std::int64_t patch() const { return window.kernel * window.kernel * inputs(); }
  std::int64_t weights() const { return patch() * outputs(); }
  /// Whether a patch is a pixel, so that x itself is what patches would be.
  bool is_pixelwise() const {
    return window.kernel == 1 && window.stride == 1 && window.padding == 0;
  }
};

/// x, w, y or their gradients; dw is f32, of 16-bit factors too, and added to.
struct ConvolutionArrays {
  void* x = nullptr;
  void* w = nullptr;
  void* y = nullptr;
};

/// As products of patches; any shape.
Status convolve_patches(Context& context, const Convolution& convolution,
                        const ConvolutionArrays& arrays);

/// cuDNN's plans, made at first use and kept: with f32 sums, exact products and no numbers that
/// differ from run to run.
class ConvolutionPlans {
 public:
  ConvolutionPlans();
  ~ConvolutionPlans();
  ConvolutionPlans(const ConvolutionPlans&) = delete;
  ConvolutionPlans& operator=(const ConvolutionPlans&) = delete;

  /// Whether there is a plan; where there is none, patches are used.
  bool has(Context& context, const Convolution& convolution, const ConvolutionArrays& arrays);
  /// REQUIRES: has() just said so.
  Status run(Context& context, const Convolution& convolution, const ConvolutionArrays& arrays);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace autoglm::gpu
