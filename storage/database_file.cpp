#include "storage/database_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "storage/network_file_system.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

// With its final NUL.
constexpr std::string_view kMagic("SQLite format 3\0", 16);

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw StorageError(fmt::format("{}: {}", path, what));
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

void check_missing_file(const std::string& path, OpenMode mode) {
  if (mode != OpenMode::create) {
    refuse(path, "there is no such file; see that the name is right");
  }
  const fs::path folder = folder_of(path);
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    refuse(path, fmt::format("there is no folder \"{0}\"; make it (mkdir -p {0}), or give another "
                             "--study",
                             folder.string()));
  }
}

// Whether a database is in WAL mode. Refuses what is none, by its first hundred bytes.
bool is_in_wal_mode(const std::string& file, const std::string& path, OpenMode mode) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    refuse(path, fmt::format("cannot be read ({}); see that the file and its folder may be read",
                             std::strerror(errno)));
  }
  std::array<char, 100> bytes{};
  const ssize_t size = read(descriptor, bytes.data(), bytes.size());
  close(descriptor);
  if (size < 0) {
    refuse(path, fmt::format("cannot be read ({}); check the disk", std::strerror(errno)));
  }
  if (size == 0) {
    if (mode != OpenMode::create) {
      refuse(path, "is not a study: the file is empty; see that the name is right");
    }
    return false;
  }
  if (!std::string_view(bytes.data(), static_cast<std::size_t>(size)).starts_with(kMagic)) {
    refuse(path, "is not a study: not an SQLite database; give another file");
  }
  return bytes[18] == 2;
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

// What SQLite keeps beside a database in WAL mode.
struct Companions {
  bool wal = false;
  bool shm = false;
  bool operator==(const Companions&) const = default;
};

Companions companions_of(const std::string& file) {
  return {.wal = access((file + "-wal").c_str(), F_OK) == 0,
          .shm = access((file + "-shm").c_str(), F_OK) == 0};
}

bool may_write(const fs::path& file) {
  return faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0 &&
         faccessat(AT_FDCWD, folder_of(file).c_str(), W_OK, AT_EACCESS) == 0;
}

// Whether a living process has a database in WAL mode open: it holds a lock on its -shm file. To
// ask by fcntl one would have to open that file, and closing it would let go of this process's own.
bool is_in_use(const std::string& file) {
  struct stat status {};
  if (stat((file + "-shm").c_str(), &status) != 0) {
    return false;
  }
  const std::string inode =
      fmt::format(" {:02x}:{:02x}:{} ", major(status.st_dev), minor(status.st_dev), status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find(inode) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// A reader leaves no trace. A database in WAL mode makes that hard, since SQLite makes a -wal and a
// -shm file for it.
std::unique_ptr<Connection> open_without_trace(const std::string& file, const std::string& path,
                                               const Companions& companions, bool is_wal) {
  const auto open = [&](const char* query) {
    return std::make_unique<Connection>(uri_of(file, query), path, SQLITE_OPEN_READONLY);
  };
  if (companions.wal && companions.shm) {  // its writer was killed, or may not be joined
    return open("readonly_shm=1");
  }
  if (companions.wal) {  // nobody has it open: the -shm is kept in memory, and nothing needs locks
    auto connection = open("vfs=unix-none");
    sqlite3_db_config(connection->get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    connection->execute("PRAGMA locking_mode = EXCLUSIVE");
    return connection;
  }
  return open(is_wal ? "immutable=1" : "");  // the file itself is all there is
}

// Like one that writes, which alone keeps readers and writers apart at all times: it takes away the
// files that it made.
std::unique_ptr<Connection> open_as_peer(const std::string& file, const std::string& path) {
  auto connection = std::make_unique<Connection>(uri_of(file, ""), path, SQLITE_OPEN_READWRITE);
  connection->execute("PRAGMA query_only = ON");
  return connection;
}

std::unique_ptr<Connection> open_for_reading(const std::string& file, const std::string& path) {
  constexpr int kTries = 100;
  constexpr int kLeaving = 10;
  for (int i = 1;; ++i) {
    const Companions before = companions_of(file);
    const bool is_wal = is_in_wal_mode(file, path, OpenMode::read_only);
    if (is_wal && may_write(file)) {
      if (!before.wal || is_in_use(file)) {
        return open_as_peer(file, path);
      }
      if (i <= kLeaving) {  // what a writer that ends is about to take away, perhaps
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
    }
    auto connection = open_without_trace(file, path, before, is_wal);
    sqlite3_exec(connection->get(), "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr);
    // A writer that began or ended meanwhile may have made this the wrong way to open it.
    if (companions_of(file) == before || i == kTries) {
      return connection;
    }
    connection.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::unique_ptr<Connection> open_for_writing(const fs::path& file, const std::string& path,
                                             OpenMode mode) {
  const int create = mode == OpenMode::create ? SQLITE_OPEN_CREATE : 0;
  auto connection =
      std::make_unique<Connection>(uri_of(file, ""), path, SQLITE_OPEN_READWRITE | create);
  // SQLite opens what it cannot write all the same, and fails later.
  if (sqlite3_db_readonly(connection->get(), "main") != 0 || !may_write(file)) {
    connection->fail(SQLITE_READONLY);
  }
  return connection;
}

}  // namespace

bool is_database(const std::string& path) {
  std::array<char, kMagic.size()> begin{};
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) &&
         std::ifstream(path, std::ios::binary).read(begin.data(), begin.size()) &&
         std::string_view(begin.data(), begin.size()) == kMagic;
}

std::unique_ptr<Connection> open_database(const std::string& path, OpenMode mode) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) {
    refuse(path, "is a folder; give the name of a file in it");
  }
  fs::path file = path;
  if (fs::exists(status)) {
    is_in_wal_mode(path, path, mode);
    file = fs::canonical(path);  // the -wal of a link lies beside what it links to
  } else {
    check_missing_file(path, mode);
  }
  const std::string network = network_file_system(fs::exists(status) ? file : folder_of(file));
  if (!network.empty()) {
    refuse(path, fmt::format("is on a network file system ({}), where SQLite cannot keep two "
                             "machines apart; put the study on a local disk",
                             network));
  }
  if (mode == OpenMode::read_only) {
    return open_for_reading(file, path);
  }
  return open_for_writing(file, path, mode);
}

}  // namespace autoglm
