// `autoglm preview`: what a study would begin with, and what its budget means; starts nothing.
#include <fmt/format.h>

#include <cmath>

#include "cli/assemble.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/output.h"
#include "cli/own_program.h"
#include "cli/text.h"
#include "cli/trial_json.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"
#include "optimizer/pruners/catalog.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

/// Where asha looks at trials, if all that start get there: of the budget, how many go on.
struct Rung {
  std::int64_t step = 0;
  std::optional<double> trials{};  // that reach it; nothing: no budget in trials
};

struct Preview {
  OpenStudy& open;
  std::optional<std::uint64_t> seed{};  // that the user gave
  std::vector<std::int64_t> trials{};
  std::vector<Rung> rungs{};
  std::string pruner{};
  std::string pruner_options{};
  std::optional<std::int64_t> runs{};       // of the program: trials times seeds
  std::optional<double> steps{};            // expected in all
  std::optional<double> steps_unpruned{};   // without early stopping
  std::optional<double> longest_seconds{};  // if every run took its whole time-out
};

/// Rungs of successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning",
/// 2020): min_steps · reduction^k below max_steps; 1 of `reduction` goes on from each.
std::vector<Rung> rung_plan(const SpecNode& options, std::optional<std::int64_t> trials) {
  constexpr int kShownWithoutEnd = 5;
  const SpecNode* const first = options.member("min_steps");
  const SpecNode* const reduction = options.member("reduction");
  const SpecNode* const last = options.member("max_steps");
  std::vector<Rung> rungs;
  if (first == nullptr || reduction == nullptr) {
    return rungs;
  }
  const bool has_end = last != nullptr && last->is(SpecNode::Kind::integer);
  auto reaching = trials ? std::optional(static_cast<double>(*trials)) : std::nullopt;
  std::int64_t step = first->integer;
  while (has_end ? step < last->integer : rungs.size() < kShownWithoutEnd) {
    rungs.push_back({.step = step, .trials = reaching});
    if (step > (std::int64_t{1} << 53) / reduction->integer) {
      break;
    }
    step *= reduction->integer;
    if (reaching) {
      *reaching = std::max(1.0, *reaching / static_cast<double>(reduction->integer));
    }
  }
  if (has_end) {
    rungs.push_back({.step = last->integer, .trials = reaching});
  }
  return rungs;
}

/// Steps that the plan spends: each trial goes to the rung where it stops.
std::optional<double> steps_of(const std::vector<Rung>& rungs) {
  double steps = 0;
  std::int64_t before = 0;
  for (const Rung& rung : rungs) {
    if (!rung.trials) {
      return std::nullopt;
    }
    steps += *rung.trials * static_cast<double>(rung.step - before);
    before = rung.step;
  }
  return rungs.empty() ? std::nullopt : std::optional(steps);
}

void add_cost(Preview& preview) {
  const StudySpec& spec = preview.open.spec;
  const auto budget = preview.open.study->history().max_trials();
  const PrunerChoice pruner = make_pruner(spec.early_stopping);
  preview.pruner = pruner.name;
  preview.pruner_options = pruner.options;
  const SpecRoot options = read_spec(pruner.options, "early_stopping");
  preview.rungs = rung_plan(*options, budget);
  const bool has_end = options->member("max_steps") != nullptr &&
                       options->member("max_steps")->is(SpecNode::Kind::integer);
  if (budget && has_end) {
    preview.steps = steps_of(preview.rungs);
    preview.steps_unpruned = static_cast<double>(*budget * options->member("max_steps")->integer);
  }
  if (spec.trial == nullptr || !budget) {
    preview.runs = budget;
    return;
  }
  const CommandSpec command = parse_trial(*spec.trial, spec.space, spec.directory, own_program());
  preview.runs = *budget * command.seeds;
  if (command.timeout_seconds) {
    preview.longest_seconds =
        std::ceil(static_cast<double>(*preview.runs) / static_cast<double>(spec.parallel)) *
        *command.timeout_seconds;
  }
}

std::string rungs_text(const std::vector<Rung>& rungs) {
  std::string text = rungs.empty() ? "" : "rungs:\n";
  for (const Rung& rung : rungs) {
    text += fmt::format(
        "  step {}{}\n", rung.step,
        rung.trials ? fmt::format(": about {:.0f} trials get there", *rung.trials) : "");
  }
  return text;
}

std::string cost_text(const Preview& preview) {
  const StudySpec& spec = preview.open.spec;
  std::string text = preview.runs ? fmt::format("budget: {} runs of the program, {} at a time",
                                                *preview.runs, spec.parallel)
                                  : std::string("budget: no max_trials");
  if (spec.timeout_seconds) {
    text += fmt::format(", at most {}", short_duration(*spec.timeout_seconds));
  }
  if (preview.steps) {
    text += fmt::format("\nsteps: about {:.0f}; {:.0f} without early stopping", *preview.steps,
                        *preview.steps_unpruned);
  }
  if (preview.longest_seconds) {
    text += fmt::format("\nlongest: {}, if every run took its whole time-out",
                        short_duration(*preview.longest_seconds));
  }
  return text + "\n`autoglm validate --run` measures how long one takes\n";
}

std::string as_text(const Preview& preview) {
  const OpenStudy& open = preview.open;
  std::string text = fmt::format(
      "study: {}\nsearcher: {}\nseed: {}\n", printable(open.record.name), open.record.searcher,
      preview.seed ? std::to_string(*preview.seed) : "none given; tune draws one");
  for (const std::int64_t number : preview.trials) {
    const Trial& trial = *open.study->history().find(number);
    text += fmt::format("trial {}:\n{}", number, parameters_text(trial.configuration));
  }
  return text + fmt::format("early stopping: {}\n", preview.pruner) + rungs_text(preview.rungs) +
         cost_text(preview);
}

void write_suggestions(JsonWriter& json, const Preview& preview) {
  json.begin_array();
  for (const std::int64_t number : preview.trials) {
    const Trial& trial = *preview.open.study->history().find(number);
    json.begin_object().key("trial").integer(number);
    json.key("params").configuration(trial.configuration);
    json.key("seed").unsigned_integer(trial.seed);
    json.key("origin").text(to_string(trial.origin)).end_object();
  }
  json.end_array();
}

void write_rungs(JsonWriter& json, const std::vector<Rung>& rungs) {
  json.begin_array();
  for (const Rung& rung : rungs) {
    json.begin_object().key("step").integer(rung.step);
    write_optional(json.key("trials"), rung.trials);
    json.end_object();
  }
  json.end_array();
}

std::string as_json(const Preview& preview) {
  const OpenStudy& open = preview.open;
  JsonWriter json;
  json.begin_object().key("schema_version").integer(1);
  json.key("study").text(open.record.name).key("searcher").text(open.record.searcher);
  json.key("seed");
  preview.seed ? json.unsigned_integer(*preview.seed) : json.null();
  write_suggestions(json.key("suggestions"), preview);
  json.key("early_stopping").begin_object().key("type").text(preview.pruner);
  json.key("options").raw(preview.pruner_options);
  write_rungs(json.key("rungs"), preview.rungs);
  json.end_object().key("budget").begin_object();
  const auto whole = [&json](const char* key, const std::optional<std::int64_t>& number) {
    json.key(key);
    number ? json.integer(*number) : json.null();
  };
  whole("max_trials", open.study->history().max_trials());
  whole("runs", preview.runs);
  json.key("parallel").integer(open.spec.parallel);
  write_optional(json.key("timeout_s"), open.spec.timeout_seconds);
  write_optional(json.key("steps"), preview.steps);
  write_optional(json.key("steps_without_early_stopping"), preview.steps_unpruned);
  write_optional(json.key("longest_s"), preview.longest_seconds);
  return json.end_object().end_object().take() + "\n";
}

}  // namespace

int run_preview(const PreviewOptions& options) {
  StudyOptions in_memory = options.study;
  in_memory.study = ":memory:";
  const auto open = open_study(load_spec(in_memory), in_memory, {.command = "preview"});
  Preview preview{.open = *open, .seed = options.study.seed ? options.study.seed : open->spec.seed};
  for (std::int64_t i = 0; i < options.count; ++i) {
    const Study::Answer answer = open->study->ask();
    if (const auto* given = std::get_if<Study::Given>(&answer)) {
      preview.trials.push_back(given->trial);
    } else {
      break;
    }
  }
  add_cost(preview);
  if (options.json) {
    write_stdout(as_json(preview));
  } else {
    write_for_people(as_text(preview));
  }
  return exit_done;
}

}  // namespace autoglm
