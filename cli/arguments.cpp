#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/argument_parts.h"
#include "cli/asking_arguments.h"
#include "cli/command_text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/inspecting_arguments.h"
#include "cli/output.h"
#include "cli/spec.h"
#include "cli/spec_schema.h"
#include "cli/study_arguments.h"
#include "cli/version.h"
#include "cli/wrapped_text.h"
#include "search_space/spec_document.h"

namespace autoglm {
namespace {

struct AllOptions {
  TuneOptions tune{};
  ReportOptions report{};
  ValidateOptions validate{};
  StdioOptions stdio{};
  TrainOptions train{};
  LogOptions log{};
  DevicesOptions devices{};
  DoctorOptions doctor{};
  ExportOptions exported{};
  ImportOptions imported{};
  InitOptions init{};
  MergeOptions merge{};
  std::string shell{};  // of completion
  PreviewOptions preview{};
  AskOptions ask{};
  TellOptions tell{};
  EnqueueOptions enqueue{};
  ExplainOptions explain{};
  RerunOptions rerun{};
  TailOptions tail{};
  StudiesOptions studies{};
  DbCheckOptions db_check{};
};

void add_tune(CLI::App& app, TuneOptions& options) {
  CLI::App& tune = add_command(app, "tune", "autoglm tune study.json --parallel 4",
                               "Runs a study to its budget; the same command again resumes it.");
  add_spec_options(tune, options.study);
  add_storage_options(tune, options.study);
  add_beginning_options(tune, options.study);
  one_value(tune.add_option("--trials", options.trials, "trials in all"))
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  one_value(tune.add_option("--more", options.more, "trials beyond what is there"))
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  one_value(tune.add_option("--time", options.time, "stop after this time: 90s, 10m, 2h, 1d"))
      ->type_name("DURATION");
  one_value(tune.add_option("--parallel", options.parallel, "trials at a time"))
      ->check(CLI::Range(1, kMostParallel));
  one_value(tune.add_option("--trial-dir", options.trial_dir,
                            "where trials run (default: STUDY.trials beside the study)"))
      ->type_name("DIR");
  mirrored(tune.add_flag("--json", options.json, "print events as JSON lines"));
  one_value(tune.add_option("--progress", options.progress, "what to show on standard error"))
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  one_value(tune.add_option("--shard", options.shard,
                            "run this share of the study, of so many; merge joins them"))
      ->type_name("I/N");
  tune.add_option("--assert", options.asserts,
                  "exit 6 unless this holds for the best trial: 'loss < 0.1'")
      ->type_name("EXPR")
      ->allow_extra_args(false);
}

void add_validate(CLI::App& app, ValidateOptions& options) {
  CLI::App& validate = add_command(app, "validate", "autoglm validate study.json",
                                   "Checks a spec and prints what it resolves to; starts nothing.");
  add_spec_options(validate, options.study);
  mirrored(validate.add_flag("--json", options.json, "print one JSON object"));
  mirrored(validate.add_flag("--run", options.run,
                             "run one real trial outside any study, and show what it reported"));
}

void add_preview(CLI::App& app, PreviewOptions& options) {
  CLI::App& preview = add_command(
      app, "preview", "autoglm preview study.json",
      "Shows the first suggestions, the rung plan, the cost of the budget; starts nothing.");
  add_spec_options(preview, options.study);
  preview.add_option("--seed", options.study.seed, "instead of the spec's")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 53));
  one_value(preview.add_option("--count", options.count, "suggestions, as if none had ended"))
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}));
  mirrored(preview.add_flag("--json", options.json, "print one JSON object"));
}

void add_init(CLI::App& app, InitOptions& options) {
  CLI::App& init =
      add_command(app, "init", "autoglm init -- python3 train.py --lr 0.01 > study.json",
                  "Drafts a spec from a command line: its numbers become ranges to edit.");
  init.add_option("command", options.command, "the program and its arguments, behind --");
  one_value(init.add_option("--name", options.name, "of the study (default: the script's)"));
  one_value(init.add_option("--metric", options.metric, "what the program reports"));
  one_value(init.add_option("--goal", options.goal, "what is good"))
      ->check(CLI::IsMember({"minimize", "maximize"}));
}

void add_train(CLI::App& app, TrainOptions& options) {
  CLI::App& train =
      add_command(app, "train", "autoglm train trial.json",
                  "Trains a network as a trial of kind \"train\" would; reports as lines of JSON.");
  train.add_option("trial", options.trial, "the trial's section, with values filled in")
      ->type_name("TRIAL.json")
      ->required();
  one_value(
      train.add_option("--dir", options.directory,
                       "where checkpoints are written; the same command again goes on from there"))
      ->type_name("DIR");
  train
      .add_option("--seed", options.seed, "of weights, order and dropout (default: the section's)")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 53));
}

void add_log(CLI::App& app, LogOptions& options) {
  CLI::App& log =
      add_command(app, "log", "autoglm log loss=0.31 --step 4",
                  "Inside a trial: reports metrics. Exit status 0: go on; 10: stop now.");
  log.add_option("metrics", options.metrics, "metrics and their values")
      ->type_name("KEY=VALUE")
      ->required();
  log.add_option("--step", options.step, "the step (default: the one after the metric's last)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 53));
}

void add_devices(CLI::App& app, DevicesOptions& options) {
  CLI::App& devices = add_command(app, "devices", "autoglm devices",
                                  "Shows what trials can compute on: the CPU, NVIDIA's GPUs.");
  mirrored(devices.add_flag("--json", options.json, "print one JSON object"));
}

void add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App& doctor =
      add_command(app, "doctor", "autoglm doctor --gpu",
                  "Checks that what is there works; exit status 9 if a GPU does not.");
  mirrored(doctor.add_flag("--gpu", options.gpu,
                           "compare each operation of the GPU with the CPU's on random numbers"));
  mirrored(doctor.add_flag("--json", options.json, "print one JSON object"));
  doctor.add_option("--only", options.only, "only operations whose names hold this; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false);
}

/// Commands that print a text of the program's own.
void add_texts(CLI::App& app, std::string& shell) {
  CLI::App& completion =
      add_command(app, "completion", "source <(autoglm completion bash)",
                  "Prints what makes a shell complete autoglm's commands and flags.");
  completion.add_option("shell", shell, "whose script")
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  add_command(app, "schema", "autoglm schema > autoglm.schema.json",
              "Prints the JSON Schema of specs, for editors that complete and check them.");
  add_command(app, "manual", "autoglm manual | man -l -", "Prints the manual page.");
}

int print(const std::string& text) {
  write_stdout(text);
  return exit_done;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names.push_back(command->get_name());
  }
  return names;
}

std::string commands_text(const CLI::App& app) {
  std::string text = "Commands:\n";
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    text += fmt::format("  {:<10} {}\n", command->get_name(), summary_of(*command));
  }
  return text + "\n`autoglm COMMAND --help` says more.";
}

/// "; did you mean \"--trials\"?" for a mistyped flag of the command that was named.
std::string flag_hint(const CLI::App& app, const std::string& word) {
  std::vector<std::string> flags{"--help"};
  const auto named = app.get_subcommands();
  for (const CLI::Option* option : (named.empty() ? &app : named.front())->get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  if (const auto meant = did_you_mean(word.substr(0, word.find('=')), flags)) {
    return fmt::format("; did you mean \"{}\"?", *meant);
  }
  return !named.empty() && named.front()->get_name() == "init"
             ? "; write -- before the command: autoglm init -- python3 train.py --lr 0.01"
             : "; see --help";
}

/// `place`: "autoglm", or with the command whose own commands `words` begin with.
void check_command_name(const CLI::App& app, const std::string& place,
                        const std::vector<std::string>& words) {
  const auto names = command_names(app);
  if (words.empty() || words[0].empty()) {
    throw UsageError(
        fmt::format("{}: a command is missing; one of {}", place, fmt::join(names, ", ")));
  }
  const std::string& word = words[0];
  if (word[0] == '-') {
    return;
  }
  if (std::find(names.begin(), names.end(), word) == names.end()) {
    const auto meant = did_you_mean(word, names);
    throw UsageError(meant
                         ? fmt::format("{}: no command is called \"{}\"; did you mean \"{}\"?",
                                       place, word, *meant)
                         : fmt::format("{}: no command is called \"{}\"; there {} {}", place, word,
                                       names.size() == 1 ? "is" : "are", fmt::join(names, ", ")));
  }
  const CLI::App& command = *app.get_subcommand(word);
  if (!command_names(command).empty()) {
    check_command_name(command, place + " " + word, {words.begin() + 1, words.end()});
  }
}

/// What stands behind `--` in `autoglm init -- COMMAND` is the program's, whatever it looks like
/// and whichever options precede it; CLI11 reads it as its own where one does. Takes it off `argc`.
std::vector<std::string> take_command(int& argc, char** argv) {
  char** const end = argv + argc;
  if (argc < 2 || std::string_view(argv[1]) != "init") {
    return {};
  }
  char** const mark = std::find(argv, end, std::string_view("--"));
  argc = static_cast<int>(mark - argv);
  return mark == end ? std::vector<std::string>{} : std::vector<std::string>(mark + 1, end);
}

std::string named_command(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? "autoglm" : "autoglm " + parsed.front()->get_name();
}

/// The first flag that nobody takes; empty: there is none. Where something required is missing too,
/// it is the one that was mistyped.
std::string unknown_flag(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining(true);
  const auto flag = std::find_if(words.begin(), words.end(),
                                 [](const std::string& word) { return word.starts_with("--"); });
  return flag != words.end() ? *flag : "";
}

/// CLI11's complaint in our form: place, value, rule, remedy on one line.
[[noreturn]] void usage_error(const CLI::App& app, const CLI::ParseError& error) {
  std::string message = error.what();
  for (char& c : message) {
    c = c == '\n' ? ' ' : c;
  }
  std::string hint = "; see --help";
  const bool has_extras = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const bool is_short = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const std::string mistyped = is_short ? unknown_flag(app) : "";
  if (has_extras || !mistyped.empty()) {
    const std::string word = has_extras ? message.substr(message.rfind(' ') + 1) : mistyped;
    message = fmt::format("unknown argument \"{}\"", word);
    hint = flag_hint(app, word);
  }
  throw UsageError(fmt::format("{}: {}{}", named_command(app), message, hint));
}

/// Nothing when the call is complete; else the exit status of --help or --version, printed.
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    write_for_people(app.help());  // of the command, if one was named
  } catch (const CLI::CallForVersion&) {
    write_stdout(fmt::format("{}\n", kVersion));
  } catch (const CLI::ParseError& error) {
    usage_error(app, error);
  }
  return exit_done;
}

bool is_given(const std::string& flag, int argc, char** argv) {
  return std::any_of(argv, argv + argc, [&flag](const std::string_view argument) {
    return argument == flag || argument.starts_with(flag + "=");
  });
}

/// --trials and --more exclude each other; a flag wins over the other's mirror in the environment.
void settle_budget(TuneOptions& options, int argc, char** argv) {
  if (!options.trials || !options.more) {
    return;
  }
  const bool trials = is_given("--trials", argc, argv);
  if (trials == is_given("--more", argc, argv)) {
    throw UsageError("autoglm tune: --trials and --more exclude each other; give one of them");
  }
  trials ? options.more.reset() : options.trials.reset();
}

void add_commands(CLI::App& app, AllOptions& options) {
  add_tune(app, options.tune);
  add_report(app, options.report);
  add_validate(app, options.validate);
  add_stdio(app, options.stdio);
  add_train(app, options.train);
  add_log(app, options.log);
  add_devices(app, options.devices);
  add_doctor(app, options.doctor);
  add_export(app, options.exported);
  add_import(app, options.imported);
  add_init(app, options.init);
  add_merge(app, options.merge);
  add_preview(app, options.preview);
  add_texts(app, options.shell);
  add_ask(app, options.ask);
  add_tell(app, options.tell);
  add_enqueue(app, options.enqueue);
  add_explain(app, options.explain);
  add_tail(app, options.tail);
  add_rerun(app, options.rerun);
  add_studies(app, options.studies);
  add_db(app, options.db_check);
}

/// The command that the user named, by its exit status.
int run_named(const CLI::App& app, const AllOptions& options) {
  const std::map<std::string, std::function<int()>> commands{
      {"ask", [&] { return run_ask(options.ask); }},
      {"completion", [&] { return print(completion_script(app, options.shell)); }},
      {"db", [&] { return run_db_check(options.db_check); }},
      {"devices", [&] { return run_devices(options.devices); }},
      {"doctor", [&] { return run_doctor(options.doctor); }},
      {"enqueue", [&] { return run_enqueue(options.enqueue); }},
      {"explain", [&] { return run_explain(options.explain); }},
      {"export", [&] { return run_export(options.exported); }},
      {"import", [&] { return run_import(options.imported); }},
      {"init", [&] { return run_init(options.init); }},
      {"log", [&] { return run_log(options.log); }},
      {"manual", [&] { return print(manual_page(app)); }},
      {"merge", [&] { return run_merge(options.merge); }},
      {"preview", [&] { return run_preview(options.preview); }},
      {"report", [&] { return run_report(options.report); }},
      {"rerun", [&] { return run_rerun(options.rerun); }},
      {"schema", [&] { return print(spec_schema()); }},
      {"stdio", [&] { return run_stdio(options.stdio); }},
      {"studies", [&] { return run_studies(options.studies); }},
      {"tail", [&] { return run_tail(options.tail); }},
      {"tell", [&] { return run_tell(options.tell); }},
      {"train", [&] { return run_train(options.train); }},
      {"tune", [&] { return run_tune(options.tune); }},
      {"validate", [&] { return run_validate(options.validate); }},
  };
  return commands.at(app.get_subcommands().front()->get_name())();
}

}  // namespace

int run_command_line(int argc, char** argv) {
  AllOptions options;
  CLI::App app{
      "Example: autoglm tune study.json\n\n"
      "Tunes hyperparameters of any program, so that no run is lost."};
  app.name("autoglm");
  app.set_version_flag("--version", kVersion);
  add_commands(app, options);
  app.footer(commands_text(app));
  check_command_name(app, "autoglm", {argv + std::min(argc, 1), argv + argc});
  const std::vector<std::string> command = take_command(argc, argv);
  app.require_subcommand(1);
  if (const auto status = parse(app, argc, argv)) {
    return *status;
  }
  options.init.command.insert(options.init.command.end(), command.begin(), command.end());
  settle_budget(options.tune, argc, argv);
  return run_named(app, options);
}

}  // namespace autoglm
