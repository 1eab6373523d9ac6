#include "optimizer/models/dense/paths.h"

#include <Eigen/Core>
#include <cassert>
#include <cstddef>

namespace autoglm {

namespace {

NumericsPath& chosen() {
  static NumericsPath path = best_numerics_path();
  return path;
}

}  // namespace

std::string_view to_string(NumericsPath path) {
  switch (path) {
    case NumericsPath::baseline:
      return "baseline";
    case NumericsPath::v3:
      return "v3";
    case NumericsPath::v4:
      return "v4";
  }
  return {};
}

NumericsPath numerics_path() { return chosen(); }

void use_numerics_path(NumericsPath path) {
  assert(path <= best_numerics_path());
  chosen() = path;
  // Eigen, for what is left to it, would split long sums by the caches that it finds.
  constexpr std::ptrdiff_t kKilobyte = 1024;
  Eigen::setCpuCacheSizes(32 * kKilobyte, 256 * kKilobyte, 2048 * kKilobyte);
}

#if defined(__x86_64__)

// What CMakeLists.txt compiles the paths for.
NumericsPath best_numerics_path() {
  const bool v3 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
                  __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
  const bool v4 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512cd") != 0;
  if (!v3) {
    return NumericsPath::baseline;
  }
  return v4 ? NumericsPath::v4 : NumericsPath::v3;
}

const dense::Operations& dense::operations_of(NumericsPath path) {
  switch (path) {
    case NumericsPath::v4:
      return kV4Operations;
    case NumericsPath::v3:
      return kV3Operations;
    case NumericsPath::baseline:
      break;
  }
  return kBaselineOperations;
}

#else

NumericsPath best_numerics_path() { return NumericsPath::baseline; }

const dense::Operations& dense::operations_of(NumericsPath /*path*/) { return kBaselineOperations; }

#endif

const dense::Operations& dense::operations() { return operations_of(chosen()); }

}  // namespace autoglm
