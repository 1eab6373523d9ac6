// Files that hold what a test writes.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "trainer/nn/data/data_error.h"
#include "trainer/nn/data/dataset.h"

namespace autoglm::nn {

/// A folder that is gone with the object.
class DataFolder {
 public:
  DataFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "autoglm-data-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~DataFolder() { std::filesystem::remove_all(path_); }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  /// The path of a file that holds `bytes`.
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path(name);
  }

  /// The line that a user would read, without the folder; empty where there is no mistake.
  std::string mistake_in(const DataSpec& spec) const {
    try {
      open_dataset(spec);
    } catch (const DataError& error) {
      std::string text = error.what();
      for (std::size_t at = text.find(path("")); at != std::string::npos;
           at = text.find(path(""))) {
        text.erase(at, path("").size());
      }
      return text;
    }
    return {};
  }

 private:
  std::filesystem::path path_{};
};

/// Stored features of a row.
inline std::vector<float> features_of(const Dataset& data, Row row) {
  RowBuffers buffers;
  std::vector<float> features(static_cast<std::size_t>(data.sample().count()));
  data.read(row, buffers, features.data());
  return features;
}

/// Features of a row as a network gets them, fitted on `training`.
inline std::vector<float> standard_features_of(const Dataset& data, const Standardization& standard,
                                               Row row) {
  std::vector<float> x = features_of(data, row);
  standard.apply(x.data(), std::ssize(x), x.data());
  return x;
}

}  // namespace autoglm::nn
