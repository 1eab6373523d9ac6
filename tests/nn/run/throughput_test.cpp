#include "trainer/nn/run/throughput.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace autoglm::nn {
namespace {

using std::chrono::milliseconds;

/// A clock that goes on by what passes take, one after another.
struct Passes {
  std::vector<int> take{};  // ms; the last one again and again
  std::size_t done = 0;
  Clock::time_point now{};

  void operator()() { now += milliseconds(take[std::min(done++, take.size() - 1)]); }
};

double latency_of(Passes& passes, const LatencyOptions& options) {
  return latency_ms([&] { passes(); }, options, [&] { return passes.now; });
}

TEST_CASE("latency is the median of the passes after warm-up") {
  Passes odd{.take = {900, 50, 7, 1, 9, 80, 2}};
  CHECK(latency_of(odd, {.warmup = 2, .repeats = 5, .most = milliseconds(5000)}) == 7);
  CHECK(odd.done == 7);
  Passes even{.take = {6, 1, 9, 80}};
  CHECK(latency_of(even, {.warmup = 0, .repeats = 4, .most = milliseconds(5000)}) == 7.5);
}

TEST_CASE("slow passes are measured fewer times, but once at least") {
  Passes slow{.take = {400}};
  CHECK(latency_of(slow, {.warmup = 1, .repeats = 25, .most = milliseconds(1000)}) == 400);
  CHECK(slow.done == 3);
  Passes slowest{.take = {5000}};
  CHECK(latency_of(slowest, {.warmup = 3, .repeats = 25, .most = milliseconds(1000)}) == 5000);
  CHECK(slowest.done == 2);
}

TEST_CASE("the peak of memory has in it what was allocated and is gone") {
  constexpr std::int64_t kBytes = 64'000'000;
  const auto before = host_memory();
  REQUIRE(before.has_value());
  CHECK(before->resident > 0);
  CHECK(before->peak >= before->resident);
  {
    const std::vector<char> block(kBytes, 1);
    CHECK(std::count(block.begin(), block.end(), 1) == kBytes);
  }
  const std::int64_t growth = host_memory()->peak - before->resident;
  CHECK(growth > kBytes - 2'000'000);
}

TEST_CASE("a peak that was forgotten is not told any more") {
  constexpr std::size_t kBytes = 64'000'000;
  // Past the allocator: a sanitizer's keeps what is freed.
  void* const block =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(block != MAP_FAILED);
  std::memset(block, 1, kBytes);
  REQUIRE(::munmap(block, kBytes) == 0);
  const std::int64_t peak = host_memory()->peak;
  forget_memory_peak();
  CHECK(host_memory()->peak < peak - std::int64_t{kBytes} / 2);
}

}  // namespace
}  // namespace autoglm::nn
