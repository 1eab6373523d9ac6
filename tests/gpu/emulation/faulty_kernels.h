// Kernels that break a rule each, and one that breaks none, for the tests of the emulated device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace autoglm::emulation {

/// Of one block of 64 threads, unless it is said.
enum class Faulty {
  nothing,           // numbers change places through shared memory
  nothing_of_warps,  // likewise within warps, by their barrier
  no_barrier,
  exchange_as_barrier,  // a warp's exchange of numbers, which orders no memory
  no_second_barrier,    // shared memory is written again while others may still read
  unwritten_shared_memory,
  unwritten_device_memory,
  past_the_end,  // a number is written there
  reads_past_the_end,
  past_a_shared_array,  // of two
  overflowing_index,    // 63 times 2^26, as an int
  misaligned,
  barrier_for_some,
  different_barriers,
  exchange_for_some,
  blocks_that_collide,  // two blocks
  too_much_shared_memory
};

/// `numbers`: 64 of them, and as many results.
cudaError_t launch_faulty(Faulty kind, cudaStream_t stream, float* numbers, float* results);
/// results[i] += numbers[i] for 64 numbers.
cudaError_t launch_sum(cudaStream_t stream, const float* numbers, float* results);

}  // namespace autoglm::emulation
