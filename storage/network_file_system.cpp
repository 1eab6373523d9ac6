#include "storage/network_file_system.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <sstream>

namespace autoglm {
namespace {

// Of linux/magic.h, statfs(2) and the file systems' own sources.
struct Magic {
  std::uint32_t number;
  const char* name;
};
constexpr std::array kNetwork{
    Magic{0x6969, "NFS"},       Magic{0x517B, "SMB"},        Magic{0xFE534D42, "SMB"},
    Magic{0xFF534D42, "CIFS"},  Magic{0x0BD00BD0, "Lustre"}, Magic{0x47504653, "GPFS"},
    Magic{0x01021997, "9p"},    Magic{0x00C36400, "Ceph"},   Magic{0x19830326, "BeeGFS"},
    Magic{0x5346414F, "AFS"},   Magic{0x6B414653, "AFS"},    Magic{0x73757245, "Coda"},
    Magic{0x564C, "NCP"},       Magic{0x01161970, "GFS2"},   Magic{0x7461636F, "OCFS2"},
    Magic{0xAAD7AAEA, "PanFS"},
};
constexpr std::uint32_t kFuse = 0x65735546;

// FUSE carries local file systems too: NTFS (fuseblk), the overlays of rootless containers.
constexpr std::array kLocalFuse{"fuseblk",       "fuse.fuse-overlayfs", "fuse.bindfs",
                                "fuse.mergerfs", "fuse.gocryptfs",      "fuse.encfs"};

std::string read_mounts() {
  std::ifstream file("/proc/self/mounts");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string network_file_system(const std::filesystem::path& place) {
  struct statfs info {};
  if (statfs(place.c_str(), &info) != 0) {
    return {};
  }
  const auto number = static_cast<std::uint32_t>(info.f_type);
  if (number == kFuse) {
    std::error_code error;
    std::string type = mount_type(read_mounts(), std::filesystem::canonical(place, error).string());
    const bool is_local = std::find(kLocalFuse.begin(), kLocalFuse.end(), type) != kLocalFuse.end();
    return is_local ? "" : type;
  }
  const auto* found = std::find_if(kNetwork.begin(), kNetwork.end(),
                                   [number](const Magic& magic) { return magic.number == number; });
  return found == kNetwork.end() ? "" : found->name;
}

std::string mount_type(const std::string& table, const std::string& path) {
  std::istringstream lines(table);
  std::string found;
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string device;
    std::string point;
    std::string type;
    fields >> device >> point >> type;
    const bool holds = point == "/" || path == point || path.starts_with(point + "/");
    if (holds && point.size() >= longest) {  // the nearest, and of equal ones the one on top
      longest = point.size();
      found = type;
    }
  }
  return found;
}

}  // namespace autoglm
