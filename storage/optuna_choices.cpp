#include "storage/optuna_choices.h"

#include <algorithm>

#include "storage/json_text.h"
#include "storage/optuna_rows.h"

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
  if (is_proper_beginning(distribution_from_json(before).choices, choice.choices)) {
    Statement(connection_,
              "UPDATE trial_params SET distribution_json = ? WHERE param_name = ? "
              "AND distribution_json = ? "
              "AND trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)")
        .run(distribution_json(choice), parameter, before, study_id_);
  }
}

}  // namespace autoglm
