// Studies out of and into files that hold Optuna's tables alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search_space/parameter.h"
#include "storage/storage.h"

namespace autoglm {

/// The studies of a file of Optuna 2.10 to 5.0 (schemas v2.6.0.a to v3.2.0.a), or of autoglm. What
/// autoglm knew of a study that it had exported is filled in. Throws StorageError.
std::vector<StudyRecord> optuna_studies(const std::string& path);

/// One distribution that trials of a study drew a parameter from.
struct StoredDistribution {
  std::string parameter{};
  Domain domain{};
  std::int64_t trials = 0;  // that drew from it
  /// Choices that are no scalars, which a spec cannot have; they stay JSON texts in `domain`.
  bool has_odd_choices = false;
};
/// By first appearance.
std::vector<StoredDistribution> stored_distributions(const std::string& path,
                                                     const StudyRecord& study);

/// What of a study's rows has no place in a spec or in our tables.
struct OptunaExtras {
  std::int64_t heartbeats = 0;
  std::vector<std::string> study_attributes{};  // names: system attributes of the study
  std::vector<std::string> trial_attributes{};  // names: system attributes of its trials
};
OptunaExtras optuna_extras(const std::string& path, const StudyRecord& study);

/// Writes `study` of the file `from` as the only one to `to`, a new file of Optuna's current tables
/// and no others. REQUIRES: `to` is empty or missing. Throws StorageError.
void copy_to_optuna(const std::string& from, const StudyRecord& study, const std::string& to);

/// Adds what Optuna has no place for, as attributes: see travel_facts.h.
void add_travel_facts(const std::string& path, const StudyRecord& study,
                      const std::vector<Trial>& trials);

}  // namespace autoglm
