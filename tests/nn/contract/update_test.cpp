// Judging gradients, and the update rules.
#include <cmath>
#include <limits>

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

StepState judged(Backend& backend, const Doubles& gradients, const GradientRule& rule,
                 StepState before) {
  const auto n = static_cast<std::int64_t>(gradients.size());
  const Array g(backend, DType::f32, {n}, gradients);
  const Records<StepState> state(backend, {before});
  REQUIRE(backend.judge_gradients(g.floats(), n, rule, state.data()) == Status::ok);
  return state.get()[0];
}

TEST_CASE("the norm of gradients is unscaled, and what is above the limit is clipped to it") {
  on_all([](Backend& backend) {
    const Doubles gradients = {3 * 8, 4 * 8};
    const StepState free = judged(backend, gradients, {}, {.loss_scale = 8});
    CHECK(free.gradient_norm == 5);
    CHECK(free.factor == 0.125F);
    CHECK(free.skip == 0);
    CHECK(free.applied == 1);
    CHECK(free.loss_scale == 8);
    const StepState clipped =
        judged(backend, gradients, {.clip_norm = 1}, {.loss_scale = 8, .applied = 4});
    CHECK(clipped.gradient_norm == 5);
    CHECK(clipped.factor == doctest::Approx(0.025));
    CHECK(clipped.applied == 5);
    CHECK(judged(backend, gradients, {.clip_norm = 6}, {.loss_scale = 8}).factor == 0.125F);
  });
}

TEST_CASE("gradients that are not finite are skipped, and a dynamic scale backs off") {
  on_all([](Backend& backend) {
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
      Doubles gradients(100, 1.0);
      gradients[77] = bad;
      const StepState before{.loss_scale = 16, .good_steps = 9, .applied = 3, .overflows = 1};
      const StepState after = judged(backend, gradients, {.dynamic_scale = true}, before);
      CHECK(after.skip == 1);
      CHECK(after.factor == 0);
      CHECK(!std::isfinite(after.gradient_norm));
      CHECK(after.loss_scale == 8);
      CHECK(after.good_steps == 0);
      CHECK(after.applied == 3);
      CHECK(after.overflows == 2);
      CHECK(judged(backend, gradients, {}, before).loss_scale == 16);
      CHECK(judged(backend, gradients, {.dynamic_scale = true, .least_scale = 12}, before)
                .loss_scale == 12);
    }
  });
}

TEST_CASE("a dynamic scale grows after so many good steps, up to its limit") {
  on_all([](Backend& backend) {
    const GradientRule rule{.dynamic_scale = true, .growth_interval = 3, .greatest_scale = 12};
    const StepState early = judged(backend, {4}, rule, {.loss_scale = 4, .good_steps = 1});
    CHECK(early.loss_scale == 4);
    CHECK(early.good_steps == 2);
    const StepState grown = judged(backend, {4}, rule, early);
    CHECK(grown.loss_scale == 8);
    CHECK(grown.good_steps == 0);
    CHECK(grown.factor == 0.25F);  // of the step that was judged
    const StepState most = judged(backend, {4}, rule, {.loss_scale = 8, .good_steps = 2});
    CHECK(most.loss_scale == 12);
  });
}

TEST_CASE("a norm that f32 could not square is right") {
  on_all([](Backend& backend) {
    CHECK(judged(backend, {3e30, 4e30}, {}, {}).gradient_norm == doctest::Approx(5e30));
    CHECK(judged(backend, {3e-30, 4e-30}, {}, {}).gradient_norm == doctest::Approx(5e-30));
  });
}

struct Parameters {
  Doubles w, m, v;
};

// One run of both: `steps` gradients, on the backend and by the formulas on doubles.
template <typename Update, typename Reference>
void check_updates(const char* operation, Backend& backend, DType type, std::int64_t n,
                   const Update& update, const Reference& reference) {
  const float factor = 0.5F;
  Parameters wanted{random_numbers(DType::f32, n, 40), Doubles(static_cast<std::size_t>(n)),
                    Doubles(static_cast<std::size_t>(n))};
  const Array w(backend, DType::f32, {n}, wanted.w);
  const Array m(backend, DType::f32, {n}, wanted.m);
  const Array v(backend, DType::f32, {n}, wanted.v);
  const Array working(backend, type, {n});
  for (std::int32_t t = 1; t <= 3; ++t) {
    const Doubles gradients = random_numbers(DType::f32, n, 40 + static_cast<std::uint64_t>(t));
    const Array g(backend, DType::f32, {n}, gradients);
    const Records<StepState> state(backend, {StepState{.factor = factor, .applied = t}});
    const UpdateArrays arrays{.n = n,
                              .master = w.floats(),
                              .gradient = g.floats(),
                              .first = m.floats(),
                              .second = v.floats(),
                              .working = working.tensor().data,
                              .working_type = type};
    REQUIRE(update(arrays, state.data()) == Status::ok);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      reference(gradients[i] * static_cast<double>(factor), t, wanted.w[i], wanted.m[i],
                wanted.v[i]);
    }
  }
  check_close(operation, DType::f32, w.numbers(), wanted.w);
  check_close(operation, DType::f32, m.numbers(), wanted.m);
  check_close(operation, DType::f32, v.numbers(), wanted.v);
  CHECK(working.numbers() == rounded(type, w.numbers()));
  const std::vector<std::uint32_t> before = w.bits();
  const Records<StepState> skip(backend, {StepState{.factor = 0, .skip = 1, .applied = 3}});
  REQUIRE(update({.n = n,
                  .master = w.floats(),
                  .gradient = m.floats(),
                  .first = m.floats(),
                  .second = v.floats()},
                 skip.data()) == Status::ok);
  CHECK(w.bits() == before);
}

TEST_CASE("SGD with momentum, Nesterov's and weight decay") {
  on_all_types([](Backend& backend, DType type) {
    for (const std::int64_t n : {1, 19, 1100}) {
      for (const bool nesterov : {false, true}) {
        const SgdStep step{
            .lr = 0.1F, .momentum = 0.9F, .nesterov = nesterov, .weight_decay = 0.01F};
        check_updates(
            "sgd", backend, type, n,
            [&](const UpdateArrays& arrays, const StepState* state) {
              return backend.sgd(arrays, step, state);
            },
            [&](double g, int, double& w, double& buffer, double&) {
              g += 0.01 * w;
              buffer = 0.9 * buffer + g;
              w -= 0.1 * (nesterov ? g + 0.9 * buffer : buffer);
            });
      }
    }
  });
}

TEST_CASE("SGD without momentum needs no buffer") {
  on_all([](Backend& backend) {
    const Array w(backend, DType::f32, {2}, {1, 2});
    const Array g(backend, DType::f32, {2}, {1, -1});
    const Records<StepState> state(backend, {StepState{.factor = 1, .applied = 1}});
    const UpdateArrays arrays{.n = 2, .master = w.floats(), .gradient = g.floats()};
    REQUIRE(backend.sgd(arrays, {.lr = 0.5F}, state.data()) == Status::ok);
    CHECK(w.numbers() == Doubles{0.5, 2.5});
    CHECK(backend.sgd(arrays, {.lr = 0.5F, .momentum = 0.5F}, state.data()) ==
          Status::bad_argument);
  });
}

TEST_CASE("Adam, with weight decay added to the gradient or decoupled from it") {
  on_all_types([](Backend& backend, DType type) {
    for (const std::int64_t n : {1, 19, 1100}) {
      for (const bool decoupled : {false, true}) {
        const AdamStep step{.lr = 0.01F, .weight_decay = 0.1F, .decoupled = decoupled};
        const double beta1 = 0.9;
        const double beta2 = 0.999;
        check_updates(
            "adam", backend, type, n,
            [&](const UpdateArrays& arrays, const StepState* state) {
              return backend.adam(arrays, step, state);
            },
            [&](double g, int t, double& w, double& m, double& v) {
              g += decoupled ? 0 : 0.1 * w;
              m = beta1 * m + (1 - beta1) * g;
              v = beta2 * v + (1 - beta2) * g * g;
              const double m_hat = m / (1 - std::pow(beta1, t));
              const double v_hat = v / (1 - std::pow(beta2, t));
              w -= (decoupled ? 0.01 * 0.1 * w : 0) + 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
            });
      }
    }
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
