#include "tests/gpu/plans/convolutions.h"

namespace autoglm::gpu {
namespace {

using nn::Window;

constexpr Window kPlain{3, 1, 1};
constexpr Window kHalving{3, 2, 1};
constexpr Window kProjection{1, 2, 0};  // of a residual block that halves the image

/// The networks of examples/digits: 8x8 pixels in grey, 2 to 64 channels in the first stage; 1437
/// training samples, which leave 29 or 13 for the last batch, and 360 for validation.
std::vector<ConvolutionShape> digits() {
  return {{16, 8, 1, 8, kPlain},       {32, 8, 1, 13, kPlain},    {64, 8, 1, 2, kPlain},
          {128, 8, 1, 32, kPlain},     {29, 8, 1, 32, kPlain},    {13, 8, 1, 17, kPlain},
          {1, 8, 1, 64, kPlain},       {64, 8, 13, 13, kPlain},   {128, 8, 32, 32, kPlain},
          {16, 4, 8, 16, kPlain},      {128, 4, 32, 64, kPlain},  {29, 4, 32, 64, kPlain},
          {13, 4, 17, 34, kPlain},     {64, 4, 13, 26, kPlain},   {1, 4, 2, 4, kPlain},
          {64, 2, 32, 64, kPlain},     {64, 2, 64, 128, kPlain},  {1, 2, 26, 52, kPlain},
          {128, 8, 32, 64, kHalving},  {29, 8, 13, 26, kHalving}, {128, 8, 32, 64, kProjection},
          {29, 8, 13, 26, kProjection}};
}

/// bench/gpu: a CNN on 32x32 pixels in colour, 512 at a time, and single convolutions.
std::vector<ConvolutionShape> bench() {
  return {{512, 32, 3, 64, kPlain},    {512, 32, 64, 64, kPlain},    {512, 16, 64, 128, kPlain},
          {512, 16, 128, 128, kPlain}, {512, 8, 128, 256, kPlain},   {512, 8, 256, 256, kPlain},
          {512, 16, 128, 256, kPlain}, {512, 16, 128, 256, kHalving}};
}

/// gpu-check and gpu-training.
std::vector<ConvolutionShape> checks() {
  return {{2, 5, 3, 4, kPlain, 7},  {3, 9, 8, 16, kHalving, 8},  {5, 9, 8, 16, kHalving, 8},
          {2, 9, 8, 8, {3, 3, 0}},  {2, 9, 8, 8, {3, 3, 1}},     {2, 7, 5, 9, kProjection},
          {4, 12, 1, 8, {5, 1, 2}}, {1, 11, 2, 3, {4, 3, 2}, 6}, {8, 16, 32, 32, kPlain},
          {32, 12, 3, 8, kPlain},   {32, 6, 8, 16, kPlain},      {32, 12, 16, 16, kPlain},
          {32, 6, 16, 32, kPlain},  {32, 6, 32, 32, kPlain}};
}

/// What a spec may ask for beyond: windows of 1 to 15, sizes and channels that are no multiples of
/// anything, large images, large batches.
std::vector<ConvolutionShape> others() {
  return {{1, 1, 1, 1, kPlain},        {7, 3, 3, 5, kPlain},         {64, 28, 1, 32, {5, 1, 2}},
          {100, 28, 1, 6, {5, 1, 2}},  {96, 14, 6, 16, {5, 1, 2}},   {64, 28, 32, 64, {7, 1, 3}},
          {32, 33, 7, 11, {9, 2, 4}},  {17, 31, 24, 40, {11, 1, 5}}, {16, 32, 8, 8, {13, 1, 6}},
          {16, 32, 3, 20, {15, 1, 7}}, {16, 32, 16, 16, {15, 2, 7}}, {32, 224, 3, 64, {7, 2, 3}},
          {32, 56, 64, 64, kPlain},    {32, 56, 64, 128, kHalving},  {32, 56, 64, 128, kProjection},
          {32, 7, 512, 512, kPlain},   {4096, 8, 16, 16, kPlain},    {1, 512, 3, 16, kPlain},
          {50, 20, 1, 1, kPlain},      {33, 21, 36, 20, kHalving},   {33, 21, 20, 36, kProjection},
          {250, 32, 100, 200, kPlain}};
}

}  // namespace

const std::vector<ConvolutionGroup>& convolution_groups() {
  static const std::vector<ConvolutionGroup> groups{
      {"examples/digits", digits()},
      {"bench/gpu", bench()},
      {"gpu-check, gpu-training", checks()},
      {"other specs", others()},
  };
  return groups;
}

std::vector<Convolution> asked_for(const ConvolutionShape& shape) {
  const std::int64_t height = shape.window.output(shape.height);
  const std::int64_t width = shape.window.output(shape.width);
  std::vector<Convolution> convolutions;
  for (const auto kind :
       {Convolution::Kind::forward, Convolution::Kind::data, Convolution::Kind::weight}) {
    for (const DType type : {DType::f32, DType::bf16, DType::f16}) {
      const Convolution convolution{kind,
                                    type,
                                    shape.window,
                                    {shape.batch, shape.height, shape.width, shape.inputs},
                                    {shape.batch, height, width, shape.outputs}};
      if (convolution.suits_cudnn()) {
        convolutions.push_back(convolution);
      }
    }
  }
  return convolutions;
}

}  // namespace autoglm::gpu
