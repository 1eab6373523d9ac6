// Times steps of the built-in trainer on random data, as bench/trainer/run asks: a line of JSON.
//
//   bench-training-steps MODEL PRECISION SECONDS
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "search_space/random.h"
#include "trainer/nn/cpu/cpu_backend.h"
#include "trainer/nn/model/network_trainer.h"
#include "trainer/nn/run/throughput.h"

namespace autoglm::bench {
namespace {

/// Seconds of the processor so far: what else the machine does counts less than on the clock.
double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

struct Case {
  nn::ModelSpec model{};
  nn::Problem problem{};
  std::int64_t batch = 0;
};

/// torch_steps.py has the same.
const std::map<std::string, Case>& cases() {
  using nn::ModelSpec;
  const auto mlp = [](std::vector<std::int64_t> units, std::int64_t features, std::int64_t batch) {
    return Case{.model = {.type = ModelSpec::Type::mlp, .units = std::move(units)},
                .problem = {.sample = {features}, .outputs = 10},
                .batch = batch};
  };
  const auto cnn = [](std::vector<std::int64_t> channels, nn::Shape sample, std::int64_t batch) {
    return Case{.model = {.type = ModelSpec::Type::cnn,
                          .channels = std::move(channels),
                          .blocks = 2,
                          .norm = nn::Norm::batch},
                .problem = {.sample = sample, .outputs = 10},
                .batch = batch};
  };
  static const std::map<std::string, Case> all{
      {"mlp-0.1M", mlp({288, 288}, 64, 64)},
      {"mlp-10M", mlp({2048, 2048, 2048}, 784, 128)},
      {"cnn-0.1M", cnn({20, 40, 80}, {28, 28, 1}, 64)},
      {"cnn-5M", cnn({128, 256, 512}, {32, 32, 3}, 32)},
  };
  return all;
}

/// The best of several products of 1024 x 1024 matrices of the type that networks compute in.
double ceiling_gflops(nn::Backend& backend, nn::DType type) {
  constexpr std::int64_t n = 1024;
  constexpr std::byte kEach{0x3c};  // so that numbers are normal ones in every type
  std::vector<std::byte> a(n * n * nn::size_of(type), kEach);
  std::vector<std::byte> b(a.size(), kEach);
  std::vector<std::byte> c(a.size());
  const auto matrix = [type](std::vector<std::byte>& numbers) {
    return nn::Tensor{.data = numbers.data(), .type = type, .shape = {n, n}};
  };
  double least = 1e9;
  for (int round = 0; round < 5; ++round) {
    const double begin = processor_seconds();
    const nn::Status status =
        backend.linear_forward(matrix(a), matrix(b), nullptr, matrix(c), nn::Activation::identity);
    if (status != nn::Status::ok) {
      return 0;
    }
    least = std::min(least, processor_seconds() - begin);
  }
  return 2.0 * n * n * n / least / 1e9;
}

int run(const std::string& name, const std::string& precision, double seconds) {
  const Case& chosen = cases().at(name);
  const auto backend = nn::make_cpu_backend();
  nn::TrainingSpec training{.batch = chosen.batch, .seed = 1};
  training.precision = precision == "bf16"   ? nn::Precision::bf16
                       : precision == "fp16" ? nn::Precision::fp16
                                             : nn::Precision::fp32;
  const double ceiling = ceiling_gflops(*backend, nn::working_type(training.precision));
  const std::int64_t idle = nn::host_memory().value_or(nn::HostMemory{}).resident;
  nn::NetworkTrainer trainer(*backend, chosen.model, training, chosen.problem);
  Rng rng(1, 0);
  const auto count = static_cast<std::size_t>(chosen.batch * chosen.problem.sample.count());
  std::vector<float> inputs(count);
  std::generate(inputs.begin(), inputs.end(), [&] { return static_cast<float>(rng.normal()); });
  std::vector<std::int32_t> labels(static_cast<std::size_t>(chosen.batch));
  std::generate(labels.begin(), labels.end(),
                [&] { return static_cast<std::int32_t>(rng.below(10)); });
  const nn::Samples samples{
      .count = chosen.batch, .inputs = inputs.data(), .labels = labels.data()};
  const auto step = [&] {
    trainer.accumulate(samples, chosen.batch);
    trainer.update(1e-4);
  };
  for (int warm = 0; warm < 3; ++warm) {
    step();
  }
  std::int64_t steps = 0;
  const double begin = processor_seconds();
  do {
    step();
    ++steps;
  } while (processor_seconds() - begin < seconds);
  const double elapsed = processor_seconds() - begin;
  fmt::print(
      R"({{"samples_per_second": {:.6g}, "ceiling_gflops": {:.4g}, "memory_growth_mb": {:.4g}, )"
      R"("instructions": "{}", "parameters": {}}})"
      "\n",
      static_cast<double>(steps * chosen.batch) / elapsed, ceiling,
      static_cast<double>(nn::host_memory().value_or(nn::HostMemory{}).peak - idle) / 1e6,
      backend->info().instructions, trainer.memory().masters / sizeof(float));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace autoglm::bench

int main(int argc, char** argv) {
  if (argc != 4 || !autoglm::bench::cases().contains(argv[1])) {
    fmt::print(stderr, "usage: bench-training-steps MODEL PRECISION SECONDS\n");
    return 2;
  }
  return autoglm::bench::run(argv[1], argv[2], std::atof(argv[3]));
}
