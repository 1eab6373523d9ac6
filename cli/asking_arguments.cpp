#include "cli/asking_arguments.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "cli/argument_parts.h"
#include "cli/commands.h"
#include "cli/inspecting_arguments.h"

namespace autoglm {
void add_storage_options(CLI::App& app, StudyOptions& options) {
  one_value(app.add_option("--study", options.study,
                           "the study's file (default: NAME.db beside the spec)"))
      ->type_name("FILE.db");
  app.add_option("--seed", options.seed,
                 "the seed of a new study (default: the spec's, else drawn)")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 53));
  one_value(app.add_option(
                "--numerics", options.numerics,
                "how models are computed: the same on every machine, or as fast as this one can"))
      ->check(CLI::IsMember({"auto", "baseline"}));
}

void add_beginning_options(CLI::App& app, StudyOptions& options) {
  mirrored(app.add_flag("--new-study", options.new_study, "begin NAME-2 in the same file"));
  mirrored(app.add_flag("--take-over", options.take_over,
                        "run trials again that another program left running"));
}

void add_stdio(CLI::App& app, StdioOptions& options) {
  CLI::App& stdio =
      add_command(app, "stdio", R"(echo '{"ask": 1}' | autoglm stdio study.json)",
                  "Asks and tells as a conversation: a JSON object a line in, one a line out.");
  add_spec_options(stdio, options.study);
  add_storage_options(stdio, options.study);
  add_beginning_options(stdio, options.study);
}

void add_ask(CLI::App& app, AskOptions& options) {
  CLI::App& ask =
      add_command(app, "ask", "autoglm ask study.json --count 4",
                  "Gives out suggestions, a JSON object a line; tell what came of them.");
  add_spec_options(ask, options.study);
  add_storage_options(ask, options.study);
  one_value(ask.add_option("--count", options.count, "how many suggestions"))
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}));
  one_value(ask.add_option(
                "--lease", options.lease,
                "give them out again when they were not told after this time: 90s, 10m, 2h, 1d"))
      ->type_name("DURATION");
}

void add_tell(CLI::App& app, TellOptions& options) {
  CLI::App& tell = add_command(app, "tell", "autoglm tell study.db 4 0.31",
                               "Tells what became of a trial that `ask` gave out, or its reports.");
  add_study_file(tell, options.study);
  add_trial_number(tell, options.trial);
  tell.add_option("value", options.value, "the value of the study's metric")->type_name("VALUE");
  tell.add_option("--values", options.values,
                  R"(several metrics by their names: '{"loss": 0.2, "ms": 7}')")
      ->type_name("JSON");
  tell.add_option("--state", options.state,
                  "complete (the default), pruned, failed, infeasible or abandoned")
      ->type_name("STATE");
  tell.add_option("--reason", options.reason, "why, kept with the trial")->type_name("TEXT");
  tell.add_option("--step", options.step,
                  "a report in between, at this step. Exit status 0: go on; 10: stop now")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 53));
  add_study_name(tell, options.study_name);
}

void add_enqueue(CLI::App& app, EnqueueOptions& options) {
  CLI::App& enqueue = add_command(app, "enqueue", R"(autoglm enqueue study.db '{"lr": 0.01}')",
                                  "Puts a configuration before those that the searcher proposes.");
  add_study_file(enqueue, options.study);
  enqueue
      .add_option("configuration", options.configuration,
                  "parameters and their values; the searcher fills in those that are missing")
      ->type_name("JSON")
      ->required();
  add_study_name(enqueue, options.study_name);
}

}  // namespace autoglm
