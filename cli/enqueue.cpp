// `autoglm enqueue`: a configuration that is tried before what the searcher proposes.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "cli/spec.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

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

}  // namespace

int run_enqueue(const EnqueueOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_write);
  const StudySpec spec = stored_spec(file.record, options.study);
  const Trial trial = waiting_trial(read_configuration(options, spec.space), spec.space);
  file.storage->take_turn();  // else the holder may be about to use the number
  const std::int64_t number = file.storage->append(file.record, trial);
  file.storage->end_turn();
  JsonWriter json;
  json.begin_object().key("enqueued").begin_object().key("trial");
  json.integer(number).end_object().end_object();
  write_stdout(json.take() + '\n');
  return exit_done;
}

}  // namespace autoglm
