// Of sizes that the emulated device does not train in a test; the numbers are products of what is
// beside them.
#include "trainer/nn/model/cuda_scratch.h"

#include <doctest/doctest.h>

namespace autoglm::nn {
namespace {

const BackendInfo kH100{.memory_bytes = 80'000'000'000, .processors = 132};

CudaScratch::Convolution same_size(std::int64_t width) {
  return {.window = {3, 1, 1},
          .x = {width, width, 64},
          .y = {width, width, 64},
          .bias = false,
          .wants_dx = false};
}

}  // namespace

TEST_CASE("the f32 sums of 16-bit products take all rows, but no more than 32 MiB") {
  CHECK(CudaScratch(kH100, DType::bf16, 2048).linear(1024, true) == 8'388'608);      // 2048 rows
  CHECK(CudaScratch(kH100, DType::bf16, 100'000).linear(1024, true) == 33'554'432);  // 8192 rows
  CHECK(CudaScratch(kH100, DType::bf16, 100'000).linear(1024, false) == 0);
  // Partial sums of 132 blocks a group of 256 columns.
  CHECK(CudaScratch(kH100, DType::f32, 100'000).linear(1024, true) == 540'672);
}

TEST_CASE("patches take all images, but no more than 256 MiB, or one image") {
  // 32 x 32 patches of 9 x 64 numbers: 2359296 bytes an image.
  CHECK(CudaScratch(kH100, DType::f32, 100).convolution(same_size(32)) == 235'929'600);
  CHECK(CudaScratch(kH100, DType::f32, 512).convolution(same_size(32)) == 266'600'448);  // 113
  CHECK(CudaScratch(kH100, DType::f32, 512).convolution(same_size(512)) == 603'979'776);
}

TEST_CASE("uploads keep four landings of the greatest part, which has no more than 8 MiB") {
  CHECK(CudaScratch::landings(1000) == 4000);
  CHECK(CudaScratch::landings(100'000'000) == 33'554'432);
}

}  // namespace autoglm::nn
