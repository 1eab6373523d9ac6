#include "trainer/nn/check/cases.h"

namespace autoglm::nn {
namespace {

/// Of biases: without a working copy. Moments: SGD's 0 or 1, Adam's 2.
UpdateArrays bias_arrays(TrialRun& run, DType type, std::int64_t n, int moments) {
  return {.n = n,
          .master = run.floats_in_out("master", n),
          .gradient = run.floats(n),
          .first = moments > 0 ? run.floats_in_out("first", n, 0.1F) : nullptr,
          .second = moments > 1 ? run.floats_in_out("second", n, 0.01F, 0.1F) : nullptr,
          .working_type = type};
}
UpdateArrays weight_arrays(TrialRun& run, DType type, std::int64_t n, int moments) {
  UpdateArrays arrays = bias_arrays(run, type, n, moments);
  arrays.working = run.out("working", type, {n}).data;
  return arrays;
}

void add_bias_updates(DType type, std::int64_t n, std::vector<Case>& cases) {
  const std::string text = std::to_string(n) + " without a copy";
  for (const bool momentum : {false, true}) {
    cases.push_back({"sgd", text + (momentum ? "" : " or momentum"), type, [=](TrialRun& run) {
                       const UpdateArrays arrays = bias_arrays(run, type, n, momentum ? 1 : 0);
                       const StepState* state = run.state({.factor = 2, .applied = 1});
                       const SgdStep step{.lr = 0.1F, .momentum = momentum ? 0.9F : 0};
                       run.check(run.backend().sgd(arrays, step, state));
                     }});
  }
  cases.push_back({"adam", text, type, [=](TrialRun& run) {
                     const UpdateArrays arrays = bias_arrays(run, type, n, 2);
                     const StepState* state = run.state({.factor = 2, .applied = 2});
                     run.check(run.backend().adam(arrays, {.lr = 0.01F}, state));
                   }});
  cases.push_back({"adam", text + " skipped", type, [=](TrialRun& run) {
                     const UpdateArrays arrays = bias_arrays(run, type, n, 2);
                     const StepState* state = run.state({.skip = 1, .applied = 1});
                     run.check(run.backend().adam(arrays, {.lr = 1}, state));
                   }});
}

void add_updates(DType type, std::int64_t n, std::vector<Case>& cases) {
  for (const bool nesterov : {false, true}) {
    cases.push_back(
        {"sgd", std::to_string(n) + (nesterov ? " nesterov" : ""), type, [=](TrialRun& run) {
           const UpdateArrays arrays = weight_arrays(run, type, n, 1);
           const StepState* state = run.state({.factor = 0.5F, .applied = 3});
           const SgdStep step{
               .lr = 0.1F, .momentum = 0.9F, .nesterov = nesterov, .weight_decay = 0.01F};
           run.check(run.backend().sgd(arrays, step, state));
         }});
  }
  for (const bool decoupled : {false, true}) {
    for (const std::int32_t applied : {1, 1000}) {
      cases.push_back(
          {"adam",
           std::to_string(n) + (decoupled ? " decoupled" : "") + " step " + std::to_string(applied),
           type, [=](TrialRun& run) {
             const UpdateArrays arrays = weight_arrays(run, type, n, 2);
             const StepState* state = run.state({.factor = 0.5F, .applied = applied});
             const AdamStep step{.lr = 0.01F, .weight_decay = 0.1F, .decoupled = decoupled};
             run.check(run.backend().adam(arrays, step, state));
           }});
    }
  }
}

void add_sums(std::int64_t n, std::vector<Case>& cases) {
  const std::string text = std::to_string(n);
  cases.push_back({"add_sum", text, DType::f32, [=](TrialRun& run) {
                     double* total = run.double_in_out("total", 3);
                     run.check(run.backend().add_sum(run.floats(n, 1, 5), n, total));
                   }});
  for (const bool scaled : {false, true}) {
    cases.push_back(
        {"mean_and_variance", text + (scaled ? " scaled" : ""), DType::f32, [=](TrialRun& run) {
           const StepState* state = scaled ? run.state({.factor = 0.25F}) : nullptr;
           const float* numbers = run.floats(n, 1, 5);
           run.check(
               run.backend().mean_and_variance(numbers, n, state, run.floats_out("moments", 2)));
         }});
  }
  for (const float size : {1.0F, 1e18F, 1e37F}) {
    for (const float clip : {0.0F, 1.0F}) {
      cases.push_back({"judge_gradients", text + " clip " + std::to_string(clip), DType::f32,
                       [=](TrialRun& run) {
                         const GradientRule rule{
                             .clip_norm = clip, .dynamic_scale = true, .growth_interval = 3};
                         StepState* state = run.state({.loss_scale = 1024, .good_steps = 2});
                         run.check(
                             run.backend().judge_gradients(run.floats(n, size), n, rule, state));
                       }});
    }
  }
  cases.push_back(
      {"judge_gradients", text + " overflow", DType::f32, [=](TrialRun& run) {
         StepState* state = run.state({.loss_scale = 1024, .good_steps = 2});
         const float* gradients = run.floats(n, INFINITY);
         run.check(run.backend().judge_gradients(gradients, n, {.dynamic_scale = true}, state));
       }});
}

}  // namespace

void add_update_cases(DType type, std::vector<Case>& cases) {
  for (const std::int64_t n : {1, 7, 64, 5001}) {
    add_updates(type, n, cases);
    add_bias_updates(type, n, cases);
    if (type == DType::f32) {
      add_sums(n, cases);
    }
  }
  add_bias_updates(type, 70001, cases);  // more than a small device treats at once
  if (type == DType::f32) {
    add_sums(1 << 20, cases);
  }
}

}  // namespace autoglm::nn
