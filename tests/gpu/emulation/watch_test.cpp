// What our own hooks find in the accesses of kernels; what sanitizers find is in fault_program.cpp.
#include <doctest/doctest.h>

#include <string>

#include "tests/gpu/emulation/setting.h"

namespace autoglm::emulation {
namespace {

TEST_CASE(
    "an exchange of numbers is no barrier: threads of a warp that take it for one are found") {
  expect(Faulty::exchange_as_barrier, "threads of a warp without a barrier");
}

TEST_CASE("threads that share memory without a barrier are found in any order of threads") {
  expect(Faulty::no_barrier, "without a barrier");
}

TEST_CASE("shared memory that is written again while others may read it is found") {
  expect(Faulty::no_second_barrier, "threads without a barrier");
}

TEST_CASE("shared memory that nothing has written is not read unseen") {
  expect(Faulty::unwritten_shared_memory, "what nothing has written");
}

TEST_CASE("device memory that nothing has written is not read unseen") {
  expect(Faulty::unwritten_device_memory, "what nothing has written");
}

TEST_CASE("an access one number past the end of an array is found") {
  expect(Faulty::past_the_end, "memory outside of every allocation");
}

TEST_CASE("an access of 16 bytes at an address that is no multiple of them is found") {
  expect(Faulty::misaligned, "not a multiple of the size");
}

TEST_CASE("an index that overflows is found, and where it is computed") {
  expect(Faulty::overflowing_index, "faulty_kernels.cu");
  expect(Faulty::overflowing_index, "a product of whole numbers overflows");
}

TEST_CASE("two blocks that write the same number are found") {
  expect(Faulty::blocks_that_collide, "two blocks of a kernel");
}

TEST_CASE("memory that was freed is not reached again") {
  Setting setting;
  float* gone = Setting::array();
  setting.upload(gone);
  setting.upload(setting.results);
  CHECK(cudaFree(gone) == cudaSuccess);
  CHECK(launch_sum(setting.stream, gone, setting.results) == cudaSuccess);
  CHECK(cudaStreamSynchronize(setting.stream) == cudaErrorLaunchFailure);
  CHECK(std::string(control().complaint).find("outside of every allocation") != std::string::npos);
}

TEST_CASE("a kernel that uses what another stream writes, without waiting for it, is found") {
  Setting setting;
  const Pair other;
  CHECK(cudaMemsetAsync(setting.results, 0, kBytes, other.stream) == cudaSuccess);
  CHECK(launch_sum(setting.stream, setting.numbers, setting.results) == cudaSuccess);
  static_cast<void>(cudaStreamSynchronize(other.stream));
  CHECK(cudaStreamSynchronize(setting.stream) == cudaErrorLaunchFailure);
  const std::string complaint = control().complaint;
  CAPTURE(complaint);
  CHECK(complaint.find("streams that do not wait") != std::string::npos);
  control().repair();
}

TEST_CASE("an event orders what came before it, not what comes after") {
  Setting setting;
  const Pair other;
  CHECK(cudaEventRecord(other.event, other.stream) == cudaSuccess);
  CHECK(cudaMemsetAsync(setting.results, 0, kBytes, other.stream) == cudaSuccess);
  CHECK(cudaStreamWaitEvent(setting.stream, other.event, 0) == cudaSuccess);
  CHECK(launch_sum(setting.stream, setting.numbers, setting.results) == cudaSuccess);
  static_cast<void>(cudaStreamSynchronize(other.stream));
  CHECK(cudaStreamSynchronize(setting.stream) == cudaErrorLaunchFailure);
  control().repair();
}

TEST_CASE("an access past the end of a shared array is found, though more shared memory follows") {
  expect(Faulty::past_a_shared_array, "shared memory outside of every array");
}
TEST_CASE("a number past the end of an array is not read unseen") {
  expect(Faulty::reads_past_the_end, "memory outside of every allocation");
}

}  // namespace
}  // namespace autoglm::emulation
