// A study as its file has it, its parts built anew: to derive again what it decided. Writes
// nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/opened_study.h"
#include "cli/spec.h"
#include "optimizer/history.h"
#include "optimizer/pruners/rule.h"

namespace autoglm {

struct StoredStudy {
  StudySpec spec;
  History history;
};

/// `path` is for messages. Throws UsageError where the study has no spec, StorageError.
StoredStudy load_stored_study(const StudyFile& file, const std::string& path);

/// The searcher section that the study goes on with: `auto` stays what it was resolved to.
SpecRoot stored_searcher(const StudyRecord& record);

/// What the study's rule says of a trial at its report with this event number, by what was known
/// then. REQUIRES: there is such a trial and such a report.
struct Judgement {
  Verdict verdict{};
  std::optional<Comparison> comparison{};
};
Judgement judgement_at(const StoredStudy& study, std::int64_t trial, std::int64_t event);

/// The choice of a trial, made once more by what the study knew then.
struct DerivedChoice {
  std::string problem{};  // why it cannot be derived; then there is nothing else
  Configuration configuration{};
  std::string why{};
};
DerivedChoice derived_choice(const StoredStudy& study, const StudyRecord& record,
                             const Trial& trial);

/// What the study's searcher adds to a trial's `why`: one JSON object, or empty. A study that was
/// imported has no searcher before a command of ours goes on with it.
std::string searcher_details(const StoredStudy& study, const StudyRecord& record,
                             const Trial& trial);

}  // namespace autoglm
