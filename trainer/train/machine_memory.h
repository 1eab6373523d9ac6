// How much memory this process may have.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace autoglm {

/// Bytes: what the machine has, or what the process's control groups allow where that is less, as
/// in a container.
std::uint64_t machine_memory();

/// The least limit of the control groups in which a process is, and of those around them; none:
/// there is no limit. `memberships` is the text of /proc/PID/cgroup (cgroups(7)), `root` where
/// control groups are mounted. Version 2 has the limit in `memory.max`, version 1 in
/// `memory/…/memory.limit_in_bytes`.
std::optional<std::uint64_t> control_group_limit(std::string_view memberships,
                                                 const std::filesystem::path& root);

}  // namespace autoglm
