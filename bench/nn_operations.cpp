// What the products of networks cost on the CPU's backend, in GFLOP/s of processor time, beside the
// processor's own limit: fused multiplications of registers. One JSON object for the shapes asked
// for; nn_operations.py asks, by turns with PyTorch.
//
//   bench-nn-operations linear M N K | conv BATCH SIZE CHANNELS OUT_CHANNELS [f32|bf16|f16]
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "search_space/random.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::bench {

namespace {

using namespace nn;  // NOLINT(google-build-using-namespace)

constexpr int kRounds = 12;
constexpr double kRoundFlops = 3e8;  // work between two looks at the clock

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The fastest of some rounds.
double gflops(double flops, const std::function<void()>& run) {
  const int repeats = std::max(1, static_cast<int>(kRoundFlops / flops));
  run();
  double fastest = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const double began = seconds();
    for (int i = 0; i < repeats; ++i) {
      run();
    }
    fastest = std::min(fastest, (seconds() - began) / repeats);
  }
  return std::round(flops / fastest * 1e-8) / 10;
}

// Sums that wait for each other less than a multiplication takes, all in registers.
template <typename Lanes>
[[gnu::always_inline]] inline double fused_multiplications(std::int64_t count) {
  constexpr int kSums = 12;
  Lanes sums[kSums] = {};
  Lanes factor = Lanes{} + 0.999F;
  Lanes term = Lanes{} + 1e-3F;
  asm volatile("" : "+v"(factor), "+v"(term));
  for (auto& sum : sums) {
    asm volatile("" : "+v"(sum));  // equal sums would be computed once
  }
  for (std::int64_t i = 0; i < count; ++i) {
#pragma GCC unroll 12
    for (auto& sum : sums) {
      sum = sum * factor + term;
    }
  }
  Lanes total{};
  for (const auto& sum : sums) {
    total += sum;
  }
  asm volatile("" : : "v"(total));
  return static_cast<double>(count) * kSums * 2 * sizeof(Lanes) / sizeof(float);
}

#if defined(__x86_64__)
using Wide = float __attribute__((vector_size(64)));
using Middle = float __attribute__((vector_size(32)));
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")
[[gnu::target("avx512f,fma")]] double multiply_v4(std::int64_t count) {
  return fused_multiplications<Wide>(count);
}
[[gnu::target("avx2,fma")]] double multiply_v3(std::int64_t count) {
  return fused_multiplications<Middle>(count);
}
#pragma GCC pop_options
#endif

// Of f32, GFLOP/s; 0: not known for this instruction set.
double ceiling() {
#if defined(__x86_64__)
  constexpr std::int64_t kCount = 200000;
  if (cpu::best_instruction_set() == cpu::InstructionSet::baseline) {
    return 0;
  }
  const auto multiply =
      cpu::best_instruction_set() == cpu::InstructionSet::v3 ? multiply_v3 : multiply_v4;
  return gflops(multiply(1) * kCount, [&] { multiply(kCount); });
#else
  return 0;
#endif
}

void must(Status status, Backend& backend) {
  if (status != Status::ok) {
    throw std::runtime_error(backend.last_error());
  }
}

// A tensor of random numbers; it lives as long as the program.
Tensor random_tensor(Backend& backend, DType type, const Shape& shape) {
  Rng rng(1, 0);
  std::vector<float> numbers(static_cast<std::size_t>(shape.count()));
  for (float& x : numbers) {
    x = static_cast<float>(rng.uniform() - 0.5);
  }
  Tensor tensor{nullptr, type, shape};
  must(backend.allocate(tensor.bytes(), &tensor.data), backend);
  must(backend.cast({numbers.data(), DType::f32, shape}, tensor), backend);
  return tensor;
}

nlohmann::json linear(Backend& backend, DType type, const std::vector<std::int64_t>& s) {
  const std::int64_t m = s.at(0);
  const std::int64_t n = s.at(1);
  const std::int64_t k = s.at(2);
  const Tensor x = random_tensor(backend, type, {m, k});
  const Tensor w = random_tensor(backend, type, {n, k});
  const Tensor y = random_tensor(backend, type, {m, n});
  const Tensor dw = random_tensor(backend, DType::f32, {n, k});
  const Tensor bias = random_tensor(backend, DType::f32, {n});
  const double flops = 2 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  auto* const b = static_cast<float*>(bias.data);
  return {
      {"forward",
       gflops(flops,
              [&] { must(backend.linear_forward(x, w, b, y, Activation::identity), backend); })},
      {"data", gflops(flops, [&] { must(backend.linear_backward_data(y, w, x), backend); })},
      {"weight", gflops(flops, [&] {
         must(backend.linear_backward_weight(y, x, static_cast<float*>(dw.data), b), backend);
       })}};
}

nlohmann::json convolution(Backend& backend, DType type, const std::vector<std::int64_t>& s) {
  const Window window{.kernel = 3, .stride = 1, .padding = 1};
  const Tensor x = random_tensor(backend, type, {s.at(0), s.at(1), s.at(1), s.at(2)});
  const Tensor w = random_tensor(backend, type, {s.at(3), 3, 3, s.at(2)});
  const Tensor y = random_tensor(backend, type, {s.at(0), s.at(1), s.at(1), s.at(3)});
  const Tensor dw = random_tensor(backend, DType::f32, w.shape);
  const Tensor bias = random_tensor(backend, DType::f32, {s.at(3)});
  const double flops = 2 * static_cast<double>(y.count()) * 9 * static_cast<double>(s.at(2));
  auto* const b = static_cast<float*>(bias.data);
  return {
      {"forward", gflops(flops,
                         [&] {
                           must(backend.conv_forward(window, x, w, b, y, Activation::identity),
                                backend);
                         })},
      {"data", gflops(flops, [&] { must(backend.conv_backward_data(window, y, w, x), backend); })},
      {"weight", gflops(flops, [&] {
         must(backend.conv_backward_weight(window, y, x, static_cast<float*>(dw.data), b), backend);
       })}};
}

int run(const std::vector<std::string>& arguments) {
  const std::string& kind = arguments.at(0);
  const std::size_t count = kind == "linear" ? 3 : 4;
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 1; i <= count; ++i) {
    sizes.push_back(std::stoll(arguments.at(i)));
  }
  const std::string type_name = arguments.size() > count + 1 ? arguments.back() : "f32";
  const DType type = type_name == "bf16"  ? DType::bf16
                     : type_name == "f16" ? DType::f16
                                          : DType::f32;
  const std::unique_ptr<Backend> backend = make_cpu_backend();
  nlohmann::json report =
      kind == "linear" ? linear(*backend, type, sizes) : convolution(*backend, type, sizes);
  report["ceiling"] = ceiling();
  report["instructions"] = backend->info().instructions;
  report["native_bf16"] = backend->info().native_bf16;
  report["build"] = BENCH_BUILD;
  fmt::print("{}\n", report.dump());
  return 0;
}

}  // namespace

}  // namespace autoglm::bench

int main(int argc, char** argv) {
  try {
    return autoglm::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr,
               "bench-nn-operations: {}; give linear M N K or conv BATCH SIZE CHANNELS "
               "OUT_CHANNELS, then f32, bf16 or f16\n",
               error.what());
    return 2;
  }
}
