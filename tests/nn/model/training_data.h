// Samples to train on, and the networks that the tests train.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "network_run.h"
#include "trainer/nn/model/network_trainer.h"

namespace autoglm::nn {

/// Normal inputs; the label is the greatest of the first `outputs` inputs, the targets are these.
/// To all inputs of a sample half of its label is added, which can be seen in images too.
class TrainingData {
 public:
  TrainingData(const Problem& problem, std::int64_t samples, std::uint64_t seed = 1);

  Samples batch(std::int64_t first, std::int64_t samples) const;
  std::vector<float>& targets() { return targets_; }

 private:
  Problem problem_;
  std::vector<float> inputs_;
  std::vector<std::int32_t> labels_;
  std::vector<float> targets_;
};

inline Problem row_problem() { return {.sample = {10}, .outputs = 4, .classification = true}; }
inline Problem image_problem() {
  return {.sample = {8, 8, 2}, .outputs = 3, .classification = true};
}

/// Layer norm, GELU and dropout, residual: every kind of layer that an mlp has.
inline ModelSpec row_model() {
  return {.units = {24, 24, 16},
          .norm = Norm::layer,
          .activation = Activation::gelu,
          .dropout = 0.2,
          .residual = true};
}

/// Batch norm, max pooling, residual blocks and dropout.
inline ModelSpec image_model() {
  return {.type = ModelSpec::Type::cnn,
          .units = {12},
          .channels = {4, 8},
          .norm = Norm::batch,
          .dropout = 0.2,
          .residual = true};
}

/// Trains on `steps` batches of `trainer`'s data, from the batch `first` on.
void train(NetworkTrainer& trainer, const TrainingData& data, std::int64_t batch,
           std::int64_t first, std::int64_t steps, double lr = 0.01);

/// The greatest difference() of arrays of two lists of the same names.
double greatest_difference(const std::vector<NamedArray>& a, const std::vector<NamedArray>& b);

}  // namespace autoglm::nn
