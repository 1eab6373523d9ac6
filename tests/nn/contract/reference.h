// What the operations are, on doubles by plain loops.
#pragma once

#include "tests/nn/contract/arrays.h"

namespace autoglm::nn::contract {

/// x [batch, height, width, channels], w [out_channels, kernel, kernel, channels].
struct ImageCase {
  std::int64_t batch = 1, height = 1, width = 1, channels = 1, out_channels = 1;
  Window window{};

  std::int64_t out_height() const { return window.output(height); }
  std::int64_t out_width() const { return window.output(width); }
  Shape x() const { return {batch, height, width, channels}; }
  Shape y() const { return {batch, out_height(), out_width(), out_channels}; }
  Shape w() const { return {out_channels, window.kernel, window.kernel, channels}; }
};

/// A linear layer is the convolution of images of one pixel.
ImageCase linear_case(std::int64_t m, std::int64_t n, std::int64_t k);

/// bias: empty, or of out_channels.
Doubles convolution(const ImageCase& c, const Doubles& x, const Doubles& w, const Doubles& bias);
Doubles convolution_dx(const ImageCase& c, const Doubles& dy, const Doubles& w);
Doubles convolution_dw(const ImageCase& c, const Doubles& dy, const Doubles& x);
/// Sums over all but the last index.
Doubles column_sums(const Doubles& x, std::int64_t columns);

double activated(Activation activation, double x);
Doubles activated(Activation activation, Doubles x);

Doubles pooled(Pooling pooling, const ImageCase& c, const Doubles& x,
               std::vector<std::int32_t>* indices);

/// Rows of `columns` numbers made mean 0 and variance 1 (batch: columns are), times gamma plus
/// beta.
Doubles batch_normalized(const Doubles& x, const Doubles& gamma, const Doubles& beta,
                         double epsilon);
Doubles layer_normalized(const Doubles& x, const Doubles& gamma, const Doubles& beta,
                         double epsilon);
Doubles transposed(const Doubles& x, std::int64_t columns);

Doubles softmax(const Doubles& logits, std::int64_t classes);
/// Of each row; negative labels give 0.
Doubles class_losses(const ClassLoss& loss, const Doubles& logits,
                     const std::vector<std::int32_t>& labels, std::int64_t classes);
Doubles squared_losses(const Doubles& y, const Doubles& target, std::int64_t columns);

}  // namespace autoglm::nn::contract
