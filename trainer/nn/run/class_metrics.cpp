#include "trainer/nn/run/class_metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>

#include "search_space/portable_math.h"

namespace autoglm::nn {
namespace {

double quotient(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// The class with the greatest score, the first of equal ones; none if all are NaN.
std::optional<std::size_t> predicted_class(std::span<const float> scores) {
  std::optional<std::size_t> best;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (!std::isnan(scores[c]) && (!best || scores[c] > scores[*best])) {
      best = c;
    }
  }
  return best;
}

/// The mean over a label's possible ranks of what `sums` adds up.
double mean_over_ranks(const std::vector<double>& sums, std::size_t ahead, std::size_t equal) {
  return (sums[ahead + equal] - sums[ahead]) / static_cast<double>(equal);
}

}  // namespace

ClassMetrics::ClassMetrics(std::int64_t classes, std::int64_t k)
    : counts_(static_cast<std::size_t>(classes)),
      k_(static_cast<std::size_t>(k)),
      discounts_{0},
      reciprocals_{0} {
  assert(classes >= 1 && k >= 1);
  for (std::size_t r = 1; r <= counts_.size(); ++r) {
    const auto rank = static_cast<double>(r);
    const double discount = r <= k_ ? portable::log(2) / portable::log(rank + 1) : 0;
    discounts_.push_back(discounts_.back() + discount);
    reciprocals_.push_back(reciprocals_.back() + 1 / rank);
  }
}

void ClassMetrics::add(std::span<const float> scores, std::span<const std::int32_t> labels) {
  assert(scores.size() == labels.size() * counts_.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0) {
      add_row(scores.subspan(i * counts_.size(), counts_.size()),
              static_cast<std::size_t>(labels[i]));
    }
  }
}

void ClassMetrics::add_row(std::span<const float> scores, std::size_t label) {
  assert(label < counts_.size());
  ++rows_;
  ++counts_[label].labelled;
  if (const auto predicted = predicted_class(scores)) {
    ++counts_[*predicted].predicted;
    counts_[label].right += *predicted == label ? 1 : 0;
  }
  const float score = scores[label];
  if (std::isnan(score)) {
    return;
  }
  std::size_t ahead = 0;
  std::size_t equal = 0;  // with itself
  for (const float other : scores) {
    ahead += other > score ? 1 : 0;
    equal += other == score ? 1 : 0;
  }
  const std::size_t hits = std::min(k_ - std::min(k_, ahead), equal);
  hit_sum_ += static_cast<double>(hits) / static_cast<double>(equal);
  gain_sum_ += mean_over_ranks(discounts_, ahead, equal);
  reciprocal_sum_ += mean_over_ranks(reciprocals_, ahead, equal);
}

void ClassMetrics::set_macro(ClassScores& scores) const {
  double occurring = 0;
  for (const Counts& c : counts_) {
    occurring += c.predicted + c.labelled > 0 ? 1 : 0;
    scores.precision += quotient(c.right, c.predicted);
    scores.recall += quotient(c.right, c.labelled);
    scores.f1 += quotient(2 * c.right, c.predicted + c.labelled);
  }
  scores.precision /= occurring;
  scores.recall /= occurring;
  scores.f1 /= occurring;
}

void ClassMetrics::set_micro(ClassScores& scores) const {
  Counts all;
  for (const Counts& c : counts_) {
    all.right += c.right;
    all.predicted += c.predicted;
    all.labelled += c.labelled;
  }
  scores.accuracy = quotient(all.right, rows_);
  scores.precision_micro = quotient(all.right, all.predicted);
  scores.recall_micro = quotient(all.right, all.labelled);
  scores.f1_micro = quotient(2 * all.right, all.predicted + all.labelled);
}

ClassScores ClassMetrics::result(double loss_sum) const {
  if (rows_ == 0) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    return {.loss = kNone,
            .accuracy = kNone,
            .precision = kNone,
            .recall = kNone,
            .f1 = kNone,
            .precision_micro = kNone,
            .recall_micro = kNone,
            .f1_micro = kNone,
            .precision_at_k = kNone,
            .ndcg = kNone,
            .mrr = kNone};
  }
  const auto n = static_cast<double>(rows_);
  ClassScores scores{.loss = loss_sum / n,
                     .precision_at_k = hit_sum_ / n / static_cast<double>(k_),
                     .ndcg = gain_sum_ / n,
                     .mrr = reciprocal_sum_ / n};
  set_macro(scores);
  set_micro(scores);
  return scores;
}

}  // namespace autoglm::nn
