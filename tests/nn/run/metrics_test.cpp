#include "trainer/nn/run/metrics.h"

#include <doctest/doctest.h>

namespace autoglm::nn {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<std::pair<std::string, double>>;

TEST_CASE("a classification run reports these names and no others") {
  CHECK(metric_names(Task::classification) == Names{"val_loss",
                                                    "val_accuracy",
                                                    "val_precision",
                                                    "val_recall",
                                                    "val_f1",
                                                    "val_precision_micro",
                                                    "val_recall_micro",
                                                    "val_f1_micro",
                                                    "val_precision_at_k",
                                                    "val_ndcg",
                                                    "val_mrr",
                                                    "test_loss",
                                                    "test_accuracy",
                                                    "test_precision",
                                                    "test_recall",
                                                    "test_f1",
                                                    "test_precision_micro",
                                                    "test_recall_micro",
                                                    "test_f1_micro",
                                                    "test_precision_at_k",
                                                    "test_ndcg",
                                                    "test_mrr",
                                                    "train_loss",
                                                    "lr",
                                                    "gradient_norm",
                                                    "samples_per_second",
                                                    "latency_ms",
                                                    "memory_mb",
                                                    "device_memory_mb",
                                                    "loss_scale",
                                                    "overflows"});
}

TEST_CASE("a regression run reports these names and no others") {
  CHECK(metric_names(Task::regression) ==
        Names{"val_loss", "val_mse", "val_rmse", "val_mae", "val_r2", "test_loss", "test_mse",
              "test_rmse", "test_mae", "test_r2", "train_loss", "lr", "gradient_norm",
              "samples_per_second", "latency_ms", "memory_mb", "device_memory_mb", "loss_scale",
              "overflows"});
}

TEST_CASE("while the task is open the names of both are known, each once") {
  CHECK(metric_names(Task::automatic).size() == 2 * (11 + 4) + 9);
}

TEST_CASE("each name has its own value") {
  const ClassScores classes{.loss = 1,
                            .accuracy = 2,
                            .precision = 3,
                            .recall = 4,
                            .f1 = 5,
                            .precision_micro = 6,
                            .recall_micro = 7,
                            .f1_micro = 8,
                            .precision_at_k = 9,
                            .ndcg = 10,
                            .mrr = 11};
  CHECK(named(kValidation, classes) == Values{{"val_loss", 1},
                                              {"val_accuracy", 2},
                                              {"val_precision", 3},
                                              {"val_recall", 4},
                                              {"val_f1", 5},
                                              {"val_precision_micro", 6},
                                              {"val_recall_micro", 7},
                                              {"val_f1_micro", 8},
                                              {"val_precision_at_k", 9},
                                              {"val_ndcg", 10},
                                              {"val_mrr", 11}});
  const RegressionScores numbers{.loss = 1, .mse = 2, .rmse = 3, .mae = 4, .r2 = 5};
  CHECK(
      named(kTest, numbers) ==
      Values{{"test_loss", 1}, {"test_mse", 2}, {"test_rmse", 3}, {"test_mae", 4}, {"test_r2", 5}});
}

}  // namespace
}  // namespace autoglm::nn
