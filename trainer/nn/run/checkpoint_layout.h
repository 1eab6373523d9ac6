// What the writer and the reader of checkpoints agree on; checkpoint.h describes it.
#pragma once

#include <cstdint>
#include <string_view>

namespace autoglm::nn {

inline constexpr std::string_view kCheckpointMagic{
    "\x89"
    "AGLM\r\n\x1a"};
inline constexpr std::uint32_t kCheckpointVersion = 2;
inline constexpr std::uint64_t kCheckpointHeader = 32;   // bytes
inline constexpr std::uint64_t kCheckpointChecksum = 8;  // bytes

}  // namespace autoglm::nn
