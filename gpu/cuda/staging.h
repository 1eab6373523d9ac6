// The way of the host's numbers to the device: an upload waits neither for what the device computes
// nor, unless it is far ahead, for the one before, and the host may reuse its memory at once.
#pragma once

#include <array>
#include <cstddef>

#include "gpu/cuda/context.h"

namespace autoglm::gpu {

/// Numbers go in parts through pinned memory, by a stream of copies to a landing on the device, and
/// from there, in the order of the context's stream, to where they belong. So they travel while
/// what was called before still computes. Events order the two streams both ways; the host waits
/// only for a pinned buffer's own copy.
class Staging {
 public:
  /// `context` is not owned and must outlive this.
  explicit Staging(Context& context) : context_(context), most_(context.limits().staging_bytes) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  /// Waits for what travels.
  ~Staging();

  Status upload(void* to, const void* from, std::size_t bytes);
  /// That landings have of the device's memory.
  std::size_t device_bytes() const;

 private:
  /// One is filled while the other travels.
  struct Pinned {
    void* memory = nullptr;
    cudaEvent_t sent = nullptr;  // its copy to a landing
  };
  /// As many as the parts of a larger batch and its labels.
  struct Landing {
    void* memory = nullptr;
    std::size_t bytes = 0;        // those of the greatest part so far
    cudaEvent_t taken = nullptr;  // the copy from it to where the numbers belong
  };

  Status make_stream();
  Status make_event(cudaEvent_t& event);
  Status prepare(Pinned& pinned);
  Status prepare(Landing& landing, std::size_t bytes);
  Status send(char* to, const char* from, std::size_t bytes);
  Status land(const Pinned& pinned, const Landing& landing, std::size_t bytes);
  Status take(char* to, const Pinned& pinned, const Landing& landing, std::size_t bytes);
  void wait() const;

  Context& context_;
  const std::size_t most_;    // bytes of a part
  std::size_t greatest_ = 0;  // part so far
  cudaStream_t copies_ = nullptr;
  std::array<Pinned, 2> pinned_{};
  std::array<Landing, 4> landings_{};
  std::size_t parts_ = 0;  // sent so far; they take their turns by it
};

}  // namespace autoglm::gpu
