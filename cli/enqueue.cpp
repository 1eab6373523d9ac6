// `autoglm enqueue`: a configuration that is tried before what the searcher proposes.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "cli/spec.h"
#include "search_space/random.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::milliseconds kPoll{10};

Configuration read_configuration(const EnqueueOptions& options, const SearchSpace& space) {
  Configuration configuration =
      parse_configuration(*read_spec(options.configuration, "autoglm enqueue"), space);
  if (const auto problem = space.problem_with(configuration, SearchSpace::Completeness::partial)) {
    throw UsageError("autoglm enqueue: " + *problem);
  }
  return configuration;
}

Trial waiting_trial(Configuration configuration, const SearchSpace& space) {
  const bool is_whole =
      !space.problem_with(configuration, SearchSpace::Completeness::whole).has_value();
  return {.configuration = std::move(configuration),
          .partial = !is_whole,
          .origin = TrialOrigin::enqueued,
          .created = time_now()};
}

/// Where it stands now: a trial that the holder began under the same number moved it behind.
Trial find_again(const StudyFile& file, std::int64_t number, TimeNs created) {
  for (;; ++number) {
    std::optional<Trial> trial = file.storage->find_trial(file.record, number);
    if (!trial) {
      throw StorageError(fmt::format("the trial that was enqueued is gone; run this again"));
    }
    if (trial->created == created) {
      return *std::move(trial);
    }
  }
}

/// The number that it keeps: once whoever held the study at its arrival took it in, or is gone.
std::int64_t settled_number(const StudyFile& file, std::int64_t number, TimeNs created) {
  const std::optional<std::string> holder = file.storage->holder_of(file.record);
  const auto began = std::chrono::steady_clock::now();
  while (holder && file.storage->holder_of(file.record) == holder) {
    const Trial trial = find_again(file, number, created);
    const bool is_settled = trial.asked_sequence >= 0;
    if (is_settled || std::chrono::steady_clock::now() - began > kPatience) {
      return trial.number;
    }
    std::this_thread::sleep_for(kPoll);
  }
  return find_again(file, number, created).number;
}

}  // namespace

int run_enqueue(const EnqueueOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_write);
  const StudySpec spec = stored_spec(file.record, options.study);
  const Trial trial = waiting_trial(read_configuration(options, spec.space), spec.space);
  const std::int64_t number = file.storage->append(file.record, trial);
  JsonWriter json;
  json.begin_object().key("enqueued").begin_object().key("trial");
  json.integer(settled_number(file, number, trial.created)).end_object().end_object();
  write_stdout(json.take() + '\n');
  return exit_done;
}

}  // namespace autoglm
