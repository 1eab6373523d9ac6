#include "cli/assemble.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

#include "cli/output.h"
#include "cli/resume_checks.h"
#include "cli/stored_study.h"
#include "cli/version.h"
#include "optimizer/planners/search_and_prune.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/searchers/catalog.h"
#include "optimizer/summary.h"

namespace autoglm {
namespace {

void say(const std::string& line) { write_stderr(fmt::format("{}\n", line)); }

TimeNs now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::uint64_t drawn_seed() {
  std::random_device device;
  return device() & 0x7fffffffU;
}

/// "NAME-2", or the first free number after it.
std::string free_name(Storage& storage, const std::string& name) {
  for (int i = 2;; ++i) {
    std::string candidate = fmt::format("{}-{}", name, i);
    if (!storage.find(candidate)) {
      return candidate;
    }
  }
}

std::vector<std::string> metric_names(const StudySpec& spec) {
  std::vector<std::string> names;
  for (const Metric& metric : spec.objective.metrics()) {
    names.push_back(metric.name);
  }
  return names;
}

StudyRecord fresh_record(const StudySpec& spec, const StudyOptions& options) {
  StudyRecord record;
  record.name = spec.name;
  for (const Metric& metric : spec.objective.metrics()) {
    record.goals.push_back(metric.goal);
  }
  record.metric_names = metric_names(spec);
  record.spec_text = spec.text;
  record.spec_json = to_json(*spec.root);
  record.folder = spec.directory;
  record.version = kVersion;
  record.seed = options.seed ? *options.seed : spec.seed ? *spec.seed : drawn_seed();
  record.max_trials = spec.max_trials;
  record.created = now();
  return record;
}

bool is_auto(const SpecNode* searcher) {
  if (searcher == nullptr) {
    return true;
  }
  const SpecNode* type = searcher->is(SpecNode::Kind::object) ? searcher->member("type") : searcher;
  return type != nullptr && type->string == "auto";
}

SearcherChoice choose_searcher(const OpenStudy& o) {
  const SearcherContext context{.seed = o.record.seed,
                                .objectives = o.spec.objective.size(),
                                .parallel = o.spec.parallel,
                                .max_trials = o.spec.max_trials,
                                .share = o.spec.share};
  if (o.record.searcher.empty() || !is_auto(o.spec.searcher)) {
    return make_searcher(o.spec.searcher, o.spec.space, context);
  }
  const SpecRoot stored = stored_searcher(o.record);
  return make_searcher(stored.get(), o.spec.space, context);
}

void note_revision(const OpenStudy& o, const SearcherChoice& now_chosen) {
  if (now_chosen.name == o.record.searcher && o.record.searcher_revision != 0 &&
      now_chosen.revision != o.record.searcher_revision) {
    say(
        fmt::format("{}: the searcher {} has changed since this study was begun (revision {}, now "
                    "{}); it goes on with the new one",
                    o.path, now_chosen.name, o.record.searcher_revision, now_chosen.revision));
  }
}

/// Finds the study of the spec's name, or makes it. A changed spec is shown, or refused.
void find_or_create(OpenStudy& o, const StudyOptions& options) {
  StudyRecord fresh = fresh_record(o.spec, options);
  std::optional<StudyRecord> found = o.storage->find(fresh.name);
  if (found && options.new_study) {
    fresh.name = free_name(*o.storage, fresh.name);
    found.reset();
  }
  o.is_new = !found;
  o.record = found ? *found : o.storage->create(fresh);
  if (o.is_foreign()) {
    check_foreign_study(o.record, o.storage->trials(o.record), o.spec, o.path);
    o.record.seed = fresh.seed;
  }
}

/// Makes this process the holder; the record is then as its last holder left it.
void claim(OpenStudy& o, const OpenRequest& request) {
  const StudyRecord before = o.record;
  o.storage->claim(
      o.record,
      {.pid = ::getpid(), .guardian_pid = request.guardian_pid, .command = request.command});
  const std::optional<StudyRecord> found = o.storage->find(before.name);
  if (!found) {
    throw StorageError(
        fmt::format("{}: study \"{}\" was deleted meanwhile; run this again", o.path, before.name));
  }
  o.record = *found;
  o.record.metric_names = metric_names(o.spec);  // another program may have named them otherwise
  if (before.uuid.empty()) {
    o.record.seed = before.seed;  // made by another program: it had none
  }
}

void store_choices(OpenStudy& o, const SearcherChoice& searcher, const PrunerChoice& pruner,
                   std::optional<std::int64_t> max_trials) {
  const StudyRecord before = o.record;
  o.record.spec_text = o.spec.text;
  o.record.spec_json = to_json(*o.spec.root);
  o.record.folder = o.spec.directory;
  o.record.searcher = searcher.name;
  o.record.searcher_options = searcher.options;
  o.record.searcher_revision = searcher.revision;
  o.record.pruner = pruner.name;
  o.record.pruner_options = pruner.options;
  o.record.max_trials = max_trials;
  o.record.ended.clear();
  if (o.record != before) {
    o.record = o.storage->update(o.record);
  }
}

History load_history(OpenStudy& open, const StudyOptions& options) {
  History history(open.spec.space, open.spec.objective);
  for (Trial& trial : open.storage->trials(open.record)) {
    if (trial.state == TrialState::running && trial.external) {
      trial.external = !options.take_over;
      trial.partial =
          open.spec.space.problem_with(trial.configuration, SearchSpace::Completeness::whole)
              .has_value();
      open.external += options.take_over ? 0 : 1;
    }
    history.add(std::move(trial));
  }
  history.set_sequence(open.record.sequence);
  return history;
}

std::optional<std::int64_t> total_trials(const StudySpec& spec, const OpenRequest& request,
                                         const History& history) {
  if (request.more) {
    return count_trials(history.trials()).counted + *request.more;
  }
  return request.trials ? request.trials : spec.max_trials;
}

void requeue_interrupted(OpenStudy& open) {
  std::vector<std::int64_t> interrupted;
  for (const Trial& trial : open.study->history().trials()) {
    if (trial.state == TrialState::running && !trial.external) {
      interrupted.push_back(trial.number);
    }
  }
  for (const std::int64_t number : interrupted) {
    open.study->requeue(number, "interrupted");
  }
  open.requeued = static_cast<std::int64_t>(interrupted.size());
}

/// A mistyped --study must not scatter folders.
void require_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    throw UsageError(fmt::format("{}: there is no folder {}; make it, or correct --study", path,
                                 folder.string()));
  }
}

void tell_people(const OpenStudy& open) {
  if (open.requeued > 0) {
    say(fmt::format("{}: {} interrupted trial{} will run again", open.path, open.requeued,
                    open.requeued == 1 ? "" : "s"));
  }
  if (open.external > 0) {
    say(
        fmt::format("{}: {} trial{} running elsewhere (in Optuna, say) left alone; "
                    "--take-over runs them here",
                    open.path, open.external, open.external == 1 ? "" : "s"));
  }
}

}  // namespace

OpenStudy::~OpenStudy() {
  try {
    close("");
  } catch (const std::exception& error) {
    say(error.what());
  }
}

void OpenStudy::requeue_overdue() {
  constexpr std::chrono::seconds kBetween{1};
  const auto moment = std::chrono::steady_clock::now();
  if (moment - looked_for_overdue_ < kBetween) {
    return;
  }
  looked_for_overdue_ = moment;
  for (const std::int64_t number : storage->overdue(record, now())) {
    const Trial* const trial = study->history().find(number);
    if (trial != nullptr && trial->state == TrialState::running && trial->external) {
      study->requeue(number, "its lease was over");
    }
  }
}

std::vector<Trial> OpenStudy::arrivals(const std::set<std::int64_t>& watched) {
  requeue_overdue();
  if (!storage->may_have_arrived()) {
    return {};
  }
  std::vector<std::int64_t> open_elsewhere = study->external_trials();
  open_elsewhere.insert(open_elsewhere.end(), watched.begin(), watched.end());
  const auto known = static_cast<std::int64_t>(study->history().trials().size());
  return storage->arrived(record, known, open_elsewhere);
}

std::shared_ptr<void> OpenStudy::turn() {
  storage->take_turn();
  return {storage.get(), [](Storage* taken) { taken->end_turn(); }};
}

void OpenStudy::close(const std::string& ended) {
  if (!held_) {
    return;
  }
  held_ = false;
  if (study != nullptr) {
    study->flush();
  }
  if (!ended.empty()) {
    record.ended = ended;
    record = storage->update(record);
  }
  storage->release(record);
  storage->close();
}

std::unique_ptr<OpenStudy> open_study(StudySpec spec, const StudyOptions& options,
                                      const OpenRequest& request) {
  std::unique_ptr<OpenStudy> open(new OpenStudy(std::move(spec)));
  OpenStudy& o = *open;
  o.path = study_path(o.spec, options);
  require_folder(o.path);
  o.storage = o.path == ":memory:" ? make_memory_storage() : open_sqlite(o.path, OpenMode::create);
  o.storage->take_turn();
  find_or_create(o, options);
  const bool foreign = o.is_foreign();
  claim(o, request);
  o.held_ = true;
  if (!request.brief) {
    o.storage->end_turn();
  }
  if (!o.is_new && !foreign) {
    show_changes(o.record, o.spec, o.path);
  }
  History history = load_history(o, options);
  settle_share(o.record, o.spec, !history.trials().empty(), o.path);
  if (!foreign) {
    settle_seed(o.record, o.spec, options.seed, !history.trials().empty(), o.path);
  }
  use_numerics_path(settle_numerics(o.record, options.numerics, !history.trials().empty(), o.path));
  history.set_max_trials(total_trials(o.spec, request, history));

  SearcherChoice searcher = choose_searcher(o);
  note_revision(o, searcher);
  PrunerChoice pruner = make_pruner(o.spec.early_stopping);
  store_choices(o, searcher, pruner, history.max_trials());
  o.searcher_reason = searcher.reason;
  o.planner =
      make_search_and_prune(std::move(searcher.searcher), searcher.name, std::move(pruner.pruner));
  o.recorder = std::make_unique<Recorder>(*o.storage, o.record, o.spec.space);

  StudySettings settings = request.settings;
  settings.seed = o.record.seed;
  settings.max_trials = history.max_trials();
  settings.max_failures = o.spec.max_failures;
  std::vector<StudyObserver*> observers{o.recorder.get()};
  observers.insert(observers.end(), request.observers.begin(), request.observers.end());
  const bool is_empty = history.trials().empty();
  o.study = std::make_unique<Study>(settings, std::move(history), *o.planner, observers, now);
  if (is_empty) {
    for (const Configuration& configuration : o.spec.initial) {
      o.study->enqueue(configuration, TrialOrigin::initial);
    }
  }
  o.study->take_in_meanwhile();
  requeue_interrupted(o);
  o.requeue_overdue();
  o.study->flush();
  if (!request.brief) {
    tell_people(o);
  }
  return open;
}

std::string trials_directory(const std::string& study_path, const std::string& study_name,
                             bool first_of_file, const std::string& trial_dir) {
  namespace fs = std::filesystem;
  fs::path base = trial_dir;
  if (trial_dir.empty()) {
    const fs::path file = fs::absolute(study_path).lexically_normal();
    base = file.parent_path() / (file.stem().string() + ".trials");
  }
  if (first_of_file) {
    return fs::absolute(base).lexically_normal().string();
  }
  std::string suffix;  // another one for every name
  for (const char c : study_name) {
    suffix += c == '/' ? "%2F" : c == '%' ? "%25" : std::string(1, c);
  }
  return fs::absolute(base).lexically_normal().string() + "." + suffix;
}

}  // namespace autoglm
