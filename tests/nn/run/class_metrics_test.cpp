// Reference values: metrics_reference.py.
#include "trainer/nn/run/class_metrics.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

namespace autoglm::nn {
namespace {

using doctest::Approx;

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

// made_rows() of metrics_reference.py.
struct MadeRows {
  MadeRows() {
    for (int i = 0; i < 40; ++i) {
      for (int c = 0; c < 5; ++c) {
        scores.push_back(static_cast<float>((7 * i + 13 * c + 5 * i * c) % 11));
      }
      scores.push_back(-1);
      labels.push_back((i * i + 3 * i) % 4);
    }
  }
  std::vector<float> scores{};  // [40, 6]
  std::vector<std::int32_t> labels{};
};

ClassScores scores_of(std::int64_t classes, std::int64_t k, const std::vector<float>& scores,
                      const std::vector<std::int32_t>& labels) {
  ClassMetrics metrics(classes, k);
  metrics.add(scores, labels);
  return metrics.result(0);
}

TEST_CASE("scores with ties and classes that do not occur agree with scikit-learn") {
  const MadeRows rows;
  const ClassScores scores = scores_of(6, 3, rows.scores, rows.labels);
  CHECK(scores.accuracy == Approx(0.225));
  CHECK(scores.precision == Approx(0.23214285714285715));
  CHECK(scores.recall == Approx(0.1125));
  CHECK(scores.f1 == Approx(0.14930555555555555));
  CHECK(scores.precision_micro == Approx(0.225));
  CHECK(scores.recall_micro == Approx(0.225));
  CHECK(scores.f1_micro == Approx(0.225));
  CHECK(scores.precision_at_k == Approx(0.21166666666666661));
  CHECK(scores.ndcg == Approx(0.4372580581071478));
  CHECK(scores.mrr == Approx(0.449));
}

TEST_CASE("a K above the number of classes finds every label, and is divided by all the same") {
  const MadeRows rows;
  const ClassScores scores = scores_of(6, 9, rows.scores, rows.labels);
  CHECK(scores.precision_at_k == Approx(1.0 / 9));
  CHECK(scores.ndcg == Approx(0.5837181828484177));
  CHECK(scores.mrr == Approx(0.449));
}

TEST_CASE("a score that is no number is in no ranking, and a row without any is wrong") {
  const ClassScores scores =
      scores_of(3, 2, {0.7F, 0.2F, 0.1F, kNone, 0.6F, 0.4F, 0.5F, kNone, 0.5F, kNone, kNone, kNone},
                {0, 0, 2, 1});
  CHECK(scores.accuracy == Approx(0.25));
  CHECK(scores.precision == Approx(0.16666666666666666));
  CHECK(scores.recall == Approx(0.16666666666666666));
  CHECK(scores.f1 == Approx(0.16666666666666666));
  CHECK(scores.precision_micro == Approx(0.3333333333333333));
  CHECK(scores.recall_micro == Approx(0.25));
  CHECK(scores.f1_micro == Approx(0.2857142857142857));
  CHECK(scores.precision_at_k == Approx(0.25));
  CHECK(scores.ndcg == Approx(0.45386621919643216));
  CHECK(scores.mrr == Approx(0.4375));
}

TEST_CASE("infinite scores rank like any other") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const ClassScores scores =
      scores_of(3, 1, {-kInfinity, 0, kInfinity, kInfinity, kInfinity, 0}, {2, 0});
  CHECK(scores.accuracy == 1);
  CHECK(scores.precision_at_k == Approx(0.75));  // 1 and, between two equal ones, 1/2
}

TEST_CASE("labels that rank first everywhere score one in all but precision at K") {
  const ClassScores scores = scores_of(2, 2, {0.9F, 0.1F, 0.2F, 0.8F}, {0, 1});
  CHECK(scores.accuracy == 1);
  CHECK(scores.precision == 1);
  CHECK(scores.recall == 1);
  CHECK(scores.f1 == 1);
  CHECK(scores.ndcg == 1);
  CHECK(scores.mrr == 1);
  CHECK(scores.precision_at_k == 0.5);
}

TEST_CASE("equal scores for all classes are a blind guess") {
  const std::vector<float> equal(8, 0.125F);
  const ClassScores scores = scores_of(8, 2, equal, {5});
  CHECK(scores.precision_at_k == Approx(1.0 / 8));  // a chance of 2/8 for a hit that is worth 1/2
  CHECK(scores.mrr ==
        Approx((1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4 + 1.0 / 5 + 1.0 / 6 + 1.0 / 7 + 1.0 / 8) / 8));
  CHECK(scores.accuracy == 0);  // the first one is predicted
}

TEST_CASE("batches make no difference, to the last bit") {
  const MadeRows rows;
  const ClassScores whole = scores_of(6, 3, rows.scores, rows.labels);
  ClassMetrics metrics(6, 3);
  for (std::size_t row = 0; row < 40;) {
    const std::size_t n = row == 0 ? 1 : 13;
    metrics.add(std::span(rows.scores).subspan(row * 6, n * 6),
                std::span(rows.labels).subspan(row, n));
    row += n;
  }
  const ClassScores parts = metrics.result(0);
  CHECK(metrics.rows() == 40);
  CHECK(parts.f1 == whole.f1);
  CHECK(parts.precision_at_k == whole.precision_at_k);
  CHECK(parts.ndcg == whole.ndcg);
  CHECK(parts.mrr == whole.mrr);
}

TEST_CASE("rows without a label do not count") {
  ClassMetrics metrics(2, 1);
  metrics.add(std::array{0.9F, 0.1F, 0.9F, 0.1F, 0.9F, 0.1F}, std::array{0, -1, 1});
  CHECK(metrics.rows() == 2);
  const ClassScores scores = metrics.result(3);
  CHECK(scores.accuracy == 0.5);
  CHECK(scores.loss == 1.5);
}

TEST_CASE("without rows no classification score is a number") {
  const ClassScores scores = ClassMetrics(3, 1).result(0);
  for (const double score : {scores.loss, scores.accuracy, scores.precision, scores.recall,
                             scores.f1, scores.precision_micro, scores.recall_micro,
                             scores.f1_micro, scores.precision_at_k, scores.ndcg, scores.mrr}) {
    CHECK(std::isnan(score));
  }
}

TEST_CASE("a single class is always right where its score is a number") {
  const ClassScores scores = scores_of(1, 1, {0.5F, kNone}, {0, 0});
  CHECK(scores.accuracy == 0.5);
  CHECK(scores.precision == 1);
  CHECK(scores.recall == 0.5);
  CHECK(scores.mrr == 0.5);
}

}  // namespace
}  // namespace autoglm::nn
