// Where studies are kept. SQLite is the default; see docs/storage.md for the tables.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/trial.h"
#include "search_space/search_space.h"

namespace autoglm {

/// A command cannot go on: locked, corrupt, incompatible, on a file system that cannot hold it,
/// full. what() is the line that a user reads; exit code 7.
class StorageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The study is held by a live process. A StorageError whose text names the holder.
class StudyHeldError : public StorageError {
 public:
  using StorageError::StorageError;
};

/// A study as stored. Members that only autoglm writes are empty for one that Optuna made.
struct StudyRecord {
  std::int64_t id = 0;  // of this file; not for keeping
  std::string name{};
  std::string uuid{};  // empty: made by another program, not yet written to by us
  std::vector<Goal> goals{};
  std::vector<std::string> metric_names{};  // empty or one a goal
  std::string spec_text{};                  // as the user wrote it
  std::string spec_json{};                  // comments gone, overrides applied
  std::string folder{};    // where the spec lay, absolute; empty: a file of an earlier autoglm
  std::string version{};   // of autoglm, when created
  std::string searcher{};  // resolved: never "auto"
  std::string searcher_options{};
  int searcher_revision = 0;
  std::string
      numerics{};  // the numerics path that computes its suggestions: "v4"; "" until one does
  std::string pruner{};
  std::string pruner_options{};
  std::uint64_t seed = 0;
  std::optional<std::int64_t> max_trials{};
  std::int64_t sequence = 0;  // the number of the next event
  std::string shard{};        // "2/4": the share that it is of a study; empty: a whole one
  std::int64_t merged = 0;    // so many of its first trials came from shards
  std::string ended{};  // why the last run ended: "max_trials", "interrupted", …; empty: it did not
  TimeNs created = 0;

  bool operator==(const StudyRecord&) const = default;
};

/// What changed of one trial since it was last written. `trial->reports` is not looked at.
struct TrialWrite {
  const Trial* trial = nullptr;
  bool created = false;                  // its row does not exist yet
  std::vector<const Report*> reports{};  // of its current attempt, new or replaced ones
};

/// Who tunes a study.
struct Holder {
  std::int64_t pid = 0;
  std::int64_t guardian_pid = 0;  // 0: none. Its trials live at most as long as this process does
  std::string command{};          // "tune", "stdio"
};

/// One file (or memory) with any number of studies. Used from one thread. Writes are idempotent by
/// (study, trial number) and durable when they return. Every method throws StorageError.
class Storage {
 public:
  virtual ~Storage() = default;

  virtual std::vector<StudyRecord> studies() = 0;
  virtual std::optional<StudyRecord> find(const std::string& name) = 0;

  /// Returns the record with id and uuid filled in. Throws when the name exists.
  virtual StudyRecord create(StudyRecord record) = 0;
  /// Writes what may change: spec, searcher, numerics, pruner, max_trials, shard, ended. Gives a
  /// study made by another program its uuid and side rows.
  virtual StudyRecord update(StudyRecord record) = 0;

  /// All trials by number, whole: attempts, reports, attributes. Of a study that Optuna made,
  /// values come from its distributions; its RUNNING trials are `external`.
  virtual std::vector<Trial> trials(const StudyRecord& study) = 0;

  /// Makes this process the holder. A live holder: StudyHeldError with its name. A dead one is
  /// taken over at once (after its guardian is gone, at most a few seconds): then the result is
  /// true, and trials left running are the caller's to requeue.
  virtual bool claim(const StudyRecord& study, const Holder& holder) = 0;
  virtual void release(const StudyRecord& study) = 0;
  /// For people, or nothing: who holds the study now.
  virtual std::optional<std::string> holder_of(const StudyRecord& study) = 0;

  /// One transaction: `sequence` becomes the study's next event number. `space` gives the
  /// distributions of the Optuna rows. Numbers are dense: a trial created is the next one.
  ///
  /// Another program may have put a trial into the file under the number of one created here, since
  /// trials() or arrived() was last called: then that one moves behind, to the next free number,
  /// and arrived() will name it. (One that another program already runs cannot move: StorageError.)
  /// So the caller need not ask before it chooses a number, only now and then.
  virtual void write(const StudyRecord& study, const SearchSpace& space,
                     std::span<const TrialWrite> writes, std::int64_t sequence) = 0;

  /// Waiting trials with numbers from `first` on, dense: enqueued by another program. Then those of
  /// `watched` that another program has ended. Each is told once, if the caller takes it in.
  virtual std::vector<Trial> arrived(const StudyRecord& study, std::int64_t first,
                                     std::span<const std::int64_t> watched) = 0;

  /// Whether another program wrote since arrived() was last asked. Cheap: may be asked before each
  /// new trial.
  virtual bool may_have_arrived() = 0;

  // --- beside whoever holds the study, in a transaction each ---

  /// The trial as it is now; nothing when there is none of this number.
  virtual std::optional<Trial> find_trial(const StudyRecord& study, std::int64_t number) = 0;

  /// Puts a waiting trial into the file under the next free number, which is returned. The holder
  /// finds it by arrived(). Without a turn the holder may be about to use that number, and move
  /// this one behind.
  virtual std::int64_t append(const StudyRecord& study, Trial trial) = 0;

  /// Changes a running trial and names those of its reports that are new or replaced. `sequence`
  /// numbers the event. What it throws passes through, and nothing is written.
  using Revision = std::function<std::vector<const Report*>(Trial& trial, std::int64_t sequence)>;
  /// The trial as revised; nothing when there is none of this number.
  virtual std::optional<Trial> revise(const StudyRecord& study, std::int64_t number,
                                      const Revision& revision) = 0;

  // --- trials that run elsewhere ---

  /// Until when whoever asked for these trials has them; 0: for good. May be said before the trials
  /// are written.
  virtual void lend(const StudyRecord& study, std::span<const std::int64_t> trials,
                    TimeNs until) = 0;
  /// Those that run elsewhere and were lent until `now` or before, ascending.
  virtual std::vector<std::int64_t> overdue(const StudyRecord& study, TimeNs now) = 0;

  // --- processes that add trials to a study take turns in it ---

  /// Waits until no other process of this machine has the turn, and takes it.
  virtual void take_turn() = 0;
  /// Done by close() and by the end of the process, too.
  virtual void end_turn() = 0;

  /// Checkpoints and leaves a single file behind. Also done, quietly, by the destructor.
  virtual void close() = 0;
};

/// Opens or creates (`create`) a study file. Throws StorageError: not a database, other tables,
/// another Optuna schema version, network file system, no permission, …
enum class OpenMode { read_only, read_write, create };
std::unique_ptr<Storage> open_sqlite(const std::string& path, OpenMode mode);

/// Nothing is kept.
std::unique_ptr<Storage> make_memory_storage();

}  // namespace autoglm
