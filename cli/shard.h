// `tune --shard i/n`: a study that several machines run without talking, each its share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/spec.h"

namespace autoglm {

/// "2/4": the second of four. Throws UsageError.
Share parse_shard(const std::string& text);
/// The same the other way; empty for the share that is the whole.
std::string shard_text(const Share& share);
/// What shard_text wrote.
Share share_of(const std::string& shard);

/// Makes of `spec` the share: its part of `initial`, its own seed and, unless --study is given, its
/// own file, NAME.shard-I-of-N.db. `trials` becomes its part of the budget; of a grid it is the
/// grid's points that are shared, and the budget stays. Throws UsageError where nothing is left
/// for it.
void take_share(const Share& share, StudySpec& spec, StudyOptions& options,
                std::optional<std::int64_t>& trials);

}  // namespace autoglm
