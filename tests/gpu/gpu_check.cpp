// Compares every operation of a CUDA device with the CPU's:
//   gpu-check [--json FILE] [--only TEXT]… [--type TYPE] [--small] [--device N] [--cpu]
// How it compares is in trainer/nn/check/comparison.h. --small leaves out two of three cases, for
// compute-sanitizer; --cpu compares the CPU with itself, which checks this program.
// Prints a table; ends with 1 if anything is wrong, with 2 if there is no device.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "gpu/cuda_library.h"
#include "trainer/nn/check/comparison.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::nn {
namespace {

void print_faults(const std::vector<std::string>& faults) {
  constexpr std::size_t kMostLines = 40;
  for (std::size_t i = 0; i < std::min(faults.size(), kMostLines); ++i) {
    std::printf("WRONG %s\n", faults[i].c_str());
  }
  if (faults.size() > kMostLines) {
    std::printf("WRONG and %zu more\n", faults.size() - kMostLines);
  }
}

/// Prints a table; the same as JSON.
nlohmann::json report_of(const Comparison& comparison) {
  nlohmann::json operations = nlohmann::json::array();
  std::vector<std::string> faults;
  std::printf("%-24s %-5s %5s %10s %9s  %s\n", "operation", "type", "cases", "error", "of limit",
              "same bits");
  for (const auto& [key, check] : comparison.operations()) {
    std::printf("%-24s %-5s %5d %10.2e %8.0f%%  %s\n", key.first.c_str(), name_of(key.second),
                check.cases, check.error, 100 * check.part_of_limit,
                check.repeatable ? "yes" : "NO");
    operations.push_back({{"operation", key.first},
                          {"type", name_of(key.second)},
                          {"cases", check.cases},
                          {"error", check.error},
                          {"part_of_limit", check.part_of_limit},
                          {"repeatable", check.repeatable}});
    faults.insert(faults.end(), check.faults.begin(), check.faults.end());
  }
  print_faults(faults);
  return {{"operations", operations}, {"wrong", faults}};
}

struct Options {
  std::string json{};
  std::vector<std::string> only{};
  std::string type{};  // "f32", "bf16", "f16"; empty: all
  bool small = false;
  bool cpu = false;
  int device = 0;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool last = i + 1 == argc;
    if (word == "--small") {
      options.small = true;
    } else if (word == "--cpu") {
      options.cpu = true;
    } else if (word == "--json" && !last) {
      options.json = argv[++i];
    } else if (word == "--only" && !last) {
      options.only.emplace_back(argv[++i]);
    } else if (word == "--type" && !last) {
      options.type = argv[++i];
    } else if (word == "--device" && !last) {
      options.device = std::atoi(argv[++i]);
    } else {
      std::fprintf(stderr, "gpu-check: no such option: %s\n", word.c_str());
      std::exit(64);
    }
  }
  return options;
}

/// Among cases of one operation and type, those for compute-sanitizer: every third.
bool is_left_out(const Options& options, const Case& one, std::size_t index) {
  const bool named = std::any_of(
      options.only.begin(), options.only.end(),
      [&](const std::string& text) { return one.operation.find(text) != std::string::npos; });
  return (!named && !options.only.empty()) || (options.small && index % 3 != 0) ||
         (!options.type.empty() && options.type != name_of(one.type));
}

int run(const Options& options) {
  CudaBackend cuda =
      options.cpu ? CudaBackend{.backend = make_cpu_backend()} : make_cuda_backend(options.device);
  if (cuda.backend == nullptr) {
    std::fprintf(stderr, "gpu-check: no device to check: %s\n", cuda.reason.c_str());
    return 2;
  }
  const std::vector<Case> cases = all_cases();
  const std::unique_ptr<Backend> reference = make_cpu_backend();
  std::printf("%s (%s) against %s\n", cuda.backend->info().device.c_str(),
              cuda.backend->info().instructions.c_str(), reference->info().device.c_str());
  Comparison comparison(*cuda.backend, *reference);
  std::map<Comparison::Key, std::size_t> met;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!is_left_out(options, cases[i], met[{cases[i].operation, cases[i].type}]++)) {
      comparison.compare(cases[i], i);
    }
  }
  nlohmann::json report = report_of(comparison);
  report["device"] = cuda.backend->info().device;
  report["scratch_bytes"] = cuda.backend->scratch_bytes();
  if (!options.json.empty()) {
    std::ofstream(options.json) << report.dump(1) << "\n";
  }
  std::printf(comparison.ok() ? "all is well\n" : "something is wrong\n");
  return comparison.ok() ? 0 : 1;
}

}  // namespace
}  // namespace autoglm::nn

int main(int argc, char** argv) {
  try {
    return autoglm::nn::run(autoglm::nn::options_of(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpu-check: %s\n", error.what());
    return 1;
  }
}
