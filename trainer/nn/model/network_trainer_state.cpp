// What a run that goes on needs of a NetworkTrainer: its counters, and these arrays of f32:
//
//     NAME                          each parameter, f32 masters: "fc1.weight"
//     NAME@first, NAME@second       its moments, as far as the update rule keeps them
//     norm1.running_mean …          statistics
//     @scale                        loss_scale, gradient_norm, factor
#include <algorithm>
#include <cstddef>
#include <string>

#include "trainer/nn/model/control_layout.h"
#include "trainer/nn/model/network_trainer.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

// "@scale" is the beginning of a StepState.
constexpr std::int64_t kScale = 3;
static_assert(offsetof(StepState, loss_scale) == 0 && offsetof(StepState, gradient_norm) == 4 &&
              offsetof(StepState, factor) == 8);

const StateArray& find(const std::vector<StateArray>& arrays, const NamedArray& wanted) {
  const auto found = std::find_if(arrays.begin(), arrays.end(), [&wanted](const StateArray& array) {
    return array.name == wanted.name;
  });
  const std::string saved =
      "the state: " + wanted.name + ": " + std::to_string(wanted.numbers.size()) + " numbers";
  const char* const remedy = "; it was saved by another model, so restore the spec or begin anew";
  if (found == arrays.end()) {
    throw ArrayError(saved + ", and this model has none" + remedy);
  }
  if (found->shape.count() != std::ssize(wanted.numbers)) {
    throw ArrayError(saved + ", and this model has " + std::to_string(found->shape.count()) +
                     remedy);
  }
  return *found;
}

std::size_t bytes_of(const StateArray& array) {
  return static_cast<std::size_t>(array.shape.count()) * sizeof(float);
}

}  // namespace

std::vector<StateArray> NetworkTrainer::state(StatePart part) const {
  const ParameterLayout& layout = network_.layout();
  const bool all = part == StatePart::all;
  std::vector<StateArray> arrays;
  const auto add_of_each = [&](const char* suffix, float* numbers, bool masters) {
    for (const ParameterInfo& info : layout.parameters()) {
      const std::int64_t offset = layout.offset(info);
      arrays.push_back({.name = info.name + suffix,
                        .shape = info.shape,
                        .numbers = numbers + offset,
                        .has_copy = masters && parameters_.working_at(offset) != nullptr});
    }
  };
  add_of_each("", parameters_.masters(), true);
  for (int which = 0; all && which < plan_.moments; ++which) {
    add_of_each(which == 0 ? "@first" : "@second", parameters_.moment(which), false);
  }
  for (const StatisticInfo& info : layout.statistics()) {
    arrays.push_back({.name = info.name,
                      .shape = {info.count},
                      .numbers = parameters_.statistics() + info.offset});
  }
  if (all) {
    arrays.push_back({.name = "@scale",
                      .shape = {kScale},
                      .numbers = static_cast<float*>(control_.at(kStepState))});
  }
  return arrays;
}

void NetworkTrainer::download(const StateArray& array, void* to) const {
  check(backend_.download(to, array.numbers, bytes_of(array)), "download");
}

void NetworkTrainer::upload(const StateArray& array, const void* from) {
  check(backend_.upload(array.numbers, from, bytes_of(array)), "upload");
  if (array.has_copy) {
    parameters_.refresh_working(array.numbers - parameters_.masters(), array.shape.count());
  }
  fresh_ = true;
}

NamedArray NetworkTrainer::copy_of(const StateArray& array) const {
  NamedArray copy{array.name, std::vector<float>(static_cast<std::size_t>(array.shape.count()))};
  download(array, copy.numbers.data());
  return copy;
}

std::vector<NamedArray> NetworkTrainer::save() const {
  std::vector<NamedArray> saved;
  for (const StateArray& array : state()) {
    saved.push_back(copy_of(array));
  }
  return saved;
}

void NetworkTrainer::load(const std::vector<NamedArray>& arrays) {
  const std::vector<StateArray> all = state();
  for (const NamedArray& array : arrays) {
    find(all, array);
  }
  for (const NamedArray& array : arrays) {
    upload(find(all, array), array.numbers.data());
  }
}

StepCounters NetworkTrainer::counters() const {
  StepState state;
  StepCounters counters{.updates = updates_, .passes = passes_, .loss_samples = loss_samples_};
  check(backend_.download(&state, control_.at(kStepState), sizeof state), "download");
  check(backend_.download(&counters.loss_sum, control_.at(kTrainingSum), sizeof(double)),
        "download");
  counters.skip = state.skip;
  counters.good_steps = state.good_steps;
  counters.applied = state.applied;
  counters.overflows = state.overflows;
  return counters;
}

void NetworkTrainer::set_counters(const StepCounters& counters) {
  StepState state;
  check(backend_.download(&state, control_.at(kStepState), sizeof state), "download");
  state.skip = counters.skip;
  state.good_steps = counters.good_steps;
  state.applied = counters.applied;
  state.overflows = counters.overflows;
  check(backend_.upload(control_.at(kStepState), &state, sizeof state), "upload");
  check(backend_.upload(control_.at(kTrainingSum), &counters.loss_sum, sizeof(double)), "upload");
  updates_ = counters.updates;
  passes_ = static_cast<std::uint32_t>(counters.passes);
  loss_samples_ = counters.loss_samples;
}

std::vector<NamedArray> NetworkTrainer::gradients() const {
  const ParameterLayout& layout = network_.layout();
  std::vector<NamedArray> saved;
  for (const ParameterInfo& info : layout.parameters()) {
    saved.push_back(copy_of({.name = info.name,
                             .shape = info.shape,
                             .numbers = parameters_.gradients() + layout.offset(info)}));
  }
  return saved;
}

}  // namespace autoglm::nn
