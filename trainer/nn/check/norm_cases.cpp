#include "trainer/nn/check/cases.h"

namespace autoglm::nn {
namespace {

Backend::BatchNorm batch_norm(TrialRun& run, std::int64_t c, Activation activation) {
  return {.gamma = run.floats(c, 0.2F, 1),
          .beta = run.floats(c),
          .mean = run.floats_out("mean", c),
          .inverse_deviation = run.floats_out("inverse_deviation", c),
          .running_mean = run.floats_in_out("running_mean", c),
          .running_variance = run.floats_in_out("running_variance", c, 0.1F, 2),
          .activation = activation};
}

void add_batch_norm(DType type, const Shape& shape, float mean, Activation activation,
                    std::vector<Case>& cases) {
  const std::string text = text_of(shape) + " mean " + std::to_string(static_cast<int>(mean)) +
                           (activation == Activation::relu ? " relu" : "");
  const std::int64_t c = shape.last();
  cases.push_back({"batch_norm_forward", text, type, [=](TrialRun& run) {
                     const Backend::BatchNorm norm = batch_norm(run, c, activation);
                     const Tensor x = run.in(type, shape, 2, mean);
                     run.check(
                         run.backend().batch_norm_forward(norm, x, run.out("y", type, shape)));
                   }});
  cases.push_back({"batch_norm_apply", text, type, [=](TrialRun& run) {
                     const Backend::BatchNorm norm{.gamma = run.floats(c, 0.2F, 1),
                                                   .beta = run.floats(c),
                                                   .running_mean = run.floats(c, 1, mean),
                                                   .running_variance = run.floats(c, 0.1F, 2),
                                                   .activation = activation};
                     const Tensor x = run.in(type, shape, 2, mean);
                     run.check(run.backend().batch_norm_apply(norm, x, run.out("y", type, shape)));
                   }});
  cases.push_back({"batch_norm_backward", text, type, [=](TrialRun& run) {
                     const Backend::BatchNorm norm{.gamma = run.floats(c, 0.2F, 1),
                                                   .beta = run.floats(c),
                                                   .mean = run.floats(c, 0.1F, mean),
                                                   .inverse_deviation = run.floats(c, 0.05F, 0.5F),
                                                   .activation = activation};
                     const Tensor x = run.in(type, shape, 2, mean);
                     const Tensor dy = run.in(type, shape);
                     const Tensor dx = run.out("dx", type, shape);
                     float* dgamma = run.floats_in_out("dgamma", c);
                     float* dbeta = run.floats_in_out("dbeta", c);
                     run.check(run.backend().batch_norm_backward(norm, x, dy, dx, dgamma, dbeta));
                   }});
}

void add_layer_norm(DType type, const Shape& shape, std::vector<Case>& cases) {
  const std::int64_t c = shape.last();
  const std::int64_t rows = shape.count() / c;
  cases.push_back({"layer_norm_forward", text_of(shape), type, [=](TrialRun& run) {
                     const Backend::LayerNorm norm{
                         .gamma = run.floats(c, 0.2F, 1),
                         .beta = run.floats(c),
                         .mean = run.floats_out("mean", rows),
                         .inverse_deviation = run.floats_out("inverse_deviation", rows)};
                     const Tensor x = run.in(type, shape, 2, 1);
                     run.check(
                         run.backend().layer_norm_forward(norm, x, run.out("y", type, shape)));
                   }});
  cases.push_back({"layer_norm_backward", text_of(shape), type, [=](TrialRun& run) {
                     const Backend::LayerNorm norm{
                         .gamma = run.floats(c, 0.2F, 1),
                         .mean = run.floats(rows, 0.1F, 1),
                         .inverse_deviation = run.floats(rows, 0.05F, 0.5F)};
                     const Tensor x = run.in(type, shape, 2, 1);
                     const Tensor dy = run.in(type, shape);
                     const Tensor dx = run.out("dx", type, shape);
                     float* dgamma = run.floats_in_out("dgamma", c);
                     float* dbeta = run.floats_in_out("dbeta", c);
                     run.check(run.backend().layer_norm_backward(norm, x, dy, dx, dgamma, dbeta));
                   }});
}

}  // namespace

void add_norm_cases(DType type, std::vector<Case>& cases) {
  for (const Shape& shape : {Shape{2, 1}, Shape{5, 7}, Shape{300, 64}, Shape{3, 4, 5, 24},
                             Shape{2, 3, 3, 300}, Shape{4000, 3}}) {
    add_batch_norm(type, shape, 1, Activation::identity, cases);
  }
  add_batch_norm(type, {900, 16}, 30, Activation::identity, cases);
  add_batch_norm(type, {300, 24}, 1, Activation::relu, cases);
  for (const Shape& shape : {Shape{1, 2}, Shape{5, 7}, Shape{33, 64}, Shape{100, 1024},
                             Shape{3, 1300}, Shape{4, 2048}}) {
    add_layer_norm(type, shape, cases);
  }
}

}  // namespace autoglm::nn
