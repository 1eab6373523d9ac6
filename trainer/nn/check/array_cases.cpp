#include "trainer/nn/check/cases.h"

namespace autoglm::nn {
namespace {

const char* name_of(Activation activation) {
  switch (activation) {
    case Activation::identity:
      return "identity";
    case Activation::relu:
      return "relu";
    case Activation::tanh:
      return "tanh";
    case Activation::gelu:
      return "gelu";
    case Activation::silu:
      return "silu";
  }
  return "";
}

void add_activations(DType type, const Shape& shape, std::vector<Case>& cases) {
  const std::string text = text_of(shape);
  for (const Activation activation : {Activation::identity, Activation::relu, Activation::tanh,
                                      Activation::gelu, Activation::silu}) {
    const std::string name = text + " " + name_of(activation);
    cases.push_back({"activation_forward", name, type, [=](TrialRun& run) {
                       const Tensor x = run.in(type, shape, 3);
                       const Tensor y = run.out("y", type, shape);
                       run.check(run.backend().activation_forward(activation, x, y));
                     }});
    cases.push_back({"activation_backward", name + " in place", type, [=](TrialRun& run) {
                       const Tensor saved = run.in(type, shape, 0.5F);
                       const Tensor dy = run.in_out("dx", type, shape);
                       run.check(run.backend().activation_backward(activation, saved, dy, dy));
                     }});
  }
}

void add_other_maps(DType type, const Shape& shape, std::vector<Case>& cases) {
  const std::string text = text_of(shape);
  for (const Activation activation : {Activation::identity, Activation::relu}) {
    cases.push_back({"add", text + " " + name_of(activation), type, [=](TrialRun& run) {
                       const Tensor a = run.in(type, shape);
                       const Tensor b = run.in(type, shape);
                       const Tensor y = run.out("y", type, shape);
                       run.check(run.backend().add(a, b, y, activation));
                       run.check(run.backend().add(a, y, y, activation));
                     }});
  }
  for (const float rate : {0.0F, 0.3F, 0.9F}) {
    cases.push_back({"dropout", text + " rate " + std::to_string(rate), type, [=](TrialRun& run) {
                       const RandomKey key{0x123456789ABCDEFULL, 3, 7};
                       const Tensor x = run.in(type, shape);
                       const Tensor y = run.out("y", type, shape);
                       run.check(run.backend().dropout(rate, key, x, y));
                     }});
  }
  for (const DType to : {DType::f32, DType::bf16, DType::f16}) {
    cases.push_back(
        {"cast", text + " to " + std::to_string(static_cast<int>(to)), type, [=](TrialRun& run) {
           const Tensor x = run.in(type, shape);
           run.check(run.backend().cast(x, run.out("y", to, shape)));
         }});
  }
}

void add_pooling(DType type, const Shape& x_shape, const Window& window, std::vector<Case>& cases) {
  const Shape y_shape{x_shape[0], window.output(x_shape[1]), window.output(x_shape[2]), x_shape[3]};
  const std::string text =
      text_of(x_shape) + " " + text_of({window.kernel, window.stride, window.padding});
  for (const Pooling pooling : {Pooling::max, Pooling::average}) {
    const bool max = pooling == Pooling::max;
    cases.push_back({"pool_forward", text + (max ? " max" : " average"), type, [=](TrialRun& run) {
                       const Tensor x = run.in(type, x_shape);
                       const Tensor y = run.out("y", type, y_shape);
                       std::int32_t* at =
                           max ? run.integers_out("indices", y_shape.count()) : nullptr;
                       run.check(run.backend().pool_forward(pooling, window, x, y, at));
                     }});
    cases.push_back({"pool_backward", text + (max ? " max" : " average"), type, [=](TrialRun& run) {
                       const Tensor x = run.in(type, x_shape);
                       const Tensor y = run.out("y", type, y_shape);
                       std::int32_t* at =
                           max ? run.integers_out("indices", y_shape.count()) : nullptr;
                       run.check(run.backend().pool_forward(pooling, window, x, y, at));
                       const Tensor dy = run.in(type, y_shape);
                       const Tensor dx = run.out("dx", type, x_shape);
                       run.check(run.backend().pool_backward(pooling, window, dy, at, dx));
                     }});
  }
}

void add_global_average(DType type, const Shape& x_shape, std::vector<Case>& cases) {
  const Shape y_shape{x_shape[0], x_shape[3]};
  cases.push_back({"global_average_forward", text_of(x_shape), type, [=](TrialRun& run) {
                     const Tensor x = run.in(type, x_shape);
                     run.check(
                         run.backend().global_average_forward(x, run.out("y", type, y_shape)));
                   }});
  cases.push_back({"global_average_backward", text_of(x_shape), type, [=](TrialRun& run) {
                     const Tensor dy = run.in(type, y_shape);
                     run.check(
                         run.backend().global_average_backward(dy, run.out("dx", type, x_shape)));
                   }});
}

}  // namespace

void add_array_cases(DType type, std::vector<Case>& cases) {
  for (const Shape& shape : {Shape{1}, Shape{7}, Shape{3, 32}, Shape{2, 3, 5, 7}, Shape{5000}}) {
    add_activations(type, shape, cases);
    add_other_maps(type, shape, cases);
  }
  add_other_maps(type, {140001}, cases);  // more than a small device treats at once
  add_pooling(type, {2, 6, 6, 8}, {2, 2, 0}, cases);
  add_pooling(type, {3, 7, 5, 3}, {3, 2, 1}, cases);
  add_pooling(type, {1, 1, 1, 1}, {1, 1, 0}, cases);
  add_pooling(type, {2, 9, 8, 33}, {3, 1, 2}, cases);
  for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{3, 4, 4, 8}, Shape{2, 7, 5, 33},
                             Shape{5, 3, 3, 130}, Shape{40, 2, 2, 3}}) {
    add_global_average(type, shape, cases);
  }
}

}  // namespace autoglm::nn
