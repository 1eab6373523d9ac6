// Streams and events of the emulated device. What is submitted to a stream runs later: when
// something waits for it, in the order of its stream and of the events that it waits for.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <functional>
#include <string>

#include "tests/gpu/emulation/race.h"

namespace autoglm::emulation {

/// Null: there are no more. The caller's from then on.
cudaStream_t make_stream();
bool is_stream(cudaStream_t stream);
/// Waits for what it holds. REQUIRES: is_stream().
void end_stream(cudaStream_t stream);

/// `work` is told who it is. What the host must have waited for to know that it is done.
Clock submit(cudaStream_t stream, std::string what, std::function<void(const Actor&)> work);

/// Runs what the stream holds, or all streams; the host has waited for it then.
void wait_for(cudaStream_t stream);
void wait_for_all();

/// Whether the host has waited for all of it.
bool was_waited_for(const Clock& clock);

/// How many operations have not run yet, in all streams.
std::uint64_t pending();

cudaEvent_t make_event();
bool is_event(cudaEvent_t event);
void end_event(cudaEvent_t event);
/// REQUIRES of these three: is_event() and is_stream().
void record(cudaEvent_t event, cudaStream_t stream);
void let_wait(cudaStream_t stream, cudaEvent_t event);
void wait_for(cudaEvent_t event);

}  // namespace autoglm::emulation
