#include "storage/database_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace autoglm {
namespace {

namespace fs = std::filesystem;

// Of linux/magic.h, statfs(2) and the file systems' own sources. SQLite's locks do not hold between
// two machines there: two tuners corrupt the file.
struct NetworkFileSystem {
  std::uint32_t magic;
  const char* name;
};
constexpr std::array kNetworkFileSystems{
    NetworkFileSystem{0x6969, "NFS"},        NetworkFileSystem{0x517B, "SMB"},
    NetworkFileSystem{0xFE534D42, "SMB"},    NetworkFileSystem{0xFF534D42, "CIFS"},
    NetworkFileSystem{0x0BD00BD0, "Lustre"}, NetworkFileSystem{0x47504653, "GPFS"},
    NetworkFileSystem{0x01021997, "9p"},     NetworkFileSystem{0x00C36400, "Ceph"},
    NetworkFileSystem{0x19830326, "BeeGFS"}, NetworkFileSystem{0x5346414F, "AFS"},
    NetworkFileSystem{0x6B414653, "AFS"},    NetworkFileSystem{0x73757245, "Coda"},
    NetworkFileSystem{0x564C, "NCP"},        NetworkFileSystem{0x01161970, "GFS2"},
    NetworkFileSystem{0x7461636F, "OCFS2"},  NetworkFileSystem{0xAAD7AAEA, "PanFS"},
};
constexpr std::uint32_t kFuse = 0x65735546;

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw StorageError(fmt::format("{}: {}", path, what));
}

// The kind of a FUSE file system ("fuse.sshfs") as the mount table has it; the longest mount point
// above `folder` is its own.
std::string fuse_kind(const fs::path& folder) {
  std::ifstream mounts("/proc/self/mounts");
  std::string device;
  std::string point;
  std::string kind;
  std::string rest;
  std::string best;
  std::size_t longest = 0;
  const std::string name = folder.string();
  while (mounts >> device >> point >> kind && std::getline(mounts, rest)) {
    const bool above = name == point || point == "/" || name.starts_with(point + "/");
    if (above && point.size() >= longest) {
      longest = point.size();
      best = kind;
    }
  }
  return best;
}

// FUSE carries local file systems too: ntfs-3g (fuseblk), the overlays of rootless containers.
bool is_local_fuse(const std::string& kind) {
  constexpr std::array kLocal{"fuseblk",       "fuse.fuse-overlayfs", "fuse.bindfs",
                              "fuse.mergerfs", "fuse.gocryptfs",      "fuse.encfs"};
  return std::find(kLocal.begin(), kLocal.end(), kind) != kLocal.end();
}

void refuse_network(const std::string& path, const fs::path& folder) {
  struct statfs info {};
  if (statfs(folder.c_str(), &info) != 0) {
    return;
  }
  const auto magic = static_cast<std::uint32_t>(info.f_type);
  const auto* found =
      std::find_if(kNetworkFileSystems.begin(), kNetworkFileSystems.end(),
                   [magic](const NetworkFileSystem& system) { return system.magic == magic; });
  std::string name;
  if (found != kNetworkFileSystems.end()) {
    name = found->name;
  } else if (magic == kFuse) {
    const std::string kind = fuse_kind(fs::weakly_canonical(folder));
    name = is_local_fuse(kind) ? "" : kind;
  }
  if (!name.empty()) {
    refuse(path, fmt::format("is on a network file system ({}), where SQLite cannot keep two "
                             "machines apart; put the study on a local disk",
                             name));
  }
}

void check_missing_file(const std::string& path, const fs::path& folder, OpenMode mode) {
  if (mode != OpenMode::create) {
    refuse(path, "there is no such file; see that the name is right");
  }
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    refuse(path, fmt::format("there is no folder \"{0}\"; make it (mkdir -p {0}), or give another "
                             "--study",
                             folder.string()));
  }
}

// The first hundred bytes tell a database from anything else, and whether it is in WAL mode.
struct Header {
  bool is_empty = false;
  bool is_wal = false;
};

Header read_header(const std::string& path, OpenMode mode) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    refuse(path, fmt::format("cannot be read ({}); see that the file and its folder may be read",
                             std::strerror(errno)));
  }
  std::array<char, 100> bytes{};
  const ssize_t size = read(file, bytes.data(), bytes.size());
  close(file);
  if (size < 0) {
    refuse(path, fmt::format("cannot be read ({}); check the disk", std::strerror(errno)));
  }
  if (size == 0) {
    if (mode != OpenMode::create) {
      refuse(path, "is not a study: the file is empty; see that the name is right");
    }
    return {.is_empty = true};
  }
  constexpr std::string_view kMagic{"SQLite format 3", 16};  // with its final NUL
  if (std::string_view(bytes.data(), static_cast<std::size_t>(size)).substr(0, 16) != kMagic) {
    refuse(path, "is not a study: not an SQLite database; give another file");
  }
  return {.is_wal = bytes[18] == 2};
}

// RFC 3986 for SQLite's file: URIs.
std::string uri_of(const std::string& path, const std::string& query) {
  std::string uri = path.starts_with("/") ? "file://" : "file:";
  for (const char c : path) {
    uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<int>(c))
                                            : std::string(1, c);
  }
  return query.empty() ? uri : uri + '?' + query;
}

// A reader leaves no trace. A database in WAL mode makes that hard, since SQLite would make a -wal
// and a -shm file for it.
std::unique_ptr<Connection> open_for_reading(const std::string& path, const Header& header) {
  const bool has_wal = access((path + "-wal").c_str(), F_OK) == 0;
  const bool has_shm = access((path + "-shm").c_str(), F_OK) == 0;
  if (has_wal && has_shm) {  // somebody has it open, or was killed
    return std::make_unique<Connection>(uri_of(path, "readonly_shm=1"), path, SQLITE_OPEN_READONLY);
  }
  if (has_wal) {  // nobody has it open: the -shm is kept in memory, and nothing needs locks
    auto connection =
        std::make_unique<Connection>(uri_of(path, "vfs=unix-none"), path, SQLITE_OPEN_READONLY);
    sqlite3_db_config(connection->get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    connection->execute("PRAGMA locking_mode = EXCLUSIVE");
    return connection;
  }
  // Without a -wal the file itself is all there is.
  return std::make_unique<Connection>(uri_of(path, header.is_wal ? "immutable=1" : ""), path,
                                      SQLITE_OPEN_READONLY);
}

}  // namespace

std::unique_ptr<Connection> open_database(const std::string& path, OpenMode mode) {
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : ".";
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  Header header;
  if (fs::is_directory(status)) {
    refuse(path, "is a folder; give the name of a file in it");
  }
  if (fs::exists(status)) {
    header = read_header(path, mode);
  } else {
    check_missing_file(path, folder, mode);
  }
  refuse_network(path, folder);
  if (mode == OpenMode::read_only) {
    return open_for_reading(path, header);
  }
  const int create = mode == OpenMode::create ? SQLITE_OPEN_CREATE : 0;
  auto connection =
      std::make_unique<Connection>(uri_of(path, ""), path, SQLITE_OPEN_READWRITE | create);
  // SQLite opens these all the same, and fails later.
  const bool writable = sqlite3_db_readonly(connection->get(), "main") == 0 &&
                        faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) == 0;
  if (!writable) {
    connection->fail(SQLITE_READONLY);
  }
  return connection;
}

}  // namespace autoglm
