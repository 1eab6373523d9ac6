#include "trainer/nn/model/cuda_scratch.h"

#include <algorithm>

namespace autoglm::nn {
namespace {

std::size_t unsigned_of(std::int64_t count) { return static_cast<std::size_t>(count); }

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// From a patch to the next, which begin at multiples of 8 numbers but where they are sums of dx.
std::size_t patches_of_image(const CudaScratch::Convolution& c, bool sums, std::size_t size) {
  const std::int64_t patch = c.window.kernel * c.window.kernel * c.x[2];
  const std::int64_t pitch = sums ? patch : divide_up(patch, 8) * 8;
  return unsigned_of(c.y[0] * c.y[1] * pitch) * size;
}

/// Behind patches a product begins at a multiple of 256 bytes.
std::size_t padded(std::size_t bytes) {
  constexpr std::size_t kRaster = 256;
  return (bytes + kRaster - 1) / kRaster * kRaster;
}

/// How many images have their patches made at once: up to 256 MiB of them.
std::int64_t images_at_once(std::size_t bytes_of_image, std::int64_t samples) {
  constexpr std::size_t kMost = std::size_t{256} << 20U;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(kMost / bytes_of_image), 1, samples);
}

}  // namespace

// Four, of a part each.
std::size_t CudaScratch::landings(std::size_t greatest) {
  return 4 * std::min(greatest, kMostPart);
}

// 1024 partial sums and a mean, f64.
std::size_t CudaScratch::sum() { return (1024 + 1) * sizeof(double); }

/// Partial sums over rows, of up to four blocks for each processor (gpu/cuda/columns.h).
std::size_t CudaScratch::column_sums(std::int64_t columns, std::size_t bytes_of_sum) const {
  constexpr std::int64_t kMostAcross = 256;  // columns of a block
  const std::int64_t chunks =
      std::max<std::int64_t>(1, processors_ * 4 / divide_up(columns, kMostAcross));
  return unsigned_of(columns * chunks) * bytes_of_sum;
}

/// f32 sums of 16-bit products, to which a bias is added: up to 32 MiB of rows at a time.
std::size_t CudaScratch::wide_sums(std::int64_t rows, std::int64_t columns) const {
  constexpr std::int64_t kMost = std::int64_t{32} << 20U;
  const auto row = static_cast<std::int64_t>(sizeof(float)) * columns;
  return unsigned_of(std::clamp<std::int64_t>(kMost / row, 1, rows) * row);
}

// Partial sums of three f32 numbers, and two totals of each column.
std::size_t CudaScratch::norm(std::int64_t columns) const {
  return column_sums(columns, 3 * sizeof(float)) + unsigned_of(columns) * 2 * sizeof(float);
}

std::size_t CudaScratch::linear(std::int64_t out, bool bias) const {
  if (!bias) {
    return 0;
  }
  const std::size_t wide = working_ == DType::f32 ? 0 : wide_sums(samples_, out);
  return std::max(wide, column_sums(out, sizeof(float)));
}

std::size_t CudaScratch::convolution(const Convolution& c) const {
  const std::int64_t channels = c.y[2];
  const bool pixelwise = c.window.kernel == 1 && c.window.stride == 1 && c.window.padding == 0;
  const std::size_t image = patches_of_image(c, false, size_of(working_));
  const std::int64_t at_once = pixelwise ? samples_ : images_at_once(image, samples_);
  const std::size_t patches = pixelwise ? 0 : padded(image * unsigned_of(at_once));
  std::size_t most = patches;
  if (c.bias && working_ != DType::f32) {
    most = patches + wide_sums(at_once * c.y[0] * c.y[1], channels);
  }
  if (c.wants_dx && !pixelwise) {
    const std::size_t sums = patches_of_image(c, true, sizeof(float));
    most = std::max(most, padded(sums * unsigned_of(images_at_once(sums, samples_))));
  }
  return c.bias ? std::max(most, column_sums(channels, sizeof(float))) : most;
}

}  // namespace autoglm::nn
