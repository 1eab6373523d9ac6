// The file in which the check of a GPU is kept: one for each GPU, driver and build.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "trainer/launch/file_descriptor.h"
#include "trainer/nn/check/check_record.h"

namespace autoglm {

class KeptCheck {
 public:
  /// gpu-IDENTITY-CHECKSUM.json in cache_folder(), the checksum of all that `of` has.
  explicit KeptCheck(nn::CheckedDevice of);

  const nn::CheckedDevice& of() const { return of_; }
  /// Empty: there is no folder to keep it in.
  const std::string& path() const { return path_; }

  struct Found {
    std::optional<nn::CheckRecord> record{};
    std::string problem{};  // why the file that is there is of no use, one line; else empty
  };
  /// Never throws for what a file holds.
  Found read() const;

  /// Whole or not at all, with its folder. Throws OutputError.
  void write(const nn::CheckRecord& record) const;

  /// One process at a time checks; it is over when the answer is destroyed. Waits until `stop` says
  /// so, and tells once, on stderr, that another process checks the `device` (its name). No
  /// descriptor: stopped, or no file can be locked there, and then each is on its own.
  FileDescriptor take_turn(const std::function<bool()>& stop, std::string_view device) const;

 private:
  nn::CheckedDevice of_;
  std::string path_{};
};

}  // namespace autoglm
