#include "trainer/launch/attempt_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "trainer/launch/command_spec.h"

namespace autoglm {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void set_aside(const std::string& path) {
  std::string aside = path + ".old";
  for (int number = 2; ::access(aside.c_str(), F_OK) == 0; ++number) {
    aside = fmt::format("{}.old.{}", path, number);
  }
  if (std::rename(path.c_str(), aside.c_str()) != 0) {
    fail("cannot set aside " + path);
  }
}

void make_new_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) {
    return;
  }
  if (errno == EEXIST) {
    set_aside(path);
  } else {
    std::error_code error;  // the attempt below says what is wrong
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  }
  if (::mkdir(path.c_str(), 0777) != 0) {
    fail("cannot make " + path);
  }
}

FileDescriptor make_file(const std::string& path, int mode) {
  FileDescriptor file(::open(path.c_str(), mode | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) {
    fail("cannot make " + path);
  }
  return file;
}

void write_line(const std::string& path, const std::string& line) {
  const FileDescriptor file = make_file(path, O_WRONLY);
  if (write_all(file.get(), line + "\n") != 0) {
    fail("cannot write " + path);
  }
}

}  // namespace

AttemptDirectory make_attempt_directory(const std::string& path, const std::string& parameters,
                                        const std::string& section) {
  make_new_directory(path);
  write_line(path + "/params.json", parameters);
  if (!section.empty()) {
    write_line(path + "/" + kSectionFile, section);
  }
  return {.path = path,
          .output_log = make_file(path + "/stdout.log", O_RDWR),
          .error_log = make_file(path + "/stderr.log", O_RDWR),
          .metrics = make_file(path + "/metrics.jsonl", O_RDONLY)};
}

}  // namespace autoglm
