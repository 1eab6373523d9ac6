// Reference values: learning_rate_reference.py, which asks PyTorch's schedulers.
#include "trainer/nn/run/learning_rate.h"

#include <doctest/doctest.h>

#include <vector>

namespace autoglm::nn {
namespace {

using doctest::Approx;
using Type = ScheduleSpec::Type;

// Before each update of a run with 4 updates an epoch.
std::vector<double> factors(const ScheduleSpec& schedule, std::int64_t epochs,
                            std::size_t updates) {
  std::vector<double> found(updates);
  for (std::size_t i = 0; i < updates; ++i) {
    found[i] = learning_rate_factor(
        schedule,
        {.updates = static_cast<std::int64_t>(i), .updates_per_epoch = 4, .epochs = epochs});
  }
  return found;
}

void check_equal(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i] == Approx(expected[i]).epsilon(1e-13));
  }
}

double factor_at(const ScheduleSpec& schedule, std::int64_t updates, std::int64_t epochs) {
  return learning_rate_factor(schedule,
                              {.updates = updates, .updates_per_epoch = 4, .epochs = epochs});
}

TEST_CASE("step and exponential change between epochs, like StepLR and ExponentialLR") {
  check_equal(factors({.type = Type::step, .step_epochs = 2, .factor = 0.9}, 6, 24),
              {1,   1,   1,   1,   1,    1,    1,    1,    0.9,  0.9,  0.9,  0.9,
               0.9, 0.9, 0.9, 0.9, 0.81, 0.81, 0.81, 0.81, 0.81, 0.81, 0.81, 0.81});
  check_equal(factors({.type = Type::exponential, .factor = 0.9}, 3, 12),
              {1, 1, 1, 1, 0.9, 0.9, 0.9, 0.9, 0.81, 0.81, 0.81, 0.81});
}

TEST_CASE("a cosine changes with each update, like CosineAnnealingLR") {
  check_equal(
      factors({.type = Type::cosine, .least = 0.1}, 3, 12),
      {1, 0.984666621830081, 0.939711431702997, 0.868198051533946, 0.775, 0.666468570296134, 0.55,
       0.433531429703866, 0.325, 0.231801948466054, 0.160288568297003, 0.115333378169919});
}

TEST_CASE("restarts are where CosineAnnealingWarmRestarts has them, each cycle longer") {
  check_equal(
      factors({.type = Type::cosine_restarts, .least = 0.1, .first_epochs = 2, .growth = 2}, 7, 28),
      {1,
       0.965745789630079,
       0.868198051533946,
       0.72220754456429,
       0.55,
       0.37779245543571,
       0.231801948466054,
       0.134254210369921,
       1,
       0.991353376181454,
       0.965745789630079,
       0.924161325536145,
       0.868198051533946,
       0.800006604858821,
       0.72220754456429,
       0.637790644907258,
       0.55,
       0.462209355092742,
       0.37779245543571,
       0.299993395141179,
       0.231801948466054,
       0.175838674463855,
       0.134254210369921,
       0.108646623818546,
       1,
       0.997833127002489,
       0.991353376181454,
       0.980623151079494});
}

TEST_CASE("restarts are where CosineAnnealingWarmRestarts has them, all cycles alike") {
  check_equal(factors({.type = Type::cosine_restarts, .first_epochs = 1, .growth = 1}, 3, 12),
              {1, 0.853553390593274, 0.5, 0.146446609406726, 1, 0.853553390593274, 0.5,
               0.146446609406726, 1, 0.853553390593274, 0.5, 0.146446609406726});
}

TEST_CASE("warm-up comes before the schedule, like LinearLR in SequentialLR") {
  check_equal(factors({.type = Type::cosine, .least = 0.1, .warmup_epochs = 2}, 5, 20),
              {0.111111111111111,
               0.222222222222222,
               0.333333333333333,
               0.444444444444444,
               0.555555555555556,
               0.666666666666667,
               0.777777777777778,
               0.888888888888889,
               1,
               0.984666621830081,
               0.939711431702997,
               0.868198051533946,
               0.775,
               0.666468570296134,
               0.55,
               0.433531429703866,
               0.325,
               0.231801948466054,
               0.160288568297003,
               0.115333378169919});
}

TEST_CASE("warm-up may end inside an epoch") {
  const ScheduleSpec schedule{
      .type = Type::step, .step_epochs = 1, .factor = 0.5, .warmup_epochs = 0.75};
  check_equal(factors(schedule, 2, 8), {0.25, 0.5, 0.75, 1, 1, 1, 1, 0.5});
}

TEST_CASE("a constant rate is the rate, after warm-up if there is one") {
  CHECK(factor_at({}, 0, 1) == 1);
  CHECK(factor_at({}, 1'000'000'000'000, 1) == 1);
  CHECK(factor_at({.warmup_epochs = 1}, 3, 1) == 0.8);
  CHECK(factor_at({.warmup_epochs = 1}, 4, 1) == 1);
}

TEST_CASE("no update has a rate of zero before a cosine ends") {
  CHECK(factor_at({.type = Type::cosine, .warmup_epochs = 1}, 0, 2) > 0);
  CHECK(factor_at({.type = Type::cosine}, 7, 2) > 0);
}

TEST_CASE("after its end a cosine stays at its least") {
  const ScheduleSpec schedule{.type = Type::cosine, .least = 0.25};
  CHECK(factor_at(schedule, 8, 2) == 0.25);
  CHECK(factor_at(schedule, 11, 2) == 0.25);
  CHECK(factor_at({.type = Type::cosine, .least = 0.25, .warmup_epochs = 2}, 8, 2) == 0.25);
}

TEST_CASE("periods that no double has end where they should") {
  // 0.3 / 0.1 is 2.9999999999999996.
  const ScheduleSpec steps{.type = Type::step, .step_epochs = 0.1, .factor = 0.5};
  const ScheduleSpec cycles{.type = Type::cosine_restarts, .first_epochs = 0.1, .growth = 1};
  const Progress progress{.updates = 3, .updates_per_epoch = 10, .epochs = 1};
  CHECK(learning_rate_factor(steps, progress) == 0.125);
  CHECK(learning_rate_factor(cycles, progress) == 1);
}

TEST_CASE("restarts stay exact far out, and where cycles hardly grow") {
  // Cycles of 10, 20, 40 … epochs begin at 10 (2^n - 1).
  const ScheduleSpec doubling{.type = Type::cosine_restarts};
  for (int n = 0; n < 20; ++n) {
    CAPTURE(n);
    const std::int64_t begin = 10 * ((std::int64_t{1} << n) - 1);
    CHECK(factor_at(doubling, 4 * begin, 1) == 1);
    CHECK(factor_at(doubling, 4 * begin + 4 * (std::int64_t{5} << n), 1) == Approx(0.5));
    if (n > 0) {
      CHECK(factor_at(doubling, 4 * begin - 1, 1) < 0.01);
    }
  }
  // Cycles of 1, 1.5, 2.25 … epochs; 4.75 epochs are three of them.
  const ScheduleSpec slow{.type = Type::cosine_restarts, .first_epochs = 1, .growth = 1.5};
  CHECK(factor_at(slow, 4, 1) == Approx(1));
  CHECK(factor_at(slow, 10, 1) == Approx(1));
  CHECK(factor_at(slow, 19, 1) == Approx(1));
  CHECK(factor_at(slow, 7, 1) == Approx(0.5));
}

}  // namespace
}  // namespace autoglm::nn
