// The convolutions for which plans are asked.
#pragma once

#include <vector>

#include "gpu/cuda/convolution.h"

namespace autoglm::gpu {

/// A square window, as docs/training.md's networks have them, and mostly square images.
struct ConvolutionShape {
  std::int64_t batch = 1, height = 1, inputs = 1, outputs = 1;
  nn::Window window{};
  std::int64_t width = height;
};

struct ConvolutionGroup {
  const char* where;  // such convolutions are met
  std::vector<ConvolutionShape> shapes{};
};
const std::vector<ConvolutionGroup>& convolution_groups();

/// What a training step asks cuDNN for of a shape: y and dx, where convolution.suits_cudnn().
std::vector<Convolution> asked_for(const ConvolutionShape& shape);

}  // namespace autoglm::gpu
