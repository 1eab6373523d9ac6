// Whether a study that is there can go on with a spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/spec.h"
#include "optimizer/models/numerics.h"
#include "storage/storage.h"

namespace autoglm {

/// Prints what changed in the spec since the study was begun, a line each on standard error. Throws
/// UsageError when one of the changes must not be.
void show_changes(const StudyRecord& record, const StudySpec& spec, const std::string& path);

/// A study that another program made has no spec: its directions must be those of the spec's
/// metrics, and the values that its trials had must be of the kinds of the spec's parameters.
/// Throws UsageError.
void check_foreign_study(const StudyRecord& record, const std::vector<Trial>& trials,
                         const StudySpec& spec, const std::string& path);

/// The seed that the study goes on with: another one than it was begun with is a UsageError, unless
/// it has no trials yet. A spec whose seed did not change asks for nothing.
void settle_seed(StudyRecord& record, const StudySpec& spec, std::optional<std::uint64_t> given,
                 bool has_trials, const std::string& path);

/// The share that the study goes on with: the one it was begun with, so that --shard need not be
/// given again. Another one than that is a UsageError, unless it has no trials yet.
void settle_share(StudyRecord& record, StudySpec& spec, bool has_trials, const std::string& path);

/// The numerics path that the study goes on with: the one it was begun with, unless `given` is
/// "baseline" or this processor lacks it. Prints where digits will differ from now on.
NumericsPath settle_numerics(StudyRecord& record, const std::string& given, bool has_trials,
                             const std::string& path);

}  // namespace autoglm
