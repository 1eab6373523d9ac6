// A folder for a trial that is run outside any study.
#pragma once

#include <string>

namespace autoglm {

/// Where temporary files are kept ($TMPDIR, else /tmp). Throws OutputError unless it is there.
std::string temporary_folder();

/// A new folder autoglm-PURPOSE-… where temporary files are kept. What a trial wrote there stays,
/// for whoever was told its name; a folder in which nothing was begun goes.
class TemporaryDirectory {
 public:
  /// Makes it. Throws OutputError.
  explicit TemporaryDirectory(const std::string& purpose);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace autoglm
