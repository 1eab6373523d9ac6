// The layers that networks are made of. Names are those of their parameters, before the point;
// shapes are those of one sample.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "trainer/nn/backend.h"
#include "trainer/nn/model/layer.h"
#include "trainer/nn/model/parameter_layout.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

/// y = activation(x w^T + b): [in] -> [out]; w is "NAME.weight" [out, in], b "NAME.bias" [out].
struct LinearOptions {
  std::int64_t in = 1;
  std::int64_t out = 1;
  bool bias = true;
  Activation activation = Activation::identity;  // or relu
};
std::unique_ptr<Layer> make_linear(ParameterLayout& layout, const std::string& name,
                                   const LinearOptions& options);

/// Convolution: [h, w, c] -> [oh, ow, channels]; "NAME.weight" [channels, kernel, kernel, c],
/// "NAME.bias" [channels].
struct ConvolutionOptions {
  Shape input{};
  std::int64_t channels = 1;
  Window window{};
  bool bias = true;
  Activation activation = Activation::identity;  // or relu
};
std::unique_ptr<Layer> make_convolution(ParameterLayout& layout, const std::string& name,
                                        const ConvolutionOptions& options);

/// Over all but the last index, then the activation, identity or relu: "NAME.gamma", "NAME.beta",
/// and the statistics "NAME.running_mean", "NAME.running_variance", which do not follow a batch of
/// one row: that has no variance.
std::unique_ptr<Layer> make_batch_norm(ParameterLayout& layout, const std::string& name,
                                       const Shape& input,
                                       Activation activation = Activation::identity);
/// Over the last index: "NAME.gamma", "NAME.beta".
std::unique_ptr<Layer> make_layer_norm(ParameterLayout& layout, const std::string& name,
                                       const Shape& input);

std::unique_ptr<Layer> make_pooling(Pooling pooling, const Window& window, const Shape& input);
/// [h, w, c] -> [c].
std::unique_ptr<Layer> make_global_average(const Shape& input);
std::unique_ptr<Layer> make_activation(Activation activation, const Shape& input);
/// rate: in (0, 1). In evaluation it does nothing.
std::unique_ptr<Layer> make_dropout(float rate, const Shape& input);
/// Any shape -> [count].
std::unique_ptr<Layer> make_flatten(const Shape& input);
/// The end of a residual block (He et al., arXiv:1512.03385, eq. 1): y = activation(x + second).
/// Activation: identity or relu.
std::unique_ptr<Layer> make_residual_sum(Activation activation, const Shape& input);

}  // namespace autoglm::nn
