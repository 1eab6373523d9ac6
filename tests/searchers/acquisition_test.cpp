// The numbers are mpmath's, with 80 digits (reference.py).
#include "optimizer/models/acquisition.h"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

namespace autoglm {

TEST_CASE("the log of the expected improvement keeps its digits from z = 10 to z = -10000") {
  struct Case {
    double z;
    double value;
    double derivative;
  };
  constexpr Case kCases[] = {
      {10, 2.302585092994045684, 0.1},
      {3, 1.0987396653277077727, 0.33284096845179523558},
      {1, 0.080026218849306940029, 0.77663872520173925975},
      {0, -0.91893853320467274178, 1.2533141373155002512},
      {-1, -2.4851210257126413368, 1.9042712333296918229},
      {-1.9999, -4.7685155863309112602, 2.6793348402301223067},
      {-2, -4.7687835239171141569, 2.6794168839555859839},
      {-2.5, -6.2125416454435128635, 3.0984232967911619292},
      {-5, -16.744301162660990143, 5.3618162412880885298},
      {-10, -55.553122036122355927, 10.194383033412553306},
      {-40, -808.29856835661996024, 40.049906657648518193},
      {-1000, -500014.73445209115845, 1000.001999994000042},
      {-10000, -50000019.339619307157, 10000.000199999994},
  };
  for (const Case& expected : kCases) {
    CAPTURE(expected.z);
    const LogImprovement result = log_improvement(expected.z);
    CHECK(result.value == doctest::Approx(expected.value).epsilon(1e-13));
    CHECK(result.derivative == doctest::Approx(expected.derivative).epsilon(1e-13));
  }
}

TEST_CASE("the log of the normal distribution keeps its digits from z = 8 to z = -10000") {
  struct Case {
    double z;
    double value;
    double derivative;
  };
  constexpr Case kCases[] = {
      {8, -6.2209605742717860585e-16, 5.0522710835368954309e-15},
      {1, -0.17275377902344988953, 0.28759997093917836123},
      {0, -0.69314718055994530942, 0.79788456080286535588},
      {-1.9999, -3.782947016557344296, 2.3731269610296681621},
      {-2, -3.7831843336820319488, 2.3732155328228408673},
      {-5, -15.064998393988725736, 5.1865039671258421156},
      {-40, -804.60844201375378817, 40.024968847207263723},
      {-10000, -50000010.129278915181, 10000.000099999998},
  };
  for (const Case& expected : kCases) {
    CAPTURE(expected.z);
    const LogDistribution result = log_normal_distribution(expected.z);
    CHECK(std::abs(result.value / expected.value - 1) < 1e-12);
    CHECK(std::abs(result.derivative / expected.derivative - 1) < 1e-12);
  }
}

TEST_CASE("the log of the expected improvement is finite where the improvement underflows") {
  const AcquisitionValue value = log_expected_improvement(1e6, 1e-3, 0);
  CHECK(std::isfinite(value.value));
  CHECK(std::isfinite(value.by_mean));
  CHECK(std::isfinite(value.by_deviation));
  CHECK(value.by_mean < 0);
}

TEST_CASE("the expected improvement of a certain improvement is the improvement") {
  CHECK(std::exp(log_expected_improvement(1, 1e-9, 3).value) == doctest::Approx(2));
}

TEST_CASE("the derivatives of the acquisitions are those of their values") {
  constexpr double kStep = 1e-6;
  for (const Acquisition& acquisition :
       {Acquisition{Acquisition::Kind::expected_improvement, -0.5, 1},
        Acquisition{Acquisition::Kind::confidence_bound, 0, 1.8}}) {
    for (const double mean : {-2.0, 0.0, 1.5}) {
      for (const double deviation : {0.1, 1.0}) {
        const AcquisitionValue at = acquisition.at(mean, deviation);
        const double by_mean = (acquisition.at(mean + kStep, deviation).value -
                                acquisition.at(mean - kStep, deviation).value) /
                               (2 * kStep);
        const double by_deviation = (acquisition.at(mean, deviation + kStep).value -
                                     acquisition.at(mean, deviation - kStep).value) /
                                    (2 * kStep);
        CHECK(at.by_mean == doctest::Approx(by_mean).epsilon(1e-6));
        CHECK(at.by_deviation == doctest::Approx(by_deviation).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("the confidence bound is so many deviations of optimism") {
  CHECK(confidence_bound(3, 2, 1.5).value == 0);
}

}  // namespace autoglm
