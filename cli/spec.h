// A spec as a whole: the keys of its top level; every section goes to the folder that owns it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "optimizer/objective.h"
#include "optimizer/searchers/share.h"
#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "search_space/spec_key.h"
#include "storage/storage.h"

namespace autoglm {

/// A spec that was read and checked. The nodes belong to `root`.
struct StudySpec {
  std::string path{};       // as the user gave it
  std::string directory{};  // absolute; where the spec lies
  std::string text{};       // as the user wrote it
  SpecRoot root{};          // with --set and --searcher applied
  std::string name{};
  SearchSpace space{};
  Objective objective;
  const SpecNode* searcher = nullptr;        // null: not given
  const SpecNode* early_stopping = nullptr;  // null: not given
  const SpecNode* trial = nullptr;           // null: not given
  std::optional<std::int64_t> max_trials{};
  std::optional<std::int64_t> max_failures{};
  std::optional<double> timeout_seconds{};
  std::optional<std::uint64_t> seed{};
  int parallel = 1;
  Share share{};  // of the study, --shard
  std::vector<Configuration> initial{};
  std::vector<std::string> notes{};  // for people: what is allowed but may surprise
};

/// Reads the spec of `options` and applies its overrides. Checks the sections that the middle owns,
/// the searcher's and the rule's options included; `trial` is the runner's. Throws SpecError,
/// UsageError.
StudySpec load_spec(const StudyOptions& options);

/// What a spec may have at its top level. The schemas refer to definitions of metrics, parameters,
/// searcher, early_stopping and trial.
std::vector<SpecKey> spec_keys();

/// The spec that a study was last run with. Its `directory` is empty: that is not stored. Throws
/// UsageError where there is none, or none that this version can read.
StudySpec stored_spec(const StudyRecord& record, const std::string& study_path);

/// Where the study of `spec` is kept: --study, or NAME.db beside the spec. Throws UsageError when
/// the name is not fit for a file name.
std::string study_path(const StudySpec& spec, const StudyOptions& options);

inline constexpr int kMostParallel = 1024;

}  // namespace autoglm
