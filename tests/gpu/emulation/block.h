// Runs the threads of a block in some order, each until it waits for others at a barrier or
// exchange, and finds what a GPU leaves undefined: barriers that not all threads reach, lanes that
// are missing in an exchange.
#pragma once

#include <cuda_runtime.h>

#include <functional>
#include <random>

#include "tests/gpu/emulation/race.h"

namespace autoglm::emulation {

/// A kernel as it was launched, and who it is.
struct Launch {
  const char* kernel = "";
  dim3 blocks{};
  dim3 threads{};
  const std::function<void()>& thread;
  const Actor& actor;
};

/// Runs all blocks one after the other. After a complaint the rest is left out.
void run_blocks(const Launch& launch, std::mt19937_64& draw);

/// The thread that runs now, if it is inside of a kernel; else null.
struct RunningThread {
  const Launch* launch = nullptr;
  ThreadNumber number{};
  const char* stack_begin = nullptr;
  const char* stack_end = nullptr;
};
extern const RunningThread* running_thread;
/// Ends the thread that runs, after a complaint about it.
void abandon_thread();

}  // namespace autoglm::emulation
