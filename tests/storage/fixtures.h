// Studies and trials to store.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "search_space/search_space.h"
#include "storage/storage.h"

namespace autoglm::testing {

/// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// lr: log_uniform [1e-5, 0.1]; layers: int [1, 8]; optimizer: "adam", "sgd"; momentum: uniform
/// [0.5, 0.99] when optimizer is sgd; batch: ordinal 16, 32, 64; dropout: uniform [0, 0.5], step
/// 0.05.
SearchSpace example_space();

/// "mnist", minimizing "loss", seed 7.
StudyRecord example_study();

/// A trial of example_space() that was given out, in its first attempt.
Trial running_trial(std::int64_t number);

/// The same, complete, with two reports.
Trial complete_trial(std::int64_t number);

/// A trial that waits for its turn with lr given.
Trial waiting_trial(std::int64_t number);

/// Writes trials with all their reports.
void write_trials(Storage& storage, const StudyRecord& study, const SearchSpace& space,
                  const std::vector<Trial>& trials, bool created = true);

/// The message of the StorageError that `action` throws; empty when it throws none.
template <typename Action>
std::string storage_error(const Action& action) {
  try {
    action();
  } catch (const StorageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace autoglm::testing
