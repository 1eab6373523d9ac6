#include "tests/gpu/emulation/race.h"

#include <algorithm>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/sanitizer.h"

namespace autoglm::emulation {
namespace {

// A trace, from its lowest bit: thread 10, barrier of the block 8, of the warp 4, block 12, stream
// 3, sequence 23; whether there are readers of several threads, warps, blocks; whether it is a
// trace at all. Numbers that do not fit are cut off: where blocks or operations are taken for one a
// race may pass unseen, where barriers are, what is in order be reported.
constexpr std::uint64_t kValid = std::uint64_t{1} << 63U;
constexpr std::uint64_t kManyBlocks = std::uint64_t{1} << 62U;
constexpr std::uint64_t kManyWarps = std::uint64_t{1} << 61U;
constexpr std::uint64_t kManyThreads = std::uint64_t{1} << 60U;

constexpr std::uint64_t part(std::uint64_t trace, unsigned from, unsigned bits) {
  return (trace >> from) & ((std::uint64_t{1} << bits) - 1);
}
constexpr std::uint64_t thread_of(std::uint64_t trace) { return part(trace, 0, 10); }
constexpr std::uint64_t warp_of(std::uint64_t trace) { return part(trace, 5, 5); }
constexpr std::uint64_t barrier_of(std::uint64_t trace) { return part(trace, 10, 8); }
constexpr std::uint64_t warp_barrier_of(std::uint64_t trace) { return part(trace, 18, 4); }
constexpr std::uint64_t block_of(std::uint64_t trace) { return part(trace, 22, 12); }
constexpr std::uint64_t stream_of(std::uint64_t trace) { return part(trace, 34, 3); }
constexpr std::uint64_t sequence_of(std::uint64_t trace) { return part(trace, 37, 23); }
constexpr std::uint64_t operation_of(std::uint64_t trace) { return part(trace, 34, 26); }

constexpr std::uint64_t bits(unsigned number, unsigned from, unsigned count) {
  return (std::uint64_t{number} & ((std::uint64_t{1} << count) - 1)) << from;
}
std::uint64_t trace_of(const Actor& actor, const ThreadNumber& number) {
  return kValid | bits(number.thread, 0, 10) | bits(number.barrier, 10, 8) |
         bits(number.warp_barrier, 18, 4) | bits(number.block, 22, 12) | bits(actor.stream, 34, 3) |
         bits(actor.sequence, 37, 23);
}

/// Whether another operation, whose trace this is, was over before `actor` began.
bool was_before(const Actor& actor, std::uint64_t trace) {
  return actor.before.done[stream_of(trace)] >= sequence_of(trace);
}

/// What is wrong about `mine` after `other`, one of them a write; null: nothing.
const char* conflict(const Actor& actor, std::uint64_t mine, std::uint64_t other) {
  if ((other & kValid) == 0) {
    return nullptr;
  }
  if (operation_of(mine) != operation_of(other)) {
    return was_before(actor, other) ? nullptr : "operations of streams that do not wait";
  }
  if ((other & kManyBlocks) != 0 || block_of(mine) != block_of(other)) {
    return "two blocks of a kernel";
  }
  if (barrier_of(mine) != barrier_of(other)) {
    return nullptr;
  }
  if ((other & kManyWarps) != 0 || warp_of(mine) != warp_of(other)) {
    return "threads without a barrier";
  }
  const bool same_thread = (other & kManyThreads) == 0 && thread_of(mine) == thread_of(other);
  return same_thread || warp_barrier_of(mine) != warp_barrier_of(other)
             ? nullptr
             : "threads of a warp without a barrier";
}

/// Readers of one operation are kept together; those of another one, ordered or not, are forgotten.
std::uint64_t with_reader(std::uint64_t before, std::uint64_t mine) {
  if ((before & kValid) == 0 || operation_of(before) != operation_of(mine)) {
    return mine;
  }
  if (block_of(before) != block_of(mine)) {
    return before | kManyBlocks;
  }
  if (barrier_of(before) != barrier_of(mine)) {
    return mine | (before & kManyBlocks);
  }
  if (warp_of(before) != warp_of(mine)) {
    return before | kManyWarps;
  }
  if (warp_barrier_of(before) != warp_barrier_of(mine)) {
    return mine | (before & (kManyBlocks | kManyWarps));
  }
  return thread_of(before) == thread_of(mine) ? before : before | kManyThreads;
}

}  // namespace

void Clock::join(const Clock& other) {
  for (std::size_t i = 0; i < done.size(); ++i) {
    done[i] = std::max(done[i], other.done[i]);
  }
}

const char* fault_of(const Actor& actor, const ThreadNumber& number, Trace* traces,
                     std::size_t pairs, Access access) {
  const std::uint64_t mine = trace_of(actor, number);
  const char* fault = nullptr;
  for (Trace* trace = traces; trace != traces + pairs && fault == nullptr; ++trace) {
    if (access != Access::write) {
      const bool unwritten =
          trace->writer == 0 && access == Access::read && sanitizer().leaves_traces();
      fault = unwritten ? "what nothing has written" : conflict(actor, mine, trace->writer);
      trace->reader = with_reader(trace->reader, mine);
      continue;
    }
    fault = conflict(actor, mine, trace->writer);
    if (fault == nullptr) {
      fault = conflict(actor, mine, trace->reader);
    }
    trace->writer = mine;
  }
  return fault;
}

const char* device_fault(const Actor& actor, const ThreadNumber& number, const void* at,
                         std::size_t bytes, Access access) {
  if (!is_allocated(at, bytes)) {
    return "memory outside of every allocation";
  }
  const std::size_t odd = reinterpret_cast<std::uintptr_t>(at) % 2;
  return fault_of(actor, number, traces_of(at), (bytes + odd + 1) / 2, access);
}

bool touch(const Actor& actor, const std::string& what, const void* at, std::size_t bytes,
           Access access) {
  const char* fault = sanitizer().is_forbidden(at, bytes)
                          ? "memory beside its arrays"
                          : device_fault(actor, {}, at, bytes, access);
  if (fault != nullptr) {
    complain(what + (access == Access::write ? " writes " : " reads ") + std::to_string(bytes) +
             " bytes of the device: " + fault);
  }
  return fault == nullptr;
}

}  // namespace autoglm::emulation
