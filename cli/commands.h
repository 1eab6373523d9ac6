// The commands: what each is told, and what runs it. Their flags are in arguments.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace autoglm {

/// A mistake in how the program was called; what() is the line that the user reads. Exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What every command that opens a study by its spec understands.
struct StudyOptions {
  std::string spec{};              // path of the spec
  std::string study{};             // --study; empty: NAME.db beside the spec
  std::vector<std::string> set{};  // --set KEY=VALUE
  std::optional<std::uint64_t> seed{};
  std::string searcher{};        // --searcher; empty: the spec's
  std::string numerics{"auto"};  // --numerics
  bool new_study = false;
  bool take_over = false;
};

struct TuneOptions {
  StudyOptions study{};
  std::optional<std::int64_t> trials{};
  std::optional<std::int64_t> more{};
  std::string time{};  // a duration; empty: the spec's
  std::optional<int> parallel{};
  std::string trial_dir{};
  bool json = false;
  std::string progress{"auto"};
  std::vector<std::string> asserts{};
  std::string shard{};  // --shard: "2/4"; empty: the whole study
};
int run_tune(const TuneOptions& options);

struct ValidateOptions {
  StudyOptions study{};
  bool json = false;
  bool run = false;  // --run: one real trial
};
int run_validate(const ValidateOptions& options);

struct PreviewOptions {
  StudyOptions study{};
  std::int64_t count = 5;  // suggestions
  bool json = false;
};
int run_preview(const PreviewOptions& options);

struct InitOptions {
  std::vector<std::string> command{};  // the program and its arguments
  std::string name{};                  // empty: the script's
  std::string metric{"loss"};
  std::string goal{"minimize"};
};
int run_init(const InitOptions& options);

struct ReportOptions {
  std::string study{};  // path
  std::string study_name{};
  std::int64_t top = 10;
  bool top_given = false;
  std::string format{"table"};
  std::string output{};
  std::vector<std::string> asserts{};
  std::string baseline{};        // --baseline: path of another report; empty: none
  std::string max_regression{};  // how much worse than it is allowed; empty: nothing
  std::string junit{};           // --junit: path; empty: none
};
int run_report(const ReportOptions& options);

struct ExportOptions {
  std::string study{};  // path
  std::string study_name{};
  std::string to{};      // "csv", "jsonl", "optuna-sqlite"
  std::string output{};  // empty: standard output
};
int run_export(const ExportOptions& options);

struct ImportOptions {
  std::string source{};      // path: a database of Optuna, or a sweep of W&B
  std::string study_name{};  // of the database's studies
  std::string study{};       // --study: the file to make; empty: NAME.db
  std::string output{};      // of the spec; empty: standard output
};
int run_import(const ImportOptions& options);

struct MergeOptions {
  std::string output{};               // path of the file to make
  std::vector<std::string> inputs{};  // paths of the shards
  std::string study_name{};           // which study, where a shard's file has several
};
int run_merge(const MergeOptions& options);

struct StdioOptions {
  StudyOptions study{};  // study.study may be ":memory:"
};
int run_stdio(const StdioOptions& options);

struct AskOptions {
  StudyOptions study{};
  std::int64_t count = 1;
  std::string lease{};  // a duration; empty: none
};
int run_ask(const AskOptions& options);

struct TellOptions {
  std::string study{};  // path
  std::string study_name{};
  std::int64_t trial = 0;
  std::optional<std::string> value{};
  std::string values{};  // JSON
  std::string state{};
  std::string reason{};
  std::optional<std::int64_t> step{};
};
int run_tell(const TellOptions& options);

struct EnqueueOptions {
  std::string study{};  // path
  std::string study_name{};
  std::string configuration{};  // JSON
};
int run_enqueue(const EnqueueOptions& options);

struct ExplainOptions {
  std::string study{};  // path
  std::string study_name{};
  std::int64_t trial = 0;
  bool json = false;
};
int run_explain(const ExplainOptions& options);

struct RerunOptions {
  std::string study{};  // path
  std::string study_name{};
  std::int64_t trial = 0;
  bool json = false;
};
int run_rerun(const RerunOptions& options);

struct TailOptions {
  std::string study{};  // path
  std::string study_name{};
  std::int64_t trial = 0;
};
int run_tail(const TailOptions& options);

struct StudiesOptions {
  std::string study{};  // path
  bool json = false;
};
int run_studies(const StudiesOptions& options);

struct DbCheckOptions {
  std::string study{};  // path
};
int run_db_check(const DbCheckOptions& options);

struct TrainOptions {
  std::string trial{};      // path of the section with its values
  std::string directory{};  // --dir: where checkpoints are; empty: as a trial, the attempt's
  std::optional<std::uint64_t> seed{};
};
int run_train(const TrainOptions& options);

struct DevicesOptions {
  bool json = false;
};
int run_devices(const DevicesOptions& options);

struct DoctorOptions {
  bool json = false;                // --json
  bool gpu = false;                 // --gpu: compare its operations with the CPU's
  std::vector<std::string> only{};  // --only: operations whose names hold one of these
};
int run_doctor(const DoctorOptions& options);

struct LogOptions {
  std::vector<std::string> metrics{};  // KEY=VALUE
  std::optional<std::int64_t> step{};
};
int run_log(const LogOptions& options);

}  // namespace autoglm
