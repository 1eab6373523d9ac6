// The operations of the CPU on plain arrays, compiled once for each instruction set. Callers have
// checked the arguments; what each computes is said in ../backend.h. Nothing needs to be aligned;
// results depend on the numbers alone, not on where they lie. False: no memory for scratch.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trainer/nn/backend.h"
#include "trainer/nn/cpu/scratch.h"

namespace autoglm::nn::cpu {

using Index = std::ptrdiff_t;

/// An array of a working type.
struct Numbers {
  void* data = nullptr;
  DType type = DType::f32;
};

/// y [m, n], x [m, k], w [n, k].
struct LinearShape {
  Index m = 0;
  Index n = 0;
  Index k = 0;
};

/// x [batch, height, width, channels], y [batch, out_height, out_width, out_channels]; of pooling,
/// out_channels are channels.
struct ImageShape {
  Index batch = 0;
  Index height = 0;
  Index width = 0;
  Index channels = 0;
  Index out_height = 0;
  Index out_width = 0;
  Index out_channels = 0;
  Index kernel = 0;
  Index stride = 0;
  Index padding = 0;
};

/// What a product is written to: y = max(0, product + bias), each part if wanted.
struct Output {
  Numbers y{};
  const float* bias = nullptr;
  bool relu = false;
};

/// An array of so many rows and columns.
struct Rows {
  Index count = 0;
  Index columns = 0;
};

struct NormGradients {
  Numbers dx{};
  float* dgamma = nullptr;
  float* dbeta = nullptr;
};

struct LossOutput {
  float scale = 1;          // of the gradient
  float* losses = nullptr;  // of each row
  Numbers gradient{};       // null data: not wanted
};

struct ProductKernels {
  bool (*linear_forward)(const LinearShape&, Numbers x, Numbers w, const Output&, Scratch&);
  bool (*linear_backward_data)(const LinearShape&, Numbers dy, Numbers w, Numbers dx, Scratch&);
  bool (*linear_backward_weight)(const LinearShape&, Numbers dy, Numbers x, float* dw, float* dbias,
                                 Scratch&);
  bool (*conv_forward)(const ImageShape&, Numbers x, Numbers w, const Output&, Scratch&);
  bool (*conv_backward_data)(const ImageShape&, Numbers dy, Numbers w, Numbers dx, Scratch&);
  bool (*conv_backward_weight)(const ImageShape&, Numbers dy, Numbers x, float* dw, float* dbias,
                               Scratch&);
};

struct ArrayKernels {
  void (*cast)(Index n, Numbers from, Numbers to);
  void (*activation_forward)(Activation, Index n, Numbers x, Numbers y);
  void (*activation_backward)(Activation, Index n, Numbers saved, Numbers dy, Numbers dx);
  void (*add)(Index n, Numbers a, Numbers b, Numbers y, bool relu);
  void (*dropout)(Index n, float rate, const RandomKey&, Numbers x, Numbers y);

  bool (*pool_forward)(Pooling, const ImageShape&, Numbers x, Numbers y, std::int32_t* indices,
                       Scratch&);
  bool (*pool_backward)(Pooling, const ImageShape&, Numbers dy, const std::int32_t* indices,
                        Numbers dx, Scratch&);
  bool (*global_average_forward)(Index batch, Index area, Index channels, Numbers x, Numbers y,
                                 Scratch&);
  bool (*global_average_backward)(Index batch, Index area, Index channels, Numbers dy, Numbers dx,
                                  Scratch&);

  bool (*batch_norm_forward)(const Backend::BatchNorm&, Rows, Numbers x, Numbers y, Scratch&);
  bool (*batch_norm_apply)(const Backend::BatchNorm&, Rows, Numbers x, Numbers y, Scratch&);
  bool (*batch_norm_backward)(const Backend::BatchNorm&, Rows, Numbers x, Numbers dy,
                              const NormGradients&, Scratch&);
  bool (*layer_norm_forward)(const Backend::LayerNorm&, Rows, Numbers x, Numbers y, Scratch&);
  bool (*layer_norm_backward)(const Backend::LayerNorm&, Rows, Numbers x, Numbers dy,
                              const NormGradients&, Scratch&);

  bool (*class_loss)(const ClassLoss&, Rows, Numbers logits, const std::int32_t* labels,
                     const LossOutput&, Scratch&);
  bool (*squared_loss)(Rows, Numbers y, const float* target, const LossOutput&, Scratch&);
  bool (*softmax)(Rows, Numbers logits, float* probabilities, Scratch&);

  double (*sum)(const float* numbers, Index n);
  /// Of numbers times `factor`; the mean of their squared distances to `center`.
  double (*mean)(const float* numbers, Index n, double factor, double center, bool squared);
  double (*sum_of_squares)(const float* numbers, Index n);
  void (*sgd)(const UpdateArrays&, const SgdStep&, float factor);
  void (*adam)(const UpdateArrays&, const AdamStep&, float factor, std::int32_t t);
};

extern const ProductKernels kBaselineProducts;
extern const ProductKernels kV3Products;
extern const ProductKernels kV4Products;
extern const ProductKernels kV4Bf16Products;
extern const ProductKernels kAmxProducts;
extern const ArrayKernels kBaselineArrays;
extern const ArrayKernels kV3Arrays;
extern const ArrayKernels kV4Arrays;

}  // namespace autoglm::nn::cpu
