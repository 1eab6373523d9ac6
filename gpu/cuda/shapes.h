// What is asked of the arguments of more than one operation.
#pragma once

#include "trainer/nn/backend.h"

namespace autoglm::gpu {

inline bool alike(const nn::Tensor& a, const nn::Tensor& b) {
  return a.type == b.type && a.shape == b.shape;
}
inline bool is_matrix(const nn::Tensor& a) { return a.shape.rank == 2; }
inline bool is_images(const nn::Tensor& a) { return a.shape.rank == 4; }

inline bool is_linear_or_relu(nn::Activation activation) {
  return activation == nn::Activation::identity || activation == nn::Activation::relu;
}

inline bool is_window(const nn::Window& window) {
  return window.kernel > 0 && window.stride > 0 && window.padding >= 0 &&
         window.padding < window.kernel;
}

/// Whether y is what windows on the images x give; channels aside.
inline bool windows_fit(const nn::Window& window, const nn::Tensor& x, const nn::Tensor& y) {
  return is_window(window) && is_images(x) && is_images(y) && x.type == y.type &&
         x.shape[0] == y.shape[0] && y.shape[1] == window.output(x.shape[1]) &&
         y.shape[2] == window.output(x.shape[2]) && y.shape[1] > 0 && y.shape[2] > 0;
}

/// Whether y = x * w could be: w of [n, kernel, kernel, c].
inline bool is_convolution(const nn::Window& window, const nn::Tensor& x, const nn::Shape& w,
                           const nn::Tensor& y) {
  return windows_fit(window, x, y) && w.rank == 4 && w[0] == y.shape[3] && w[1] == window.kernel &&
         w[2] == window.kernel && w[3] == x.shape[3];
}

}  // namespace autoglm::gpu
