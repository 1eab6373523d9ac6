// How well a classifier does on a part of the data.
//
// Every row has one class that is right, its label. The classes of a row are ranked by their
// scores, greatest first; a class whose score is NaN is not in the ranking. With r the rank of the
// label, from 1, each of these is the mean over the rows:
// - precision at K: 1/K if r <= K, else 0: what share of the first K is right (Manning, Raghavan,
//   Schuetze, "Introduction to Information Retrieval", 2008, section 8.4); so at most 1/K;
// - NDCG at K: 1/log2(r + 1) if r <= K, else 0. The sum of discounted gains has one term, and the
//   best ranking has 1 (Jarvelin and Kekalainen, "Cumulated gain-based evaluation of IR
//   techniques", ACM TOIS 20(4), 2002; the discount is that of scikit-learn's ndcg_score);
// - reciprocal rank: 1/r (Voorhees, "The TREC-8 question answering track report", 1999).
// Where other classes have the label's score, a row counts the mean over the orders of the equal
// ones (McSherry and Najork, "Computing information retrieval performance measures efficiently in
// the presence of tied scores", ECIR 2008), so equal scores for all are worth a blind guess. A
// label that is not ranked counts 0.
//
// The class predicted is the first of those with the greatest score; if all scores are NaN it is
// none, and the row is wrong. For class c, with t rows rightly predicted as c: precision is t /
// (rows predicted as c), recall t / (rows of c), F1 2t / (the sum of both); 0 where the
// denominator is. Macro is the mean over the classes that occur as label or prediction, micro the
// same quotients of sums over all classes (scikit-learn's, with zero_division=0).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace autoglm::nn {

/// All NaN if there are no rows.
struct ClassScores {
  double loss = 0;  // mean
  double accuracy = 0;
  double precision = 0, recall = 0, f1 = 0;  // macro
  double precision_micro = 0, recall_micro = 0, f1_micro = 0;
  double precision_at_k = 0;
  double ndcg = 0;  // at K
  double mrr = 0;   // mean reciprocal rank, over all classes
};

/// Adds up rows in the order in which they come, so the batches that they come in make no
/// difference. Its memory does not depend on the number of rows.
class ClassMetrics {
 public:
  /// REQUIRES: classes >= 1, k >= 1.
  ClassMetrics(std::int64_t classes, std::int64_t k);

  /// Probabilities, logits or whatever else ranks classes. Rows with a negative label do not count.
  /// REQUIRES: labels below `classes`.
  void add(std::span<const float> scores /* [n, classes] */,
           std::span<const std::int32_t> labels /* [n] */);

  /// Rows that count.
  std::int64_t rows() const { return rows_; }
  /// loss_sum: over the rows that count.
  ClassScores result(double loss_sum) const;

 private:
  struct Counts {  // of one class
    std::int64_t right = 0, predicted = 0, labelled = 0;
  };

  void add_row(std::span<const float> scores, std::size_t label);
  void set_macro(ClassScores& scores) const;
  void set_micro(ClassScores& scores) const;

  std::vector<Counts> counts_{};
  std::size_t k_ = 1;
  // Sums over ranks 1 to r at index r.
  std::vector<double> discounts_{};    // up to K
  std::vector<double> reciprocals_{};  // 1/r
  std::int64_t rows_ = 0;
  double hit_sum_ = 0;  // of shares of orders in which the label is among the first K
  double gain_sum_ = 0;
  double reciprocal_sum_ = 0;
};

}  // namespace autoglm::nn
