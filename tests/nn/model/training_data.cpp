#include "training_data.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "difference.h"

namespace autoglm::nn {

TrainingData::TrainingData(const Problem& problem, std::int64_t samples, std::uint64_t seed)
    : problem_(problem), inputs_(normal_numbers(samples * problem.sample.count(), seed)) {
  for (std::int64_t i = 0; i < samples; ++i) {
    const auto begin = inputs_.begin() + i * problem.sample.count();
    targets_.insert(targets_.end(), begin, begin + problem.outputs);
    labels_.push_back(
        static_cast<std::int32_t>(std::max_element(begin, begin + problem.outputs) - begin));
    const float shift = 0.5F * static_cast<float>(labels_.back());
    std::for_each(begin, begin + problem.sample.count(), [shift](float& x) { x += shift; });
  }
}

Samples TrainingData::batch(std::int64_t first, std::int64_t samples) const {
  Samples batch{.count = samples, .inputs = inputs_.data() + first * problem_.sample.count()};
  if (problem_.classification) {
    batch.labels = labels_.data() + first;
  } else {
    batch.targets = targets_.data() + first * problem_.outputs;
  }
  return batch;
}

void train(NetworkTrainer& trainer, const TrainingData& data, std::int64_t batch,
           std::int64_t first, std::int64_t steps, double lr) {
  for (std::int64_t step = first; step < first + steps; ++step) {
    trainer.accumulate(data.batch(step * batch, batch), batch);
    trainer.update(lr);
  }
}

double greatest_difference(const std::vector<NamedArray>& a, const std::vector<NamedArray>& b) {
  REQUIRE(a.size() == b.size());
  double greatest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].name == b[i].name);
    greatest = farther(greatest, difference(a[i].numbers, b[i].numbers));
  }
  return greatest;
}

}  // namespace autoglm::nn
