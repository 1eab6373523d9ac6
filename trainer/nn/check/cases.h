// The operations that are compared, with shapes that have ones, odd sizes and tails.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "trainer/nn/check/trial_run.h"

namespace autoglm::nn {

struct Case {
  std::string operation{};  // of Backend
  std::string shape{};      // for people
  DType type = DType::f32;  // the working type
  std::function<void(TrialRun&)> run{};
};

/// All cases of all operations in all types.
std::vector<Case> all_cases();

void add_product_cases(DType type, std::vector<Case>& cases);
void add_array_cases(DType type, std::vector<Case>& cases);
void add_norm_cases(DType type, std::vector<Case>& cases);
void add_loss_cases(DType type, std::vector<Case>& cases);
void add_update_cases(DType type, std::vector<Case>& cases);

inline std::string text_of(const Shape& shape) {
  std::string text;
  for (std::int32_t i = 0; i < shape.rank; ++i) {
    text += (i == 0 ? "" : "x") + std::to_string(shape[i]);
  }
  return text;
}

}  // namespace autoglm::nn
