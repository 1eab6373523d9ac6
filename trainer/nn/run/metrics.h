// The names under which a training run reports, and the values behind them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trainer/nn/run/class_metrics.h"
#include "trainer/nn/run/regression_metrics.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

template <typename Scores>
struct PartMetric {
  std::string_view name{};  // without the prefix of the part
  double Scores::*value = nullptr;
};

/// Of a part of the data that is not trained on, with the prefix of the part.
inline constexpr std::string_view kValidation = "val_";
inline constexpr std::string_view kTest = "test_";

inline constexpr std::array kClassMetrics{
    PartMetric<ClassScores>{"loss", &ClassScores::loss},
    PartMetric<ClassScores>{"accuracy", &ClassScores::accuracy},
    PartMetric<ClassScores>{"precision", &ClassScores::precision},
    PartMetric<ClassScores>{"recall", &ClassScores::recall},
    PartMetric<ClassScores>{"f1", &ClassScores::f1},
    PartMetric<ClassScores>{"precision_micro", &ClassScores::precision_micro},
    PartMetric<ClassScores>{"recall_micro", &ClassScores::recall_micro},
    PartMetric<ClassScores>{"f1_micro", &ClassScores::f1_micro},
    PartMetric<ClassScores>{"precision_at_k", &ClassScores::precision_at_k},
    PartMetric<ClassScores>{"ndcg", &ClassScores::ndcg},
    PartMetric<ClassScores>{"mrr", &ClassScores::mrr},
};

inline constexpr std::array kRegressionMetrics{
    PartMetric<RegressionScores>{"loss", &RegressionScores::loss},
    PartMetric<RegressionScores>{"mse", &RegressionScores::mse},
    PartMetric<RegressionScores>{"rmse", &RegressionScores::rmse},
    PartMetric<RegressionScores>{"mae", &RegressionScores::mae},
    PartMetric<RegressionScores>{"r2", &RegressionScores::r2},
};

// Of the run itself, whatever the task.
inline constexpr std::string_view kTrainLoss = "train_loss";        // mean since the last report
inline constexpr std::string_view kLearningRate = "lr";             // of the last update
inline constexpr std::string_view kGradientNorm = "gradient_norm";  // before clipping
inline constexpr std::string_view kSamplesPerSecond = "samples_per_second";  // in training
inline constexpr std::string_view kLatency = "latency_ms";             // of one sample, median
inline constexpr std::string_view kMemory = "memory_mb";               // most so far, in 10^6 bytes
inline constexpr std::string_view kDeviceMemory = "device_memory_mb";  // of a device's own
inline constexpr std::string_view kLossScale = "loss_scale";
inline constexpr std::string_view kOverflows = "overflows";  // updates skipped so far

inline constexpr std::array kRunMetrics{kTrainLoss,        kLearningRate, kGradientNorm,
                                        kSamplesPerSecond, kLatency,      kMemory,
                                        kDeviceMemory,     kLossScale,    kOverflows};

/// Every name that a run of this task can report; of both tasks for Task::automatic.
std::vector<std::string> metric_names(Task task);

/// In the order of the tables. `prefix`: kValidation or kTest.
std::vector<std::pair<std::string, double>> named(std::string_view prefix,
                                                  const ClassScores& scores);
std::vector<std::pair<std::string, double>> named(std::string_view prefix,
                                                  const RegressionScores& scores);

}  // namespace autoglm::nn
