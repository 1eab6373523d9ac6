// What tests may ask of and set in libautoglm_cuda_emul.so, by the function that it exports beside
// gpu/cuda_entry.h's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace autoglm::emulation {

/// Of the process; read and written between calls only.
struct Control {
  std::uint64_t calls = 0;           // of CUDA, cuBLAS and cuDNN so far
  std::uint64_t waits = 0;           // of the host: for a stream, or for all that runs
  std::uint64_t event_waits = 0;     // for an event
  std::uint64_t failing_call = 0;    // by its number, from 1; 0: none
  int failing_status = 0;            // what it returns, by CUDA's or cuBLAS's number; 0: the usual
  int capability = 8;                // the compute capability's first number
  bool stays_broken = false;         // whether all calls after that one fail too
  std::size_t memory_bytes = 0;      // of the device
  std::size_t plan_workspace = 512;  // bytes that a plan of cuDNN takes
  int chosen_device = 0;             // by cudaSetDevice; any but 0 has no memory and runs nothing
  const char* failed_call = "";      // the name of the one that was made to fail
  char complaint[512] = {};          // the first breach of a rule, which broke the device; or empty
  std::uint64_t (*live)() = nullptr;     // allocations, streams, events, handles, descriptors
  std::uint64_t (*pending)() = nullptr;  // operations that were submitted and have not run
  void (*repair)() = nullptr;            // forgets complaint and failures; the device works again
};

constexpr const char* kControlEntry = "autoglm_emulation_control";
using ControlEntry = Control* (*)();

}  // namespace autoglm::emulation
