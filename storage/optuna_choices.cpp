#include "storage/optuna_choices.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/json_text.h"
#include "storage/optuna_rows.h"
#include "storage/storage.h"

namespace autoglm {
namespace {

bool is_proper_beginning(const std::vector<Value>& shorter, const std::vector<Value>& longer) {
  return !shorter.empty() && shorter.size() < longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin(), same_value);
}

}  // namespace

OptunaChoices::OptunaChoices(Connection& connection, std::int64_t study_id)
    : connection_(connection),
      study_id_(study_id),
      latest_(connection,
              "SELECT p.distribution_json FROM trials t "
              "JOIN trial_params p ON p.trial_id = t.trial_id "
              "WHERE t.study_id = ? AND p.param_name = ? ORDER BY t.trial_id DESC LIMIT 1") {}

void OptunaChoices::extend(const std::string& parameter, const Choice& choice) {
  std::size_t& checked = checked_[parameter];
  if (checked == choice.choices.size()) {
    return;
  }
  checked = choice.choices.size();
  if (!latest_.with(study_id_, parameter).step()) {
    return;
  }
  const std::string before(latest_.text(0));
  latest_.reset();
  const std::vector<Value> known = distribution_from_json(before).choices;
  const bool same = known.size() == choice.choices.size() &&
                    std::equal(known.begin(), known.end(), choice.choices.begin(), same_value);
  if (!same && !is_proper_beginning(known, choice.choices)) {
    // Optuna gives up a study whose choices changed.
    throw StorageError(fmt::format(
        "{}: the choices of \"{}\" are not those that the study has had; list them as they were, "
        "new ones at the end",
        connection_.path(), parameter));
  }
  if (!same) {
    Statement(connection_,
              "UPDATE trial_params SET distribution_json = ? WHERE param_name = ? "
              "AND distribution_json = ? "
              "AND trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)")
        .run(distribution_json(choice), parameter, before, study_id_);
  }
}

}  // namespace autoglm
