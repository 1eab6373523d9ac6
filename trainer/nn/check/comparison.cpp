#include "trainer/nn/check/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace autoglm::nn {
namespace {

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

void complain(OperationCheck& check, const Case& one, const std::string& what) {
  check.faults.push_back(one.operation + " " + name_of(one.type) + " " + one.shape + ": " + what);
}

/// What could not even be allocated is a fault already.
bool is_complete(const std::vector<Output>& got, const std::vector<Output>& wanted) {
  return got.size() == wanted.size();
}

void judge(const Case& one, OperationCheck& check, const std::vector<Output>& got,
           const std::vector<Output>& wanted) {
  if (!is_complete(got, wanted)) {
    return;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double limit = wanted[i].exact ? 0.0 : rounding(wanted[i].type);
    const double error = difference(got[i], wanted[i]);
    const double part = limit > 0 ? error / limit : error > 0 ? INFINITY : 0.0;
    if (part >= check.part_of_limit) {
      check.error = error;
      check.limit = limit;
      check.part_of_limit = part;
    }
    if (error > limit) {
      char text[160];
      std::snprintf(text, sizeof text, "%s: error %.2e, limit %.2e", wanted[i].name.c_str(), error,
                    limit);
      complain(check, one, text);
    }
  }
}

}  // namespace

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

std::vector<Output> Comparison::outputs(const Case& one, OperationCheck& check, std::uint64_t seed,
                                        Misalignment misalignment) {
  TrialRun run(subject_, seed, misalignment);
  one.run(run);
  std::vector<Output> found = run.outputs();
  if (const std::string fault = run.fault(); !fault.empty()) {
    complain(check, one, fault + misalignment.text());
    if (run.device_failed() && device_failure_.empty()) {
      device_failure_ = check.faults.back();
    }
  }
  return found;
}

void Comparison::compare(const Case& one, std::uint64_t seed) {
  OperationCheck& check = operations_[{one.operation, one.type}];
  // Types begin with different ones, since an operation may have fewer cases than arrays.
  const std::size_t kind =
      static_cast<std::size_t>(check.cases++) + 3 * static_cast<std::size_t>(one.type);
  TrialRun wanted(reference_, seed, {});
  one.run(wanted);
  if (const std::string fault = wanted.fault(); !fault.empty()) {
    complain(check, one, "reference: " + fault);
    return;
  }
  const std::vector<Output> reference = wanted.outputs();
  const std::vector<Output> first = outputs(one, check, seed, {});
  judge(one, check, first, reference);
  const std::vector<Output> second = outputs(one, check, seed, {});
  for (std::size_t i = 0; is_complete(second, first) && i < first.size(); ++i) {
    if (first[i].bytes != second[i].bytes) {
      check.repeatable = false;
      complain(check, one, first[i].name + ": two runs differ");
    }
  }
  const Misalignment misalignment = Misalignment::of(kind, wanted.movable());
  judge(one, check, outputs(one, check, seed, misalignment), reference);
}

bool Comparison::ok() const {
  return std::all_of(operations_.begin(), operations_.end(),
                     [](const auto& entry) { return entry.second.faults.empty(); });
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const DType type : {DType::f32, DType::bf16, DType::f16}) {
    add_product_cases(type, cases);
    add_array_cases(type, cases);
    add_norm_cases(type, cases);
    add_loss_cases(type, cases);
    add_update_cases(type, cases);
  }
  return cases;
}

}  // namespace autoglm::nn
