// `autoglm doctor`: whether what is there works. With --gpu every operation of the GPU is compared
// with the CPU's.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/wrapped_text.h"
#include "gpu/cuda_library.h"
#include "gpu/gpu_list.h"
#include "trainer/nn/check/comparison.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {
namespace {

bool is_wanted(const DoctorOptions& options, const nn::Case& one) {
  bool wanted = options.only.empty();
  for (const std::string& text : options.only) {
    wanted = wanted || one.operation.find(text) != std::string::npos;
  }
  return wanted;
}

/// A line for each operation and type, and for each fault.
void print(const nn::Comparison& comparison) {
  for (const auto& [key, check] : comparison.operations()) {
    write_for_people(
        fmt::format("{:24} {:4} {:3} cases, error {:.1e}, {:3.0f} % of what rounding may do{}\n",
                    key.first, nn::name_of(key.second), check.cases, check.error,
                    100 * check.part_of_limit, check.faults.empty() ? "" : ", WRONG"));
  }
  for (const auto& [key, check] : comparison.operations()) {
    for (const std::string& fault : check.faults) {
      write_for_people(fault + "\n");
    }
  }
}

int check_operations(const DoctorOptions& options, nn::Backend& gpu) {
  const std::unique_ptr<nn::Backend> cpu = nn::make_cpu_backend();
  nn::Comparison comparison(gpu, *cpu);
  std::uint64_t seed = 0;
  for (const nn::Case& one : nn::all_cases()) {
    if (is_wanted(options, one)) {
      comparison.compare(one, seed);
    }
    ++seed;
  }
  print(comparison);
  const std::string name = gpu.info().device;
  if (comparison.operations().empty()) {
    throw UsageError(
        "autoglm doctor: no operation is called like what --only says; leave it out to "
        "see their names");
  }
  write_for_people(
      comparison.ok() ? fmt::format("{}: every operation computes what the CPU does\n", name)
                      : fmt::format("{}: wrong; train on the CPU (\"device\": \"cpu\"), and report "
                                    "this\n",
                                    name));
  return comparison.ok() ? exit_done : exit_device;
}

}  // namespace

int run_doctor(const DoctorOptions& options) {
  write_for_people(fmt::format("cpu: {}\n", nn::make_cpu_backend()->info().instructions));
  const GpuList list = list_gpus();
  const CudaBackend cuda = make_cuda_backend(0);
  if (cuda.backend != nullptr) {
    write_for_people(fmt::format("gpu: {}\n", cuda.backend->info().device));
    return options.gpu ? check_operations(options, *cuda.backend) : exit_done;
  }
  if (list.gpus.empty()) {
    write_for_people(fmt::format("no GPU: {}\n", list.reason));
    return exit_done;
  }
  write_for_people(
      fmt::format("{} is there and cannot be used: {}\n", list.gpus.front().name, cuda.reason));
  return exit_device;
}

}  // namespace autoglm
