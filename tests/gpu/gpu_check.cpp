// Compares every operation of a CUDA device with the CPU's:
//   gpu-check [--json FILE] [--only TEXT]… [--small] [--device N] [--cpu]
// Each case runs twice, on arrays that are NaN where nothing was written yet, and must give the
// same bits; and once more at addresses that are aligned to single numbers. --small leaves out what
// is long, for compute-sanitizer; --cpu compares the CPU with itself, which checks this program.
// Prints a table; ends with 1 if anything is wrong, with 2 if there is no device.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "gpu/cuda_library.h"
#include "tests/gpu/cases.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::nn {
namespace {

const char* name_of(DType type) {
  switch (type) {
    case DType::f32:
      return "f32";
    case DType::bf16:
      return "bf16";
    case DType::f16:
      return "f16";
  }
  return "";
}

/// 16 bits: a last place of the type, since both sides round, and may round apart. f32: sums in
/// another order. The longest here are of 2048 products; added up one after the other in f32, sums
/// of so many random products are off by 2.3e-6 at most, by this measure, and most orders are
/// better.
double rounding(DType type) {
  switch (type) {
    case DType::f32:
      return 2e-5;
    case DType::bf16:
      return 0x1p-7;
    case DType::f16:
      return 0x1p-10;
  }
  return 0;
}

/// The greatest difference, as a part of the number it should be plus a typical one.
double difference(const Output& got, const Output& wanted) {
  double squares = 0;
  for (const double value : wanted.values) {
    squares += std::isfinite(value) ? value * value : 0;
  }
  const double typical = std::sqrt(squares / static_cast<double>(wanted.values.size()));
  double worst = 0;
  for (std::size_t i = 0; i < wanted.values.size(); ++i) {
    const double a = got.values[i];
    const double b = wanted.values[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) {
      continue;
    }
    const double apart = std::fabs(a - b) / (std::fabs(b) + typical);
    if (!std::isfinite(apart)) {
      return INFINITY;
    }
    worst = std::max(worst, apart);
  }
  return worst;
}

struct Row {
  int cases = 0;
  double error = 0;  // as a part of what is allowed
  double worst = 0;
  bool repeatable = true;
};

class Comparison {
 public:
  Comparison(Backend& subject, Backend& reference) : subject_(subject), reference_(reference) {}

  void compare(const Case& one, std::uint64_t seed) {
    Row& row = rows_[{one.operation, one.type}];
    ++row.cases;
    TrialRun wanted(reference_, seed, false);
    one.run(wanted);
    if (const std::string fault = wanted.fault(); !fault.empty()) {
      complain(one, "reference: " + fault);
      return;
    }
    const std::vector<Output> reference = wanted.outputs();
    const std::vector<Output> first = outputs(one, seed, false);
    judge(one, row, first, reference);
    const std::vector<Output> second = outputs(one, seed, false);
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (first[i].bytes != second[i].bytes) {
        row.repeatable = false;
        complain(one, first[i].name + ": two runs differ");
      }
    }
    judge(one, row, outputs(one, seed, true), reference);
  }

  nlohmann::json report() const {
    nlohmann::json operations = nlohmann::json::array();
    std::printf("%-24s %-5s %5s %10s %9s  %s\n", "operation", "type", "cases", "error", "of limit",
                "same bits");
    for (const auto& [key, row] : rows_) {
      std::printf("%-24s %-5s %5d %10.2e %8.0f%%  %s\n", key.first.c_str(), name_of(key.second),
                  row.cases, row.worst, 100 * row.error, row.repeatable ? "yes" : "NO");
      operations.push_back({{"operation", key.first},
                            {"type", name_of(key.second)},
                            {"cases", row.cases},
                            {"error", row.worst},
                            {"part_of_limit", row.error},
                            {"repeatable", row.repeatable}});
    }
    constexpr std::size_t kMostLines = 40;
    for (std::size_t i = 0; i < std::min(complaints_.size(), kMostLines); ++i) {
      std::printf("WRONG %s\n", complaints_[i].c_str());
    }
    if (complaints_.size() > kMostLines) {
      std::printf("WRONG and %zu more\n", complaints_.size() - kMostLines);
    }
    return {{"operations", operations}, {"wrong", complaints_}};
  }
  bool ok() const { return complaints_.empty(); }

 private:
  void complain(const Case& one, const std::string& what) {
    complaints_.push_back(one.operation + " " + name_of(one.type) + " " + one.shape + ": " + what);
  }

  std::vector<Output> outputs(const Case& one, std::uint64_t seed, bool misaligned) {
    TrialRun run(subject_, seed, misaligned);
    one.run(run);
    if (const std::string fault = run.fault(); !fault.empty()) {
      complain(one, fault + (misaligned ? " (misaligned)" : ""));
    }
    return run.outputs();
  }

  void judge(const Case& one, Row& row, const std::vector<Output>& got,
             const std::vector<Output>& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const double limit = wanted[i].exact ? 0.0 : rounding(wanted[i].type);
      const double error = difference(got[i], wanted[i]);
      row.worst = std::max(row.worst, error);
      row.error = std::max(row.error, limit > 0 ? error / limit : error > 0 ? INFINITY : 0.0);
      if (error > limit) {
        char text[160];
        std::snprintf(text, sizeof text, "%s: error %.2e, limit %.2e", wanted[i].name.c_str(),
                      error, limit);
        complain(one, text);
      }
    }
  }

  Backend& subject_;
  Backend& reference_;
  std::map<std::pair<std::string, DType>, Row> rows_{};
  std::vector<std::string> complaints_{};
};

struct Options {
  std::string json{};
  std::vector<std::string> only{};
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
  return (!named && !options.only.empty()) || (options.small && index % 3 != 0);
}

int run(const Options& options) {
  CudaBackend cuda =
      options.cpu ? CudaBackend{.backend = make_cpu_backend()} : make_cuda_backend(options.device);
  if (cuda.backend == nullptr) {
    std::fprintf(stderr, "gpu-check: no device to check: %s\n", cuda.reason.c_str());
    return 2;
  }
  std::vector<Case> cases;
  for (const DType type : {DType::f32, DType::bf16, DType::f16}) {
    add_product_cases(type, cases);
    add_array_cases(type, cases);
    add_norm_cases(type, cases);
    add_loss_cases(type, cases);
    add_update_cases(type, cases);
  }
  const std::unique_ptr<Backend> reference = make_cpu_backend();
  std::printf("%s (%s) against %s\n", cuda.backend->info().device.c_str(),
              cuda.backend->info().instructions.c_str(), reference->info().device.c_str());
  Comparison comparison(*cuda.backend, *reference);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!is_left_out(options, cases[i], i)) {
      comparison.compare(cases[i], i);
    }
  }
  nlohmann::json report = comparison.report();
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
