#include "trainer/nn/run/throughput.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace autoglm::nn {
namespace {

using doctest::Approx;
using std::chrono::milliseconds;

Clock::time_point at(std::int64_t ms) { return Clock::time_point() + milliseconds(ms); }

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

TEST_CASE("throughput is none until time has passed") {
  Throughput throughput;
  CHECK_FALSE(throughput.samples_per_second());
  throughput.begin(at(1000));
  CHECK_FALSE(throughput.samples_per_second());
  throughput.add(at(1000), 32);
  CHECK_FALSE(throughput.samples_per_second());
  throughput.add(at(1500), 32);
  CHECK(throughput.samples_per_second() == Approx(128));
}

TEST_CASE("throughput follows what was done within the window") {
  Throughput throughput(milliseconds(1000));
  throughput.begin(at(0));
  for (std::int64_t ms = 100; ms <= 5000; ms += 100) {
    throughput.add(at(ms), 10);
  }
  CHECK(throughput.samples_per_second() == Approx(100));
  for (std::int64_t ms = 5100; ms <= 6000; ms += 100) {
    throughput.add(at(ms), 70);
  }
  CHECK(throughput.samples_per_second() == Approx(700));
}

TEST_CASE("steps longer than the window count whole") {
  Throughput throughput(milliseconds(1000));
  throughput.begin(at(0));
  throughput.add(at(5000), 10);
  throughput.add(at(10'000), 20);
  CHECK(throughput.samples_per_second() == Approx(4));
}

TEST_CASE("short steps are counted to within a part of the window") {
  Throughput throughput(milliseconds(1000));
  throughput.begin(at(0));
  for (std::int64_t ms = 1; ms <= 100'000; ++ms) {
    throughput.add(at(ms), 3);
  }
  CHECK(throughput.samples_per_second() == Approx(3000));
}

TEST_CASE("time that was not for training does not count") {
  Throughput throughput(milliseconds(1000));
  throughput.begin(at(0));
  throughput.add(at(500), 50);
  throughput.begin(at(9500));  // after validation
  throughput.add(at(10'000), 50);
  CHECK(throughput.samples_per_second() == Approx(100));
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

}  // namespace
}  // namespace autoglm::nn
