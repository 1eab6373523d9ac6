// Times operations and whole training steps of a device:
//   gpu-timings [--json FILE] [--only TEXT] [--device N] [--cpu]
// Prints a table; figures are medians of batches of calls. --cpu: of the CPU, at sizes that it can.
#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/gpu/networks.h"
#include "bench/gpu/stopwatch.h"
#include "gpu/cuda_library.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::bench {
namespace {

const char* name_of(DType type) {
  return type == DType::f32 ? "f32" : type == DType::bf16 ? "bf16" : "f16";
}

struct Options {
  std::string json{};
  std::string only{};
  int device = 0;
  bool cpu = false;
};

class Timings {
 public:
  Timings(Backend& backend, const Options& options) : backend_(backend), options_(options) {}

  /// `amount` of `unit` in a call.
  template <class Work>
  void time(const std::string& name, DType type, double amount, const char* unit, Memory& memory,
            const Work& work) {
    const double seconds = seconds_of(memory, work);
    const double rate = amount / seconds;
    std::printf("%-44s %-5s %12.4g %-10s %10.1f us\n", name.c_str(), name_of(type), rate, unit,
                seconds * 1e6);
    std::fflush(stdout);
    figures_.push_back({{"name", name},
                        {"type", name_of(type)},
                        {"rate", rate},
                        {"unit", unit},
                        {"microseconds", seconds * 1e6}});
  }
  bool wanted(const char* group) const {
    return std::strstr(group, options_.only.c_str()) != nullptr;
  }
  Backend& backend() { return backend_; }
  std::int64_t size(std::int64_t on_gpu, std::int64_t on_cpu) const {
    return options_.cpu ? on_cpu : on_gpu;
  }
  const nlohmann::json& figures() const { return figures_; }

 private:
  Backend& backend_;
  const Options& options_;
  nlohmann::json figures_ = nlohmann::json::array();
};

void time_products(Timings& timings, DType type, std::int64_t m, std::int64_t n, std::int64_t k) {
  Memory memory(timings.backend());
  Backend& backend = timings.backend();
  const Tensor x = memory.random(type, {m, k});
  const Tensor w = memory.random(type, {n, k});
  const Tensor y = memory.random(type, {m, n});
  float* bias = memory.floats(n);
  float* dw = memory.floats(n * k);
  const std::string text =
      " " + std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k);
  const double work =
      2e-12 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  timings.time("linear_forward" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.linear_forward(x, w, nullptr, y, nn::Activation::identity); });
  timings.time("linear_forward bias relu" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.linear_forward(x, w, bias, y, nn::Activation::relu); });
  timings.time("linear_backward_data" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.linear_backward_data(y, w, x); });
  timings.time("linear_backward_weight" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.linear_backward_weight(y, x, dw, nullptr); });
  timings.time("linear_backward_weight bias" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.linear_backward_weight(y, x, dw, bias); });
}

void time_convolution(Timings& timings, DType type, const Shape& shape, std::int64_t n,
                      const nn::Window& window) {
  Memory memory(timings.backend());
  Backend& backend = timings.backend();
  const Shape weights{n, window.kernel, window.kernel, shape[3]};
  const Tensor x = memory.random(type, shape);
  const Tensor w = memory.random(type, weights, 0.1F);
  const Tensor y =
      memory.random(type, {shape[0], window.output(shape[1]), window.output(shape[2]), n});
  float* bias = memory.floats(n);
  float* dw = memory.floats(weights.count());
  std::string text;
  for (const std::int64_t size : {shape[0], shape[1], shape[3], n, window.kernel, window.stride}) {
    text += (text.empty() ? " " : "x") + std::to_string(size);
  }
  const double work =
      2e-12 * static_cast<double>(y.count()) * static_cast<double>(weights.count() / n);
  timings.time("conv_forward" + text, type, work, "TFLOP/s", memory, [&] {
    return backend.conv_forward(window, x, w, nullptr, y, nn::Activation::identity);
  });
  timings.time("conv_forward bias relu" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.conv_forward(window, x, w, bias, y, nn::Activation::relu); });
  timings.time("conv_backward_data" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.conv_backward_data(window, y, w, x); });
  timings.time("conv_backward_weight" + text, type, work, "TFLOP/s", memory,
               [&] { return backend.conv_backward_weight(window, y, x, dw, nullptr); });
}

void time_arrays(Timings& timings, DType type) {
  Memory memory(timings.backend());
  Backend& backend = timings.backend();
  const std::int64_t rows = timings.size(32768, 1024);
  const std::int64_t columns = 1024;
  const Tensor x = memory.random(type, {rows, columns});
  const Tensor y = memory.random(type, {rows, columns});
  const Tensor d = memory.empty(type, {rows, columns});
  float* gamma = memory.floats(columns);
  float* per_row = memory.floats(rows);
  float* other = memory.floats(rows);
  float* dgamma = memory.floats(columns);
  const double gigabytes = 1e-9 * static_cast<double>(x.bytes());
  const Backend::LayerNorm layer{1e-5F, gamma, gamma, per_row, other};
  const Backend::BatchNorm batch{.gamma = gamma,
                                 .beta = gamma,
                                 .mean = memory.floats(columns),
                                 .inverse_deviation = memory.floats(columns)};
  const auto time = [&](const char* name, double arrays, auto work) {
    timings.time(name, type, gigabytes * arrays, "GB/s", memory, work);
  };
  time("copy", 2, [&] { return backend.copy(d.data, x.data, x.bytes()); });
  time("add", 3, [&] { return backend.add(x, y, d, nn::Activation::relu); });
  time("activation_forward gelu", 2,
       [&] { return backend.activation_forward(nn::Activation::gelu, x, d); });
  time("activation_backward relu", 3,
       [&] { return backend.activation_backward(nn::Activation::relu, x, y, d); });
  time("dropout", 2, [&] { return backend.dropout(0.1F, {1, 2, 3}, x, d); });
  // What is necessary is counted: arrays that are read and written, each once.
  time("layer_norm_forward", 2, [&] { return backend.layer_norm_forward(layer, x, d); });
  time("layer_norm_backward", 3,
       [&] { return backend.layer_norm_backward(layer, x, y, d, dgamma, dgamma); });
  time("batch_norm_forward", 3, [&] { return backend.batch_norm_forward(batch, x, d); });
  time("batch_norm_backward", 5,
       [&] { return backend.batch_norm_backward(batch, x, y, d, dgamma, dgamma); });
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(rows), 7);
  auto* labels = static_cast<std::int32_t*>(memory.zeros(numbers.size() * 4));
  memory.check(backend.upload(labels, numbers.data(), numbers.size() * 4));
  const nn::StepState begin{};
  auto* state = static_cast<nn::StepState*>(memory.zeros(sizeof begin));
  memory.check(backend.upload(state, &begin, sizeof begin));
  time("class_loss of 1024 classes", 2,
       [&] { return backend.class_loss({}, x, labels, 1, state, per_row, d); });
}

void time_updates(Timings& timings, DType type) {
  Memory memory(timings.backend());
  Backend& backend = timings.backend();
  const std::int64_t n = timings.size(std::int64_t{1} << 26U, std::int64_t{1} << 20U);
  const Tensor gradient = memory.random(DType::f32, {n});
  const auto* g = static_cast<const float*>(gradient.data);
  const nn::StepState begin{.applied = 1};
  auto* state = static_cast<nn::StepState*>(memory.zeros(sizeof begin));
  memory.check(backend.upload(state, &begin, sizeof begin));
  const nn::UpdateArrays arrays{
      n,   memory.floats(n), g, memory.floats(n), memory.floats(n), memory.empty(type, {n}).data,
      type};
  const double numbers = 1e-9 * static_cast<double>(n);
  const double copy = static_cast<double>(size_of(type));
  timings.time("judge_gradients", DType::f32, 4 * numbers, "GB/s", memory,
               [&] { return backend.judge_gradients(g, n, {}, state); });
  timings.time("adam with a working copy", type, (28 + copy) * numbers, "GB/s", memory,
               [&] { return backend.adam(arrays, {.lr = 1e-3F}, state); });
  timings.time("sgd with momentum, a working copy", type, (20 + copy) * numbers, "GB/s", memory,
               [&] { return backend.sgd(arrays, {.lr = 1e-3F, .momentum = 0.9F}, state); });
}

void time_network(Timings& timings, const std::string& name, DType type, std::int64_t batch,
                  const std::function<std::unique_ptr<TrainingStep>(Memory&)>& make) {
  Memory memory(timings.backend());
  const std::unique_ptr<TrainingStep> step = make(memory);
  timings.time(name, type, static_cast<double>(batch), "samples/s", memory,
               [&] { return step->run(); });
}

/// The same names and shapes as in bench/gpu/peer.py.
void time_networks(Timings& timings, DType type) {
  const std::int64_t batch = timings.size(1024, 64);
  const std::int64_t wide = timings.size(2048, 256);
  time_network(timings, "mlp 784-2048x4-10", type, batch, [&](Memory& memory) {
    return make_mlp(memory, type, batch, {784, wide, wide, wide, wide, 10});
  });
  time_network(timings, "mlp 784-256x2-10", type, 128, [&](Memory& memory) {
    return make_mlp(memory, type, 128, {784, 256, 256, 10});
  });
  const std::int64_t images = timings.size(512, 8);
  time_network(timings, "cnn 32x32 64-128-256", type, images, [&](Memory& memory) {
    return make_cnn(memory, type, images, 32,
                    {timings.size(64, 8), timings.size(128, 16), timings.size(256, 32)});
  });
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool last = i + 1 == argc;
    if (word == "--cpu") {
      options.cpu = true;
    } else if (word == "--json" && !last) {
      options.json = argv[++i];
    } else if (word == "--only" && !last) {
      options.only = argv[++i];
    } else if (word == "--device" && !last) {
      options.device = std::atoi(argv[++i]);
    } else {
      std::fprintf(stderr, "gpu-timings: no such option: %s\n", word.c_str());
      std::exit(64);
    }
  }
  return options;
}

void time_type(Timings& timings, DType type) {
  if (timings.wanted("network")) {
    time_networks(timings, type);
  }
  if (timings.wanted("linear")) {
    for (const std::int64_t size : {timings.size(1024, 128), timings.size(4096, 384)}) {
      time_products(timings, type, size, size, size);
    }
    time_products(timings, type, timings.size(1024, 64), timings.size(2048, 256),
                  timings.size(2048, 256));
  }
  if (timings.wanted("conv")) {
    const std::int64_t images = timings.size(512, 4);
    time_convolution(timings, type, {images, 32, 32, 3}, 64, {3, 1, 1});
    time_convolution(timings, type, {images, 32, 32, 64}, 64, {3, 1, 1});
    time_convolution(timings, type, {images, 16, 16, 128}, 256, {3, 1, 1});
    time_convolution(timings, type, {images, 16, 16, 128}, 256, {3, 2, 1});
    time_convolution(timings, type, {images, 16, 16, 128}, 256, {1, 1, 0});
  }
  if (timings.wanted("arrays")) {
    time_arrays(timings, type);
  }
  if (timings.wanted("updates")) {
    time_updates(timings, type);
  }
}

int run(const Options& options) {
  CudaBackend made = options.cpu ? CudaBackend{.backend = nn::make_cpu_backend()}
                                 : make_cuda_backend(options.device);
  if (made.backend == nullptr) {
    std::fprintf(stderr, "gpu-timings: no device: %s\n", made.reason.c_str());
    return 2;
  }
  std::printf("%s (%s)\n", made.backend->info().device.c_str(),
              made.backend->info().instructions.c_str());
  Timings timings(*made.backend, options);
  for (const DType type : {DType::bf16, DType::f16, DType::f32}) {
    time_type(timings, type);
  }
  if (!options.json.empty()) {
    const nlohmann::json report{{"device", made.backend->info().device},
                                {"scratch_bytes", made.backend->scratch_bytes()},
                                {"figures", timings.figures()}};
    std::ofstream(options.json) << report.dump(1) << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace autoglm::bench

int main(int argc, char** argv) {
  return autoglm::bench::run(autoglm::bench::options_of(argc, argv));
}
