// Builds a study out of its parts: spec, storage, strategies, history.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/spec.h"
#include "optimizer/planner.h"
#include "optimizer/study.h"
#include "storage/recorder.h"
#include "storage/storage.h"

namespace autoglm {

/// What differs between the commands that hold a study.
struct OpenRequest {
  std::string command{};  // "tune", "stdio": shown to others who want the study
  std::int64_t guardian_pid = 0;
  std::optional<std::int64_t> trials{};  // --trials
  std::optional<std::int64_t> more{};    // --more
  StudySettings settings{};              // retries, seeds, …; seed and max_trials are filled in
  std::vector<StudyObserver*> observers{};  // told after the recorder; not owned
};

/// A study that this process holds, with all that it is made of. Destroyed: the study is given
/// back and the file left tidy.
class OpenStudy {
 public:
  ~OpenStudy();
  OpenStudy(const OpenStudy&) = delete;
  OpenStudy& operator=(const OpenStudy&) = delete;

  StudySpec spec;
  std::string path{};  // of the study's file; ":memory:" when nothing is kept
  std::unique_ptr<Storage> storage{};
  StudyRecord record{};
  bool is_new = false;
  /// Made by another program (Optuna), and not yet written to by us.
  bool is_foreign() const { return !is_new && record.uuid.empty(); }
  std::int64_t requeued = 0;      // interrupted trials that were put back to waiting
  std::int64_t external = 0;      // trials that run elsewhere and were left alone
  std::string searcher_reason{};  // why `auto` chose the searcher; empty when the user did
  std::unique_ptr<Planner> planner{};
  std::unique_ptr<Recorder> recorder{};
  std::unique_ptr<Study> study{};

  /// Stores why this run ended, gives the study back and closes the file. Throws StorageError.
  void close(const std::string& ended);

 private:
  friend std::unique_ptr<OpenStudy> open_study(StudySpec, const StudyOptions&, const OpenRequest&);
  explicit OpenStudy(StudySpec s) : spec(std::move(s)) {}
  bool held_ = false;
};

/// Opens or makes the study of `spec`: claims it, shows and stores what changed in the spec, puts
/// interrupted trials back to waiting, enqueues `initial` in a new study. What people should know
/// goes to stderr. Throws UsageError, SpecError, StorageError.
std::unique_ptr<OpenStudy> open_study(StudySpec spec, const StudyOptions& options,
                                      const OpenRequest& request);

/// Where attempts of the study's trials run, absolute: STUDY.trials beside the study's file, or
/// --trial-dir. Further studies of the same file have their name in it.
std::string trials_directory(const std::string& study_path, const std::string& study_name,
                             bool first_of_file, const std::string& trial_dir);

}  // namespace autoglm
