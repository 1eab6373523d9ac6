// What a checkpoint holds of a NetworkTrainer. Arrays:
//
//     NAME                          each parameter, f32 masters: "fc1.weight"
//     NAME@first, NAME@second       its moments, as far as the update rule keeps them
//     norm1.running_mean …          statistics
//     @scale                        loss_scale, gradient_norm, factor
//     @counters                     updates, passes, skip, good_steps, applied, overflows, loss
//     samples, loss sum (bits)
//
// An f32 does not hold all whole numbers, so a counter is written as four digits of 16 bits, the
// lowest first.
#include <array>
#include <bit>
#include <string>

#include "trainer/nn/model/control_layout.h"
#include "trainer/nn/model/network_trainer.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

constexpr std::size_t kCounters = 8;
constexpr std::size_t kDigits = 4;
using Counters = std::array<std::uint64_t, kCounters>;

std::vector<float> digits_of(const Counters& counters) {
  std::vector<float> digits;
  for (const std::uint64_t counter : counters) {
    for (std::size_t i = 0; i < kDigits; ++i) {
      digits.push_back(static_cast<float>(counter >> (16 * i) & 0xFFFFU));
    }
  }
  return digits;
}

Counters counters_from(const std::vector<float>& digits) {
  Counters counters{};
  for (std::size_t i = 0; i < kCounters * kDigits; ++i) {
    const auto digit = static_cast<std::uint64_t>(digits[i]) & 0xFFFFU;
    counters[i / kDigits] |= digit << (16 * (i % kDigits));
  }
  return counters;
}

std::uint64_t wide(std::int32_t number) { return static_cast<std::uint32_t>(number); }
std::int32_t narrow(std::uint64_t number) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
}

std::vector<float> download_all(Backend& backend, const float* from, std::int64_t count) {
  std::vector<float> all(static_cast<std::size_t>(count));
  if (count > 0) {
    require_ok(backend.download(all.data(), from, all.size() * sizeof(float)), backend, "download");
  }
  return all;
}

// Cuts the arrays of parameters, or statistics, out of one that holds all.
void append_parameters(std::vector<NamedArray>& arrays, const ParameterLayout& layout,
                       const std::vector<float>& all, const std::string& suffix) {
  for (const ParameterInfo& info : layout.parameters()) {
    const auto begin = all.begin() + layout.offset(info);
    arrays.push_back({info.name + suffix, {begin, begin + info.shape.count()}});
  }
}

const std::vector<float>& numbers_of(const std::vector<NamedArray>& arrays, const std::string& name,
                                     std::size_t count) {
  const NamedArray* array = find_array(arrays, name);
  if (array == nullptr || array->numbers.size() != count) {
    throw ArrayError(
        "checkpoint: " + name + ": " +
        (array == nullptr ? "missing" : std::to_string(array->numbers.size()) + " numbers") +
        ", and this model has " + std::to_string(count) +
        "; it was saved by another model, so restore the spec or begin anew");
  }
  return array->numbers;
}

void upload_to(Backend& backend, float* to, const std::vector<float>& numbers) {
  require_ok(backend.upload(to, numbers.data(), numbers.size() * sizeof(float)), backend, "upload");
}

}  // namespace

std::vector<NamedArray> NetworkTrainer::save() const {
  const ParameterLayout& layout = network_.layout();
  std::vector<NamedArray> arrays;
  append_parameters(arrays, layout, download_all(backend_, parameters_.masters(), layout.total()),
                    "");
  for (int which = 0; which < plan_.moments; ++which) {
    append_parameters(arrays, layout,
                      download_all(backend_, parameters_.moment(which), layout.total()),
                      which == 0 ? "@first" : "@second");
  }
  const std::vector<float> statistics =
      download_all(backend_, parameters_.statistics(), layout.statistics_total());
  for (const StatisticInfo& info : layout.statistics()) {
    const auto begin = statistics.begin() + info.offset;
    arrays.push_back({info.name, {begin, begin + info.count}});
  }
  StepState state;
  double sum = 0;
  check(backend_.download(&state, control_.at(kStepState), sizeof state), "download");
  check(backend_.download(&sum, control_.at(kTrainingSum), sizeof sum), "download");
  arrays.push_back({"@scale", {state.loss_scale, state.gradient_norm, state.factor}});
  arrays.push_back(
      {"@counters",
       digits_of({static_cast<std::uint64_t>(updates_), passes_, wide(state.skip),
                  wide(state.good_steps), wide(state.applied), wide(state.overflows),
                  static_cast<std::uint64_t>(loss_samples_), std::bit_cast<std::uint64_t>(sum)})});
  return arrays;
}

void NetworkTrainer::load(const std::vector<NamedArray>& arrays) {
  for (const ParameterInfo& info : network_.layout().parameters()) {
    const auto count = static_cast<std::size_t>(info.shape.count());
    const std::int64_t offset = network_.layout().offset(info);
    upload_to(backend_, parameters_.masters() + offset, numbers_of(arrays, info.name, count));
    for (int which = 0; which < plan_.moments; ++which) {
      upload_to(backend_, parameters_.moment(which) + offset,
                numbers_of(arrays, info.name + (which == 0 ? "@first" : "@second"), count));
    }
  }
  for (const StatisticInfo& info : network_.layout().statistics()) {
    upload_to(backend_, parameters_.statistics() + info.offset,
              numbers_of(arrays, info.name, static_cast<std::size_t>(info.count)));
  }
  parameters_.refresh_working();
  const std::vector<float>& scale = numbers_of(arrays, "@scale", 3);
  const Counters counters = counters_from(numbers_of(arrays, "@counters", kCounters * kDigits));
  updates_ = static_cast<std::int64_t>(counters[0]);
  passes_ = static_cast<std::uint32_t>(counters[1]);
  const StepState state{.loss_scale = scale[0],
                        .gradient_norm = scale[1],
                        .factor = scale[2],
                        .skip = narrow(counters[2]),
                        .good_steps = narrow(counters[3]),
                        .applied = narrow(counters[4]),
                        .overflows = narrow(counters[5])};
  loss_samples_ = static_cast<std::int64_t>(counters[6]);
  const auto sum = std::bit_cast<double>(counters[7]);
  check(backend_.upload(control_.at(kStepState), &state, sizeof state), "upload");
  check(backend_.upload(control_.at(kTrainingSum), &sum, sizeof sum), "upload");
  fresh_ = true;
}

std::vector<NamedArray> NetworkTrainer::gradients() const {
  std::vector<NamedArray> arrays;
  append_parameters(arrays, network_.layout(),
                    download_all(backend_, parameters_.gradients(), network_.layout().total()), "");
  return arrays;
}

}  // namespace autoglm::nn
