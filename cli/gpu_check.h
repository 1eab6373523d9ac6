// Checking the operations of a GPU, and what follows from it.
#pragma once

#include <functional>
#include <string>

#include "cli/kept_check.h"
#include "gpu/cuda_library.h"
#include "trainer/nn/check/check_record.h"

namespace autoglm {

/// What the results of this GPU's operations depend on.
nn::CheckedDevice checked_device(const CudaBackend& cuda);

struct GpuCheck {
  nn::CheckRecord record{};  // of the operations that were checked
  std::string failure{};     // the device failed as a whole: the first line about it; else empty
  bool is_whole = true;      // not stopped
};

/// Compares those of nn::all_cases() that are `wanted` with the CPU's, until `stop`.
GpuCheck check_gpu(const CudaBackend& cuda, const std::function<bool(const nn::Case&)>& wanted,
                   const std::function<bool()>& stop);

/// Adds what was found now to what was found before, and keeps it. Returns why it could not be
/// kept, one line; empty: it is.
std::string keep(const KeptCheck& kept, nn::CheckRecord& record, const nn::CheckRecord& now);

/// How many operations were checked: "12 of 84", an operation of each type for itself; empty: all.
std::string part_checked(const nn::CheckRecord& record);

/// "add (f32, bf16), softmax (f16)".
std::string wrong_operations(const nn::CheckRecord& record);

/// Which operations are known to be wrong when a training begins on a GPU. `first_use` says what
/// happens to operations that were never checked; it reads and writes the file that is kept, and
/// says on standard error what it does. Throws DeviceError where the GPU fails meanwhile.
enum class FirstUse { check, trust };
struct KnownFaults {
  nn::CheckRecord record{};
  bool has_checked = false;  // the GPU was used
};
KnownFaults known_faults(const CudaBackend& cuda, FirstUse first_use,
                         const std::function<bool()>& stop);

}  // namespace autoglm
