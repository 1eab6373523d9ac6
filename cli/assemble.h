// Builds a study out of its parts: spec, storage, strategies, history.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
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
  /// `ask`: done in a moment, so that the next one who opens the study waits for its end; and says
  /// nothing of what it finds.
  bool brief = false;
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

  /// What other programs did since the last call: trials that they enqueued, and ends of those that
  /// run elsewhere or are among `watched`, for Study::adopt. Leases that are over end here.
  std::vector<Trial> arrivals(const std::set<std::int64_t>& watched = {});

  /// This process's turn in the study's file, until the result is destroyed: meanwhile no other one
  /// adds a trial.
  std::shared_ptr<void> turn();

  /// Stores why this run ended, gives the study back and closes the file. Throws StorageError.
  void close(const std::string& ended);

 private:
  friend std::unique_ptr<OpenStudy> open_study(StudySpec, const StudyOptions&, const OpenRequest&);
  explicit OpenStudy(StudySpec s) : spec(std::move(s)) {}
  void requeue_overdue();
  bool held_ = false;
  std::chrono::steady_clock::time_point looked_for_overdue_{};
};

/// Opens or makes the study of `spec` when it is this process's turn: claims it, shows and stores
/// what changed in the spec, puts interrupted trials back to waiting, enqueues `initial` in a new
/// study. What people should know goes to stderr. Throws UsageError, SpecError, StorageError.
std::unique_ptr<OpenStudy> open_study(StudySpec spec, const StudyOptions& options,
                                      const OpenRequest& request);

/// Where attempts of the study's trials run, absolute: STUDY.trials beside the study's file, or
/// --trial-dir. Further studies of the same file have their name in it.
std::string trials_directory(const std::string& study_path, const std::string& study_name,
                             bool first_of_file, const std::string& trial_dir);

}  // namespace autoglm
