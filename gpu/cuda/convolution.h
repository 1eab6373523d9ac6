// Convolutions: by cuDNN's plans where there is one that suits, else as products of patches.
#pragma once

#include <memory>

#include "gpu/cuda/gemm.h"

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
  /// Whether a patch is a pixel, so that x itself is what patches would be.
  bool is_pixelwise() const {
    return window.kernel == 1 && window.stride == 1 && window.padding == 0;
  }
  /// Whether a plan of cuDNN (9.19) is wanted where there is one. What an H200 did speaks against:
  /// - dw of 16-bit factors: f32 comes from engines only that cuDNN compiles at first use, seconds
  ///   for each shape;
  /// - dw of f32: its engines do not say how they compute. One did 81 TFLOP/s, more than the f32
  ///   units can (67), and sums of 2048 products were off by 2.3e-5 of a typical one, ten times
  ///   what f32 sums in sequence are;
  /// - dx of f32: 14 to 24 TFLOP/s, 2 for images of 3 channels; cuBLAS does 50.
  bool suits_cudnn() const {
    return !is_pixelwise() && (kind == Kind::forward || (kind == Kind::data && type != DType::f32));
  }
};

/// x, w, y or their gradients; dw is f32, of 16-bit factors too, and added to.
struct ConvolutionArrays {
  void* x = nullptr;
  void* w = nullptr;
  void* y = nullptr;
};

/// As products of patches; any shape. The epilogue is of a forward convolution.
Status convolve_patches(Context& context, const Convolution& convolution,
                        const ConvolutionArrays& arrays, const Epilogue& epilogue);

/// cuDNN's plans, made at first use and kept: with f32 sums, exact products and no numbers that
/// differ from run to run.
class ConvolutionPlans {
 public:
  ConvolutionPlans();
  ~ConvolutionPlans();
  ConvolutionPlans(const ConvolutionPlans&) = delete;
  ConvolutionPlans& operator=(const ConvolutionPlans&) = delete;

  /// Whether there is a plan; where there is none, or none could be made for want of memory,
  /// patches are used from then on. REQUIRES: convolution.suits_cudnn().
  bool has(Context& context, const Convolution& convolution, const ConvolutionArrays& arrays);
  /// out_of_memory: there is none for the plan's workspace; nothing was done, and there is no such
  /// plan any more. REQUIRES: has() just said so.
  Status run(Context& context, const ConvolutionArrays& arrays);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace autoglm::gpu
