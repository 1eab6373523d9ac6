// File systems on which SQLite's locks do not hold between two machines: two tuners corrupt a file.
#pragma once

#include <filesystem>
#include <string>

namespace autoglm {

/// "NFS", "fuse.sshfs"; empty for a file or folder on a local one, or when that cannot be told.
std::string network_file_system(const std::filesystem::path& place);

/// The type of the mount that holds an absolute, canonical path, by a mount table as /proc/mounts
/// has it; empty when there is none.
std::string mount_type(const std::string& table, const std::string& path);

}  // namespace autoglm
