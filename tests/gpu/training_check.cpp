// Trains small networks on a CUDA device and on the CPU, from the same weights, with the same
// samples, through NetworkTrainer:
//   gpu-training [--json FILE] [--cpu]
// Prints the losses of both and how far they are apart; in f16 the loss scale starts so high that
// gradients overflow. --cpu: the CPU beside itself. Ends with 1 if courses differ by more than what
// rounding does, with 2 if there is no device.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "gpu/cuda_library.h"
#include "tests/gpu/fenced_backend.h"
#include "trainer/nn/check/fence.h"
#include "trainer/nn/cpu/cpu_backend.h"
#include "trainer/nn/model/network_trainer.h"

namespace autoglm::nn {
namespace {

constexpr std::int64_t kBatch = 32;
constexpr std::int64_t kSteps = 20;
constexpr double kRate = 0.003;
/// Softmax gives gradients up to 2^22 / kBatch = 131072 to the logits, twice what f16 holds.
constexpr float kOverflowingScale = 0x1p22F;

struct Example {
  const char* name;
  ModelSpec model{};
  Problem problem{};
};

std::vector<Example> examples() {
  const Problem rows{.sample = {20}, .outputs = 5};
  const Problem images{.sample = {12, 12, 3}, .outputs = 5};
  return {
      {"mlp", {.units = {64, 48}, .dropout = 0.1}, rows},
      {"mlp, layer norm",
       {.units = {64, 64}, .norm = Norm::layer, .activation = Activation::gelu, .residual = true},
       rows},
      {"cnn", {.type = ModelSpec::Type::cnn, .units = {24}, .channels = {8, 16}}, images},
      {"cnn, batch norm",
       {.type = ModelSpec::Type::cnn, .channels = {16, 32}, .norm = Norm::batch, .residual = true},
       images}};
}

struct Kind {
  const char* name;
  Precision precision;
  double limit;  // of a loss, relative
};
// Some roundings a step, each of half a last place, and ReLUs that fall to the other side for it:
// on an H100 and an H200 at most 2.1e-5, 2.0e-3 and 2.8e-3 (bench/gpu/results), here some times
// that.
constexpr Kind kKinds[] = {{"f32", Precision::fp32, 1e-4},
                           {"bf16", Precision::bf16, 0.01},
                           {"f16", Precision::fp16, 0.01}};

/// Normal inputs; half of its label is added to each input of a sample.
class Data {
 public:
  explicit Data(const Problem& problem) : size_(problem.sample.count()) {
    std::mt19937_64 random(7);
    std::normal_distribution<float> normal;
    for (std::int64_t i = 0; i < kSteps * kBatch; ++i) {
      labels_.push_back(static_cast<std::int32_t>(i * 7 % problem.outputs));
      for (std::int64_t k = 0; k < size_; ++k) {
        inputs_.push_back(normal(random) + 0.5F * static_cast<float>(labels_.back()));
      }
    }
  }
  Samples batch(std::int64_t step) const {
    return {.count = kBatch,
            .inputs = inputs_.data() + step * kBatch * size_,
            .labels = labels_.data() + step * kBatch};
  }

 private:
  std::int64_t size_;
  std::vector<float> inputs_{};
  std::vector<std::int32_t> labels_{};
};

void raise_loss_scale(NetworkTrainer& trainer) {
  std::vector<NamedArray> arrays = trainer.save();
  const auto scale = std::find_if(arrays.begin(), arrays.end(),
                                  [](const NamedArray& array) { return array.name == "@scale"; });
  scale->numbers.at(0) = kOverflowingScale;
  trainer.load(arrays);
}

struct Course {
  std::vector<double> losses{};
  std::int32_t overflows = 0;
};

Course train(Backend& backend, const Example& example, Precision precision) {
  TrainingSpec training;
  training.batch = kBatch;
  training.precision = precision;
  training.seed = 11;
  NetworkTrainer trainer(backend, example.model, training, example.problem);
  if (precision == Precision::fp16) {
    raise_loss_scale(trainer);
  }
  const Data data(example.problem);
  Course course;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    trainer.accumulate(data.batch(step), kBatch);
    trainer.update(kRate);
    course.losses.push_back(trainer.take_training_loss());
  }
  course.overflows = trainer.report().overflows;
  return course;
}

/// NaN where a loss is.
double greatest_difference(const Course& a, const Course& b) {
  double greatest = 0;
  for (std::size_t i = 0; i < a.losses.size(); ++i) {
    const double apart = std::fabs(a.losses[i] - b.losses[i]) / std::fabs(b.losses[i]);
    greatest = apart <= greatest ? greatest : apart;
  }
  return greatest;
}

/// What is wrong, or an empty text.
std::string fault_of(const Kind& kind, const Course& here, const Course& there, double apart) {
  if (!(apart <= kind.limit)) {
    return "the losses differ";
  }
  if (here.overflows != there.overflows) {
    return "the overflows differ";
  }
  const bool overflows = kind.precision == Precision::fp16;
  if (overflows != (here.overflows > 0)) {
    return overflows ? "nothing overflowed" : "something overflowed";
  }
  return here.losses.back() < here.losses.front() ? "" : "nothing was learnt";
}

/// Where fences are watched, operations reach their own arrays only.
std::unique_ptr<Backend> fenced(std::unique_ptr<Backend> backend) {
  return fences_are_watched() ? std::make_unique<FencedBackend>(std::move(backend))
                              : std::move(backend);
}

struct Options {
  std::string json{};
  bool cpu = false;
};

int run(const Options& options) {
  CudaBackend made =
      options.cpu ? CudaBackend{.backend = make_cpu_backend()} : make_cuda_backend(0);
  if (made.backend == nullptr) {
    std::fprintf(stderr, "gpu-training: no device: %s\n", made.reason.c_str());
    return 2;
  }
  made.backend = fenced(std::move(made.backend));
  const std::unique_ptr<Backend> cpu = fenced(make_cpu_backend());
  nlohmann::json courses = nlohmann::json::array();
  bool ok = true;
  std::printf("%s beside %s, %d steps\n", made.backend->info().device.c_str(),
              cpu->info().device.c_str(), static_cast<int>(kSteps));
  for (const Example& example : examples()) {
    for (const Kind& kind : kKinds) {
      const Course here = train(*made.backend, example, kind.precision);
      const Course there = train(*cpu, example, kind.precision);
      const double apart = greatest_difference(here, there);
      const std::string fault = fault_of(kind, here, there, apart);
      ok = ok && fault.empty();
      std::printf(
          "%-16s %-5s %.6f to %.6f, cpu %.6f to %.6f, %d overflows, apart %.1e of %.1e %s\n",
          example.name, kind.name, here.losses.front(), here.losses.back(), there.losses.front(),
          there.losses.back(), here.overflows, apart, kind.limit,
          fault.empty() ? "ok" : ("WRONG: " + fault).c_str());
      courses.push_back({{"network", example.name},
                         {"type", kind.name},
                         {"losses", here.losses},
                         {"cpu", there.losses},
                         {"overflows", here.overflows},
                         {"cpu_overflows", there.overflows},
                         {"apart", apart},
                         {"limit", kind.limit}});
    }
  }
  if (!options.json.empty()) {
    std::ofstream(options.json)
        << nlohmann::json{{"device", made.backend->info().device}, {"courses", courses}}.dump(1)
        << "\n";
  }
  std::printf(ok ? "all is well\n" : "something is wrong\n");
  return ok ? 0 : 1;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--cpu") {
      options.cpu = true;
    } else if (word == "--json" && i + 1 < argc) {
      options.json = argv[++i];
    } else {
      std::fprintf(stderr, "gpu-training: no such option: %s\n", word.c_str());
      std::exit(64);
    }
  }
  return options;
}

}  // namespace
}  // namespace autoglm::nn

int main(int argc, char** argv) {
  try {
    return autoglm::nn::run(autoglm::nn::options_of(argc, argv));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "gpu-training: %s\n", failure.what());
    return 1;
  }
}
