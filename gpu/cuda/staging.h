// Pinned memory through which the host's numbers go, so that an upload need not wait for the
// device and the host may reuse its memory at once.
#pragma once

#include <array>
#include <cstddef>

#include "gpu/cuda/context.h"

namespace autoglm::gpu {

class Staging {
 public:
  /// `context` is not owned and must outlive this.
  explicit Staging(Context& context) : context_(context), bytes_(context.limits().staging_bytes) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();

  Status upload(void* to, const void* from, std::size_t bytes);

 private:
  /// Two buffers, used in turn: one is filled while the other travels.
  struct Buffer {
    void* memory = nullptr;
    cudaEvent_t sent = nullptr;
  };
  Status prepare(Buffer& buffer);

  Context& context_;
  const std::size_t bytes_;  // of a buffer
  std::array<Buffer, 2> buffers_{};
  std::size_t next_ = 0;
};

}  // namespace autoglm::gpu
