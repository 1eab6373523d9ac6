// `autoglm merge`: the shards of a study become one.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "cli/study_report.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"
#include "search_space/spec_document.h"

namespace autoglm {
namespace {

struct ShardFile {
  std::string path{};
  StudyRecord record{};
  std::vector<Trial> trials{};
};

ShardFile read_shard(const std::string& path) {
  const StudyFile file = open_study_file(path, "", OpenMode::read_only);
  ShardFile shard{.path = path, .record = file.record, .trials = file.storage->trials(file.record)};
  if (shard.record.spec_json.empty()) {
    throw UsageError(fmt::format(
        "{}: has no spec of autoglm, so it is no shard; take the files that tune --shard made",
        path));
  }
  return shard;
}

/// What shards of one study have in common.
std::string identity_of(const ShardFile& shard) {
  const SpecRoot spec = read_spec(shard.record.spec_json, shard.path);
  std::string text = shard.record.name;
  for (const char* key : {"metric", "metrics", "parameters"}) {
    const SpecNode* const node = spec->member(key);
    text += node == nullptr ? "|" : "|" + to_json(*node);
  }
  return text;
}

void check_alike(const std::vector<ShardFile>& shards) {
  for (const ShardFile& shard : shards) {
    if (identity_of(shard) != identity_of(shards.front())) {
      throw UsageError(fmt::format(
          "{}: is of another study than {} (name, metric or parameters differ); merge shards of "
          "one spec",
          shard.path, shards.front().path));
    }
  }
}

/// Events are numbered anew, in the order of their times.
std::int64_t number_events(std::vector<Trial>& trials) {
  struct Moment {
    TimeNs time = 0;
    std::int64_t* sequence = nullptr;
  };
  std::vector<Moment> moments;
  for (Trial& trial : trials) {
    moments.push_back({.time = trial.created, .sequence = &trial.asked_sequence});
    for (Report& report : trial.reports) {
      moments.push_back({.time = report.time, .sequence = &report.sequence});
    }
    if (is_finished(trial.state)) {
      moments.push_back({.time = trial.finished, .sequence = &trial.finished_sequence});
    }
  }
  std::stable_sort(moments.begin(), moments.end(),
                   [](const Moment& a, const Moment& b) { return a.time < b.time; });
  std::int64_t next = 0;
  for (const Moment& moment : moments) {
    *moment.sequence = next++;
  }
  for (Trial& trial : trials) {
    trial.seen = trial.asked_sequence;
  }
  return next;
}

/// All trials, numbered in the order in which they began. What still waits or runs is left out.
std::vector<Trial> merged_trials(std::vector<ShardFile>& shards) {
  std::vector<Trial> merged;
  for (ShardFile& shard : shards) {
    std::copy_if(std::make_move_iterator(shard.trials.begin()),
                 std::make_move_iterator(shard.trials.end()), std::back_inserter(merged),
                 [](const Trial& trial) { return is_finished(trial.state); });
  }
  std::stable_sort(merged.begin(), merged.end(),
                   [](const Trial& a, const Trial& b) { return a.created < b.created; });
  for (std::size_t i = 0; i < merged.size(); ++i) {
    merged[i].number = static_cast<std::int64_t>(i);
  }
  return merged;
}

void write_study(const std::string& path, StudyRecord record, std::vector<Trial> trials) {
  const SpecRoot spec = read_spec(record.spec_json, record.name);
  const SearchSpace space = parse_search_space(*spec->member("parameters"), nullptr, nullptr);
  const std::unique_ptr<Storage> storage = open_sqlite(path, OpenMode::create);
  const std::int64_t sequence = number_events(trials);
  record.id = 0;
  record.sequence = sequence;
  record.max_trials = static_cast<std::int64_t>(trials.size());
  record.shard.clear();
  record.merged = *record.max_trials;
  record.ended = "merged";
  record = storage->create(record);
  std::vector<TrialWrite> writes;
  for (const Trial& trial : trials) {
    TrialWrite write{.trial = &trial, .created = true};
    for (const Report& report : trial.reports) {
      write.reports.push_back(&report);
    }
    writes.push_back(std::move(write));
  }
  storage->write(record, space, writes, sequence);
  storage->close();
}

}  // namespace

int run_merge(const MergeOptions& options) {
  if (std::filesystem::exists(options.output)) {
    throw UsageError(fmt::format("{}: is there already; name a new file first, then the shards",
                                 options.output));
  }
  std::vector<ShardFile> shards;
  for (const std::string& path : options.inputs) {
    shards.push_back(read_shard(path));
  }
  check_alike(shards);
  std::vector<Trial> trials = merged_trials(shards);
  const std::string counts = counts_text(count_trials(trials));
  WholeFile file(options.output);
  write_study(file.path(), shards.front().record, std::move(trials));
  file.commit();
  write_for_people(fmt::format("{}: {} shards; {}\n", options.output, shards.size(), counts));
  write_stdout(fmt::format("more: autoglm report {}\n", options.output));
  return exit_done;
}

}  // namespace autoglm
