// Optuna wants one list of choices for a parameter throughout a study; a spec may gain choices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "search_space/parameter.h"
#include "storage/sqlite.h"

namespace autoglm {

class OptunaChoices {
 public:
  OptunaChoices(Connection& connection, std::int64_t study_id);

  /// To be called before a value of the parameter is written. Where earlier trials have the list
  /// without its last choices they get the whole one; their indices keep their meaning.
  void extend(const std::string& parameter, const Choice& choice);

 private:
  Connection& connection_;
  std::int64_t study_id_ = 0;
  std::map<std::string, std::size_t> checked_{};  // parameters and how many choices they had
  Statement latest_;
};

}  // namespace autoglm
