// A study's trials into Optuna's tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "search_space/search_space.h"
#include "storage/optuna_choices.h"
#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// Keeps its statements. Every method REQUIRES a transaction.
class OptunaWriter {
 public:
  OptunaWriter(Connection& connection, const StudyRecord& study);

  /// A row of `trials`.
  struct Row {
    std::int64_t trial_id = 0;
    std::string state{};
  };

  /// The number that a new trial gets: numbers are dense, and Optuna computes its own so.
  std::int64_t next_number();
  std::optional<Row> find(std::int64_t number);
  Row insert(std::int64_t number);

  /// Gives the row of `number` up to another trial: what stands there gets the next number and a
  /// new row. Returns that number.
  std::int64_t move_to_end(std::int64_t number, const Row& row);

  /// Everything of the trial, its state last: who sees the state sees the rest. A finished row is
  /// frozen, since Optuna never reads it again; only what a searcher learns from a trial that was
  /// told beside it comes later, as attributes.
  void put(const SearchSpace& space, const TrialWrite& write, const Row& row);

  /// A new attempt begins its reports anew.
  void drop_reports(std::int64_t trial_id);

 private:
  void put_params(const SearchSpace& space, const Trial& trial, std::int64_t trial_id);
  void put_reports(const TrialWrite& write, std::int64_t trial_id);
  void put_values(const Trial& trial, std::int64_t trial_id);
  void put_state(const Trial& trial, std::int64_t trial_id);

  Connection& connection_;
  std::int64_t study_id_ = 0;
  std::string metric_{};        // whose reports are Optuna's intermediate values
  std::size_t objectives_ = 1;  // intermediate values are for one
  std::unordered_map<std::int64_t, std::int64_t> trial_ids_{};  // by number
  OptunaChoices choices_;
  Statement last_;
  Statement by_id_;
  Statement by_number_;
  Statement insert_;
  Statement user_attribute_;
  Statement system_attribute_;
  Statement param_;
  Statement intermediate_;
  Statement drop_intermediate_;
  Statement value_;
  Statement state_;
};

}  // namespace autoglm
