// What GCC calls before every access to memory in code that is compiled with -fsanitize=thread,
// which the kernels are, and, with -fsanitize of overflow, bounds and alignment, where one of these
// is wrong. Not the sanitizers' own: these know blocks, barriers and the device's memory.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/gpu/emulation/block.h"
#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/sanitizer.h"
#include "tests/gpu/emulation/shared.h"

namespace autoglm::emulation {
namespace {

std::string name_of(const RunningThread& thread) {
  // "cudaError_t cudaLaunchKernelEx(…) [with Parameters = {…}; Arguments = …]"
  const std::string text = thread.launch->kernel;
  const std::size_t begin = text.find("Parameters = ");
  return "the kernel of " + text.substr(begin + 13, text.rfind("; Arguments") - begin - 13);
}

const char* fault_at(const RunningThread& thread, const void* at, std::size_t bytes,
                     Access access) {
  const char* address = static_cast<const char*>(at);
  if (is_device_address(at)) {
    return device_fault(thread.launch->actor, thread.number, at, bytes, access);
  }
  if (is_shared_address(at)) {
    Trace* traces = shared_traces(at, bytes);
    return traces == nullptr
               ? "shared memory outside of every array"
               : fault_of(thread.launch->actor, thread.number, traces, (bytes + 1) / 2, access);
  }
  const bool own = address >= thread.stack_begin && address < thread.stack_end;
  const auto place = reinterpret_cast<std::uintptr_t>(&running);
  const bool index = reinterpret_cast<std::uintptr_t>(at) - place < sizeof running;
  return own || index ? nullptr : "memory of the host";
}

std::string place_of(const ThreadNumber& number) {
  return " in block " + std::to_string(number.block) + ", thread " + std::to_string(number.thread) +
         ", after " + std::to_string(number.barrier) + " barriers: ";
}

void end_thread(const RunningThread& thread, const std::string& did) {
  running_thread = nullptr;
  complain(name_of(thread) + " " + did);
  abandon_thread();
}

void check(const void* at, std::size_t bytes, Access access, bool aligned) {
  const RunningThread* thread = running_thread;
  if (thread == nullptr) {
    return;
  }
  const char* fault = aligned && reinterpret_cast<std::uintptr_t>(at) % bytes != 0
                          ? "an address that is not a multiple of the size"
                          : fault_at(*thread, at, bytes, access);
  if (fault == nullptr) {
    return;
  }
  end_thread(*thread, (access == Access::read ? "reads " : "writes ") + std::to_string(bytes) +
                          " bytes" + place_of(thread->number) + fault);
}

/// Where GCC says that something is: the first member of what it tells of each fault.
struct SourcePlace {
  const char* file;
  std::uint32_t line;
  std::uint32_t column;
};

void find_undefined(const SourcePlace* at, const char* what) {
  const std::string text = std::string(at->file) + ":" + std::to_string(at->line) + ": " + what;
  const RunningThread* thread = running_thread;
  if (thread == nullptr) {
    complain(text);
    std::abort();  // on the host there is nothing to go on with
  }
  end_thread(*thread, "fails" + place_of(thread->number) + text);
}

class OwnHooks : public Sanitizer {
 public:
  bool leaves_traces() const override { return true; }
};

}  // namespace

Sanitizer& sanitizer() {
  static OwnHooks made;
  return made;
}

}  // namespace autoglm::emulation

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): GCC's names.
#define AUTOGLM_HOOK __attribute__((visibility("hidden"))) void
#define AUTOGLM_UNDEFINED(name, what, ...)                                              \
  AUTOGLM_HOOK __ubsan_handle_##name##_abort(const autoglm::emulation::SourcePlace* at, \
                                             __VA_ARGS__) {                             \
    autoglm::emulation::find_undefined(at, what);                                       \
  }
#define AUTOGLM_HOOKS(size)                                                        \
  AUTOGLM_HOOK __tsan_read##size(void* at) {                                       \
    autoglm::emulation::check(at, size, autoglm::emulation::Access::read, true);   \
  }                                                                                \
  AUTOGLM_HOOK __tsan_write##size(void* at) {                                      \
    autoglm::emulation::check(at, size, autoglm::emulation::Access::write, true);  \
  }                                                                                \
  AUTOGLM_HOOK __tsan_unaligned_read##size(void* at) {                             \
    autoglm::emulation::check(at, size, autoglm::emulation::Access::read, false);  \
  }                                                                                \
  AUTOGLM_HOOK __tsan_unaligned_write##size(void* at) {                            \
    autoglm::emulation::check(at, size, autoglm::emulation::Access::write, false); \
  }

extern "C" {
AUTOGLM_HOOKS(1)
AUTOGLM_HOOKS(2)
AUTOGLM_HOOKS(4)
AUTOGLM_HOOKS(8)
AUTOGLM_HOOKS(16)
AUTOGLM_HOOK __tsan_read_range(void* at, unsigned long bytes) {
  autoglm::emulation::check(at, bytes, autoglm::emulation::Access::read, false);
}
AUTOGLM_HOOK __tsan_write_range(void* at, unsigned long bytes) {
  autoglm::emulation::check(at, bytes, autoglm::emulation::Access::write, false);
}
AUTOGLM_HOOK __tsan_func_entry(void*) {}
AUTOGLM_HOOK __tsan_func_exit() {}
AUTOGLM_HOOK __tsan_init() {}
AUTOGLM_UNDEFINED(type_mismatch_v1, "an address that is not a multiple of the size", void*)
AUTOGLM_UNDEFINED(out_of_bounds, "an index outside of its array", void*)
AUTOGLM_UNDEFINED(add_overflow, "a sum of whole numbers overflows", void*, void*)
AUTOGLM_UNDEFINED(sub_overflow, "a difference of whole numbers overflows", void*, void*)
AUTOGLM_UNDEFINED(mul_overflow, "a product of whole numbers overflows", void*, void*)
AUTOGLM_UNDEFINED(negate_overflow, "the negative of a whole number overflows", void*)
AUTOGLM_UNDEFINED(divrem_overflow, "a quotient of whole numbers overflows", void*, void*)
}
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
