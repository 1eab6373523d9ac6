// Expected numbers are those of reference.py.
#include <doctest/doctest.h>

#include <cmath>

#include "data_fixture.h"
#include "trainer/nn/data/number_sample.h"

namespace autoglm::nn {
namespace {

using Features = std::vector<float>;

DataSpec digits() {
  DataSpec spec{.path = DIGITS, .target = "64"};
  spec.header = false;
  return spec;
}

std::vector<Row> every_third() {
  std::vector<Row> rows;
  for (Row row = 0; row < 200; row += 3) {
    rows.push_back(row);
  }
  return rows;
}

DataSpec table(const std::string& path, const std::string& target) {
  return {.path = path, .target = target, .validation = 0.5};
}

TEST_CASE("features of the training part have mean 0 and deviation 1, by the training part alone") {
  const auto data = open_dataset(digits());
  CHECK(data->rows() == 200);
  CHECK(data->classes().size() == 10);
  const Standardization standard = data->fit(every_third());
  const struct {
    std::size_t column;
    double mean, deviation;
  } expected[] = {{2, 5.388059701492537, 5.231806354193456},
                  {20, 8.537313432835822, 6.308791208599327},
                  {60, 10.91044776119403, 4.53421929064192}};
  // The first two rows of the file; row 1 is not of the part.
  const Features first = standard_features_of(*data, standard, 0);
  const Features second = standard_features_of(*data, standard, 1);
  for (const auto& [column, mean, deviation] : expected) {
    CHECK(1 / standard.scale[column] == doctest::Approx(deviation).epsilon(1e-12));
    // x of the raw number 0 tells the mean, whatever origin was subtracted.
    CHECK(standard.zero[column] == doctest::Approx(-mean / deviation).epsilon(1e-6));
  }
  CHECK(first[2] == doctest::Approx((5 - 5.388059701492537) / 5.231806354193456).epsilon(1e-6));
  CHECK(second[2] == doctest::Approx((0 - 5.388059701492537) / 5.231806354193456).epsilon(1e-6));
  CHECK(second[60] == doctest::Approx((16 - 10.91044776119403) / 4.53421929064192).epsilon(1e-6));
}

TEST_CASE("a feature that never changes in the training part is 0, not NaN") {
  const DataFolder folder;
  const auto data = open_dataset(table(folder.write("t.csv", "x,z,y\n5,1,a\n5,2,b\n9,3,a\n"), "y"));
  const Standardization standard = data->fit(std::vector<Row>{0, 1});
  CHECK(standard_features_of(*data, standard, 0) == Features{0, -1});
  CHECK(standard_features_of(*data, standard, 2) == Features{0, 3});
}

TEST_CASE("pixels are standardised with those of all places of their channel") {
  DataSpec spec = digits();
  spec.image = {.height = 8, .width = 8};
  const auto data = open_dataset(spec);
  CHECK(data->sample() == Shape{8, 8, 1});
  const Standardization standard = data->fit(every_third());
  REQUIRE(standard.mean.size() == 1);
  CHECK(standard.mean[0] == doctest::Approx(4.856110074626866).epsilon(1e-12));
  CHECK(1 / standard.scale[0] == doctest::Approx(6.091961226476947).epsilon(1e-12));
}

TEST_CASE("great numbers that differ little keep their differences") {
  const DataFolder folder;
  const auto data = open_dataset(table(folder.write("t.csv",
                                                    "time,y\n1700000000,a\n1700000001,b\n"
                                                    "1700000002,a\n1700000003,b\n1700000010,a\n"),
                                       "y"));
  const Standardization standard = data->fit(std::vector<Row>{0, 1, 2, 3, 4});
  const double steps[] = {0, 1, 2, 3, 10};
  for (Row row = 0; row < 5; ++row) {
    CHECK(standard_features_of(*data, standard, row)[0] ==
          doctest::Approx((steps[row] - 3.2) / 3.54400902933387).epsilon(1e-6));
  }
}

// Regression: one such number in the first row made all others of the column one number of f32.
TEST_CASE("numbers keep their differences whatever stands in a few other rows") {
  const DataFolder folder;
  for (const std::string outlier : {"1e9", "-1e38"}) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{100}}) {
      std::string lines = "x,time,y\n";
      std::vector<Row> others;
      for (Row row = 0; row < 101; ++row) {
        if (row == at) {
          lines.append(outlier).append(",").append(outlier).append(",a\n");
          continue;
        }
        others.push_back(row);
        // x is 1/8 and 7/8 in turn, time 1700000000 and 1700000001.
        lines += others.size() % 2 == 1 ? "0.125,1700000000,b\n" : "0.875,1700000001,a\n";
      }
      const auto data = open_dataset(table(folder.write("t.csv", lines), "y"));
      const Standardization standard = data->fit(others);
      for (std::size_t i = 0; i < others.size(); ++i) {
        const float x = i % 2 == 0 ? -1 : 1;
        CHECK(standard_features_of(*data, standard, others[i]) == Features{x, x});
      }
    }
  }
}

TEST_CASE("a sample holds the middle of numbers that rise, fall, or are few") {
  NumberSample none;
  CHECK_FALSE(none.median());
  none.add(7);
  CHECK(none.median() == 7);
  none.add(5);
  CHECK(none.median() == 5);
  NumberSample rising;
  NumberSample falling;
  for (int i = 0; i < 1000; ++i) {
    rising.add(i);
    falling.add(-i);
  }
  // Every 64th at the end, 8 to 15 of them, so the middle is known to within 1000 / 8.
  CHECK(std::abs(rising.median().value_or(0) - 500) < 125);
  CHECK(std::abs(falling.median().value_or(0) + 500) < 125);
}

TEST_CASE("missing numbers are the mean of the training part, or 0") {
  const DataFolder folder;
  DataSpec spec = table(folder.write("t.csv", "x,y\n1,a\n,b\n2.5,a\n4,b\n100,a\n"), "y");
  const std::vector<Row> training = {0, 1, 2, 3};  // mean 2.5, deviation 1.224744871391589
  const auto missing = [&spec, &training] {
    const auto data = open_dataset(spec);
    return standard_features_of(*data, data->fit(training), 1)[0];
  };
  CHECK(missing() == 0);
  spec.missing_number = DataSpec::MissingNumber::zero;
  CHECK(missing() == doctest::Approx(-2.5 / 1.224744871391589).epsilon(1e-6));
  spec.standardize = false;
  CHECK(missing() == 0);
  spec.missing_number = DataSpec::MissingNumber::mean;
  CHECK(missing() == 2.5F);
}

TEST_CASE("a column without a value in the training part is 0") {
  const DataFolder folder;
  const auto data = open_dataset(table(folder.write("t.csv", "x,z,y\n,1,a\n,2,b\n9,3,a\n"), "y"));
  const Standardization standard = data->fit(std::vector<Row>{0, 1});
  CHECK(standard_features_of(*data, standard, 2)[0] == 0);
}

TEST_CASE("categories stay 0 and 1, and one that the training part does not have is 0") {
  const DataFolder folder;
  const auto data = open_dataset(table(folder.write("t.csv", "c,y\nu,a\nv,b\nw,a\n"), "y"));
  const Standardization standard = data->fit(std::vector<Row>{0, 1});
  CHECK(standard_features_of(*data, standard, 0) == Features{1, 0, 0});
  CHECK(standard_features_of(*data, standard, 1) == Features{0, 1, 0});
  CHECK(standard_features_of(*data, standard, 2) == Features{0, 0, 0});
}

TEST_CASE("mean and deviation of what is to be predicted are those of the training part") {
  const DataFolder folder;
  const auto data =
      open_dataset(table(folder.write("t.csv", "x,y\n1,1\n2,2.5\n3,4\n4,1000\n"), "y"));
  const Standardization standard = data->fit(std::vector<Row>{0, 1, 2});
  CHECK(standard.target_mean == 2.5);
  CHECK(standard.target_deviation == doctest::Approx(1.224744871391589).epsilon(1e-14));
  CHECK(data->fit(std::vector<Row>{0}).target_deviation == 1);
}

TEST_CASE("an outlier of another part stays finite") {
  const DataFolder folder;
  const auto data =
      open_dataset(table(folder.write("t.csv", "x,y\n1e-30,a\n2e-30,b\n1e38,a\n"), "y"));
  const Standardization standard = data->fit(std::vector<Row>{0, 1});
  CHECK(std::isfinite(standard_features_of(*data, standard, 2)[0]));
}

}  // namespace
}  // namespace autoglm::nn
