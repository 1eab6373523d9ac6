// Which process is which, also after its number was given to another one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace autoglm {

/// In clock ticks since the machine started; nothing when there is no such process (a zombie is
/// none). Two processes with one number differ in it.
std::optional<std::int64_t> process_start_time(std::int64_t pid);

/// Another one after each start of the machine; the same in its containers.
std::string boot_id();
std::string host_name();

}  // namespace autoglm
