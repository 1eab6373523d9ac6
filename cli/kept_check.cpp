#include "cli/kept_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "cli/cache_folder.h"
#include "cli/output.h"
#include "trainer/nn/run/crc64.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPeriod{100};

std::string file_name(const nn::CheckedDevice& of) {
  const std::string all =
      fmt::format("{}\n{}\n{}\n{}\n{}", of.identity, of.driver, of.libraries, of.build, of.program);
  return fmt::format("gpu-{}-{:016x}.json", of.identity, nn::crc64(std::as_bytes(std::span(all))));
}

}  // namespace

KeptCheck::KeptCheck(nn::CheckedDevice of) : of_(std::move(of)) {
  if (const std::string folder = cache_folder(); !folder.empty()) {
    path_ = fs::path(folder) / file_name(of_);
  }
}

KeptCheck::Found KeptCheck::read() const {
  std::error_code error;
  if (path_.empty() || !fs::exists(path_, error)) {
    return {};
  }
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    return {.problem = fmt::format("{}: cannot be read", path_)};
  }
  try {
    nn::CheckRecord record = nn::parse_check_record(text);
    if (record.of != of_) {
      return {.problem = fmt::format("{}: is the check of another GPU, driver or build", path_)};
    }
    return {.record = std::move(record)};
  } catch (const std::runtime_error& damage) {
    return {.problem = fmt::format("{}: is damaged: {}", path_, damage.what())};
  }
}

void KeptCheck::write(const nn::CheckRecord& record) const {
  if (path_.empty()) {
    throw OutputError("neither XDG_CACHE_HOME nor HOME is an absolute path; set one of them");
  }
  std::error_code error;
  fs::create_directories(fs::path(path_).parent_path(), error);
  if (error) {
    throw OutputError(
        fmt::format("{}: cannot be made: {}; set XDG_CACHE_HOME to a folder that may be written",
                    fs::path(path_).parent_path().string(), error.message()));
  }
  WholeFile file(path_);
  file.write(nn::to_json(record) + "\n");
  file.commit();
}

FileDescriptor KeptCheck::take_turn(const std::function<bool()>& stop,
                                    std::string_view device) const {
  if (path_.empty()) {
    return {};
  }
  std::error_code ignored;
  fs::create_directories(fs::path(path_).parent_path(), ignored);
  FileDescriptor file(::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  bool told = false;
  while (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK || stop()) {
      return {};
    }
    if (!told) {
      write_stderr(fmt::format("waiting for another process, which checks {}\n", device));
      told = true;
    }
    std::this_thread::sleep_for(kPeriod);
  }
  return file;
}

}  // namespace autoglm
