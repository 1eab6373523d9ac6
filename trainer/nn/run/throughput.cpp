#include "trainer/nn/run/throughput.h"

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace autoglm::nn {
namespace {

constexpr std::int64_t kUnit = 1024;  // /proc says kB and means this

/// The number in a line like "VmHWM:      1234 kB" if it begins with `key`.
std::optional<std::int64_t> bytes_in(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) {
    return std::nullopt;
  }
  line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
  std::int64_t number = 0;
  if (std::from_chars(line.data(), line.data() + line.size(), number).ec != std::errc{}) {
    return std::nullopt;
  }
  return number * kUnit;
}

}  // namespace

double latency_ms(const std::function<void()>& pass, const LatencyOptions& options,
                  const std::function<Clock::time_point()>& now) {
  const Clock::time_point begin = now();
  for (int i = 0; i < options.warmup && now() - begin < options.most; ++i) {
    pass();
  }
  std::vector<double> taken;
  Clock::time_point end;
  do {
    const Clock::time_point start = now();
    pass();
    end = now();
    taken.push_back(std::chrono::duration<double, std::milli>(end - start).count());
  } while (taken.size() < static_cast<std::size_t>(options.repeats) && end - begin < options.most);
  std::sort(taken.begin(), taken.end());
  const std::size_t middle = taken.size() / 2;
  return taken.size() % 2 == 1 ? taken[middle] : (taken[middle - 1] + taken[middle]) / 2;
}

std::optional<HostMemory> host_memory() {
  std::ifstream status("/proc/self/status");
  std::optional<std::int64_t> resident;
  std::optional<std::int64_t> peak;
  for (std::string line; std::getline(status, line);) {
    resident = resident ? resident : bytes_in(line, "VmRSS:");
    peak = peak ? peak : bytes_in(line, "VmHWM:");
  }
  if (!resident || !peak) {
    return std::nullopt;
  }
  return HostMemory{.resident = *resident, .peak = *peak};
}

void forget_memory_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

}  // namespace autoglm::nn
