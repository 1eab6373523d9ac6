#include "trainer/nn/check/cases.h"

namespace autoglm::nn {
namespace {

void add_linear(DType type, std::int64_t m, std::int64_t n, std::int64_t k,
                std::vector<Case>& cases) {
  const std::string shape = text_of({m, n, k});
  const float small = 1 / std::sqrt(static_cast<float>(k));
  for (const bool relu : {false, true}) {
    for (const bool bias : {false, true}) {
      cases.push_back({"linear_forward", shape + (relu ? " relu" : "") + (bias ? " bias" : ""),
                       type, [=](TrialRun& run) {
                         const Tensor x = run.in(type, {m, k});
                         const Tensor w = run.in(type, {n, k}, small);
                         const float* b = bias ? run.floats(n) : nullptr;
                         const Tensor y = run.out("y", type, {m, n});
                         run.check(run.backend().linear_forward(
                             x, w, b, y, relu ? Activation::relu : Activation::identity));
                       }});
    }
  }
  cases.push_back({"linear_backward_data", shape, type, [=](TrialRun& run) {
                     const Tensor dy = run.in(type, {m, n});
                     const Tensor w = run.in(type, {n, k}, small);
                     const Tensor dx = run.out("dx", type, {m, k});
                     run.check(run.backend().linear_backward_data(dy, w, dx));
                   }});
  for (const bool bias : {false, true}) {
    cases.push_back(
        {"linear_backward_weight", shape + (bias ? " bias" : ""), type, [=](TrialRun& run) {
           const Tensor dy = run.in(type, {m, n});
           const Tensor x = run.in(type, {m, k});
           float* dw = run.floats_in_out("dw", n * k);
           float* db = bias ? run.floats_in_out("dbias", n) : nullptr;
           run.check(run.backend().linear_backward_weight(dy, x, dw, db));
         }});
  }
}

struct ImageShape {
  std::int64_t b, h, w, c, n;
  Window window;
};

void add_convolution(DType type, const ImageShape& s, std::vector<Case>& cases) {
  const std::int64_t k = s.window.kernel;
  const Shape x_shape{s.b, s.h, s.w, s.c};
  const Shape y_shape{s.b, s.window.output(s.h), s.window.output(s.w), s.n};
  const Shape w_shape{s.n, k, k, s.c};
  const float small = 1 / std::sqrt(static_cast<float>(k * k * s.c));
  const std::string shape = text_of(x_shape) + " " + text_of({s.n, k, s.window.stride}) + " pad " +
                            std::to_string(s.window.padding);
  for (const bool relu : {false, true}) {
    for (const bool bias : {false, true}) {
      cases.push_back({"conv_forward", shape + (bias ? " bias" : "") + (relu ? " relu" : ""), type,
                       [=](TrialRun& run) {
                         const Tensor x = run.in(type, x_shape);
                         const Tensor w = run.in(type, w_shape, small);
                         const float* b = bias ? run.floats(s.n) : nullptr;
                         const Tensor y = run.out("y", type, y_shape);
                         run.check(run.backend().conv_forward(
                             s.window, x, w, b, y, relu ? Activation::relu : Activation::identity));
                       }});
    }
  }
  cases.push_back({"conv_backward_data", shape, type, [=](TrialRun& run) {
                     const Tensor dy = run.in(type, y_shape);
                     const Tensor w = run.in(type, w_shape, small);
                     const Tensor dx = run.out("dx", type, x_shape);
                     run.check(run.backend().conv_backward_data(s.window, dy, w, dx));
                   }});
  cases.push_back({"conv_backward_weight", shape, type, [=](TrialRun& run) {
                     const Tensor dy = run.in(type, y_shape);
                     const Tensor x = run.in(type, x_shape);
                     float* dw = run.floats_in_out("dw", w_shape.count());
                     float* db = run.floats_in_out("dbias", s.n);
                     run.check(run.backend().conv_backward_weight(s.window, dy, x, dw, db));
                   }});
}

}  // namespace

void add_product_cases(DType type, std::vector<Case>& cases) {
  add_linear(type, 1, 1, 1, cases);
  add_linear(type, 3, 5, 7, cases);
  add_linear(type, 17, 33, 65, cases);
  add_linear(type, 64, 128, 96, cases);
  add_linear(type, 1, 300, 2, cases);
  add_linear(type, 129, 10, 200, cases);
  add_convolution(type, {1, 1, 1, 1, 1, {1, 1, 0}}, cases);
  add_convolution(type, {2, 5, 7, 3, 4, {3, 1, 1}}, cases);
  add_convolution(type, {3, 9, 8, 8, 16, {3, 2, 1}}, cases);
  add_convolution(type, {5, 9, 8, 8, 16, {3, 2, 1}}, cases);  // the same of other batches
  add_convolution(type, {2, 9, 9, 8, 8, {3, 3, 0}}, cases);
  add_convolution(type, {2, 9, 9, 8, 8, {3, 3, 1}}, cases);  // the same but for the padding
  add_convolution(type, {2, 8, 8, 16, 8, {1, 1, 0}}, cases);
  add_convolution(type, {2, 7, 7, 5, 9, {1, 2, 0}}, cases);
  add_convolution(type, {4, 12, 12, 1, 8, {5, 1, 2}}, cases);
  add_convolution(type, {1, 11, 6, 2, 3, {4, 3, 2}}, cases);
  add_convolution(type, {8, 16, 16, 32, 32, {3, 1, 1}}, cases);
}

}  // namespace autoglm::nn
