// `autoglm merge`: the shards of a study become one.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "cli/shard.h"
#include "cli/study_file.h"
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

ShardFile read_shard(const std::string& path, const std::string& study_name) {
  const StudyFile file = open_study_file(path, study_name, OpenMode::read_only);
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

/// A shard that is named twice, or is part of another file, would count its trials twice.
void check_apart(const std::vector<ShardFile>& shards) {
  std::map<std::tuple<TimeNs, std::uint64_t, std::string>, std::string> paths;
  for (const ShardFile& shard : shards) {
    for (const Trial& trial : shard.trials) {
      const auto [known, is_new] = paths.try_emplace(
          {trial.created, trial.seed, configuration_key(trial.configuration)}, shard.path);
      if (!is_new) {
        throw UsageError(fmt::format(
            "{}: its trial {} is in {}, too; name each shard once, and none that was merged into "
            "another file",
            shard.path, trial.number, known->second));
      }
    }
  }
}

/// The shards that were not given, counted from 1: "2, 3"; empty where none is missing, or where
/// a file is not one shard, so that nobody knows.
std::string missing_shards(const std::vector<ShardFile>& shards, std::int64_t count) {
  constexpr std::size_t kMostNamed = 20;
  std::set<std::int64_t> given;
  for (const ShardFile& shard : shards) {
    const Share share = share_of(shard.record.shard);
    if (share.count != count) {
      return "";
    }
    given.insert(share.index);
  }
  std::string missing;
  std::size_t named = 0;
  for (std::int64_t index = 0; index < count; ++index) {
    if (!given.contains(index)) {
      if (++named > kMostNamed) {
        return missing + ", …";
      }
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", index + 1);
    }
  }
  return missing;
}

void tell_missing(const std::vector<ShardFile>& shards, const std::string& output) {
  const std::int64_t count = share_of(shards.front().record.shard).count;
  if (const std::string missing = missing_shards(shards, count); !missing.empty()) {
    write_stderr(fmt::format("{}: is not the whole study: of {} shards these are missing: {}\n",
                             output, count, missing));
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
    shards.push_back(read_shard(path, options.study_name));
  }
  check_alike(shards);
  check_apart(shards);
  std::vector<Trial> trials = merged_trials(shards);
  const std::string counts = counts_text(count_trials(trials));
  WholeFile file(options.output);
  write_study(file.path(), shards.front().record, std::move(trials));
  file.commit();
  tell_missing(shards, options.output);
  write_for_people(fmt::format("{}: {} shards; {}\n", options.output, shards.size(), counts));
  write_stdout(fmt::format("more: {}\n", report_command(options.output)));
  return exit_done;
}

}  // namespace autoglm
