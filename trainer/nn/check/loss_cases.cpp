#include "trainer/nn/check/cases.h"

namespace autoglm::nn {
namespace {

void add_class_loss(DType type, std::int64_t m, std::int64_t classes, const ClassLoss& loss,
                    std::vector<Case>& cases) {
  const std::string text = text_of({m, classes}) + (loss.focal           ? " focal"
                                                    : loss.smoothing > 0 ? " smooth"
                                                                         : "");
  const auto prepare = [=](TrialRun& run) { return run.in(type, {m, classes}, 3); };
  cases.push_back({"class_loss", text, type, [=](TrialRun& run) {
                     const Tensor logits = prepare(run);
                     const std::int32_t* labels =
                         run.integers(m, -1, static_cast<std::int32_t>(classes));
                     const StepState* state = run.state({.loss_scale = 4});
                     float* losses = run.floats_out("losses", m);
                     run.check(run.backend().class_loss(loss, logits, labels, 0.5F, state, losses,
                                                        run.out("d", type, {m, classes})));
                   }});
  cases.push_back(
      {"class_loss", text + " in place", type, [=](TrialRun& run) {
         const Tensor logits = run.in_out("d", type, {m, classes}, 3);
         const std::int32_t* labels = run.integers(m, -1, static_cast<std::int32_t>(classes));
         const StepState* state = run.state({.loss_scale = 2});
         float* losses = run.floats_out("losses", m);
         run.check(run.backend().class_loss(loss, logits, labels, 1, state, losses, logits));
       }});
}

void add_others(DType type, std::int64_t m, std::int64_t n, std::vector<Case>& cases) {
  cases.push_back({"softmax", text_of({m, n}), type, [=](TrialRun& run) {
                     const Tensor logits = run.in(type, {m, n}, 3);
                     run.check(run.backend().softmax(logits, run.floats_out("p", m * n)));
                   }});
  cases.push_back({"squared_loss", text_of({m, n}), type, [=](TrialRun& run) {
                     const Tensor y = run.in(type, {m, n});
                     const float* target = run.floats(m * n);
                     const StepState* state = run.state({.loss_scale = 8});
                     float* losses = run.floats_out("losses", m);
                     run.check(run.backend().squared_loss(y, target, 0.25F, state, losses,
                                                          run.out("d", type, {m, n})));
                   }});
  cases.push_back({"squared_loss", text_of({m, n}) + " no gradient", type, [=](TrialRun& run) {
                     const Tensor y = run.in(type, {m, n});
                     const float* target = run.floats(m * n);
                     float* losses = run.floats_out("losses", m);
                     run.check(run.backend().squared_loss(y, target, 1, run.state({}), losses,
                                                          {nullptr, type, {m, n}}));
                   }});
}

/// Of which f32 does not hold the exponentials.
void add_large(DType type, std::int64_t m, std::int64_t classes, std::vector<Case>& cases) {
  const std::string text = text_of({m, classes}) + " large";
  cases.push_back({"softmax", text, type, [=](TrialRun& run) {
                     const Tensor logits = run.in(type, {m, classes}, 3, 200);
                     run.check(run.backend().softmax(logits, run.floats_out("p", m * classes)));
                   }});
  cases.push_back({"class_loss", text, type, [=](TrialRun& run) {
                     const Tensor logits = run.in(type, {m, classes}, 3, 200);
                     const std::int32_t* labels =
                         run.integers(m, 0, static_cast<std::int32_t>(classes));
                     float* losses = run.floats_out("losses", m);
                     run.check(run.backend().class_loss({}, logits, labels, 1, run.state({}),
                                                        losses, run.out("d", type, {m, classes})));
                   }});
}

}  // namespace

void add_loss_cases(DType type, std::vector<Case>& cases) {
  for (const auto& [m, classes] :
       {std::pair<std::int64_t, std::int64_t>{1, 2}, {5, 10}, {9, 33}, {130, 1000}, {3, 5000}}) {
    add_class_loss(type, m, classes, {}, cases);
    add_class_loss(type, m, classes, {.smoothing = 0.1F}, cases);
    add_class_loss(type, m, classes, {.focal = true, .focal_alpha = 0.5F, .focal_gamma = 1.5F},
                   cases);
    add_others(type, m, classes, cases);
  }
  add_others(type, 4, 1, cases);
  add_large(type, 9, 33, cases);
  add_large(type, 3, 5000, cases);
}

}  // namespace autoglm::nn
