#include "trainer/nn/model/step_plan.h"

#include <algorithm>

#include "trainer/nn/model/control_layout.h"
#include "trainer/nn/model/cuda_scratch.h"
#include "trainer/nn/model/device_arena.h"
#include "trainer/nn/model/parameter_store.h"
#include "trainer/nn/model/update_groups.h"

namespace autoglm::nn {
namespace {

constexpr std::int64_t kMostPieces = 4;
constexpr std::int64_t kLeastPiece = 16;

std::int64_t piece_of(const Network& network, const TrainingSpec& spec) {
  if (spec.memory != MemoryProfile::efficient || network.mixes_samples()) {
    return spec.batch;
  }
  const std::int64_t share = (spec.batch + kMostPieces - 1) / kMostPieces;
  return std::min(spec.batch, std::max(kLeastPiece, share));
}

std::size_t greatest_array(const Network& network) {
  std::int64_t greatest = 0;
  for (const ParameterInfo& info : network.layout().parameters()) {
    greatest = std::max(greatest, info.shape.count());
  }
  for (const StatisticInfo& info : network.layout().statistics()) {
    greatest = std::max(greatest, info.count);
  }
  return static_cast<std::size_t>(greatest) * sizeof(float);
}

// What the CPU's backend needs, roughly: the greatest weights of a layer and one image as f32, and
// some rows as wide as a layer's output, or as the batch. A convolution of 3 x 3 has 16 components
// for its 9 weights, and as many for each of the patches that are computed at once
// (trainer/nn/cpu/path/winograd.h).
std::size_t cpu_scratch(const Network& network, std::int64_t piece) {
  constexpr std::int64_t kRows = 512;
  constexpr std::int64_t kComponents = 16;
  constexpr std::int64_t kDepth = 272;  // of a tile's row
  std::int64_t image = 0;
  std::int64_t width = piece;
  std::int64_t weights = 0;
  std::int64_t components = 0;
  for (const Node& node : network.nodes()) {
    image = std::max(image, network.shape(node.x).count() + network.shape(node.y).count());
    width = std::max(width, network.shape(node.y).last());
  }
  for (const ParameterInfo& info : network.layout().parameters()) {
    weights = std::max(weights, info.shape.count());
    if (info.shape.rank == 4 && info.shape[1] == 3) {
      components = std::max(components, info.shape.count() / 9 * kComponents);
    }
  }
  const std::int64_t patches = components == 0 ? 0 : components <= 1 << 17 ? 14 : 112;
  return static_cast<std::size_t>(std::max(weights, components) + image + kRows * width +
                                  kComponents * patches * (kDepth + width)) *
         sizeof(float);
}

std::size_t cuda_scratch(const Network& network, const StepPlan& plan, const BackendInfo& device) {
  const CudaScratch of_layers(device, plan.working, plan.piece);
  std::size_t most = CudaScratch::sum();
  for (const Node& node : network.nodes()) {
    constexpr ValueId kInput = 0;
    most = std::max(most, node.layer->scratch(of_layers, node.x != kInput));
  }
  const auto bytes = [&plan](StorageId id) {
    return plan.training.storages[static_cast<std::size_t>(id)].bytes;
  };
  return most +
         CudaScratch::landings(std::max(
             {greatest_array(network), bytes(plan.training.staged), bytes(plan.training.truth)}));
}

// What HostCopies (trainer/nn/fallback) may come to hold: of each argument of the operations the
// greatest array. The first three may be activations or weights, or what an update reads; an update
// has two more; norms have their three arrays of activations behind those of their parameters.
std::size_t copies_bound(const Network& network, std::int64_t piece) {
  std::int64_t sample = 0;
  for (const Node& node : network.nodes()) {
    sample = std::max({sample, network.shape(node.x).count(), network.shape(node.y).count()});
  }
  const std::int64_t activations = piece * sample;
  const std::int64_t parameters = network.layout().total();
  return static_cast<std::size_t>(3 * std::max(activations, parameters) + 2 * parameters +
                                  3 * activations) *
         sizeof(float);
}

}  // namespace

StepPlan plan_step(const Network& network, const Problem& problem, const TrainingSpec& spec) {
  StepPlan plan{.piece = piece_of(network, spec),
                .working = working_type(spec.precision),
                .moments = moments_of(spec.optimizer)};
  ProgramOptions options{
      .mode = Mode::training,
      .batch = plan.piece,
      .working = plan.working,
      .recompute = spec.memory == MemoryProfile::efficient,
      .truth_bytes = problem.classification ? 4 : 4 * static_cast<std::size_t>(problem.outputs)};
  plan.training = plan_program(network, options);
  options.mode = Mode::evaluation;
  plan.evaluation = plan_program(network, options);
  plan.activation_bytes = std::max(plan.training.bytes, plan.evaluation.bytes);
  return plan;
}

std::size_t control_bytes(const Network& network) {
  return kMoments + aligned_bytes(network.layout().parameters().size() * 2 * sizeof(float));
}

MemoryUse predict_memory(const Network& network, const StepPlan& plan, const BackendInfo& device) {
  const std::size_t on_host = cpu_scratch(network, plan.piece);
  const ParameterBytes parameters = parameter_bytes(network.layout(), plan.working, plan.moments);
  return {.masters = parameters.masters,
          .gradients = parameters.gradients,
          .moments = parameters.moments,
          .working = parameters.working,
          .statistics = parameters.statistics,
          .activations = plan.activation_bytes,
          .control = control_bytes(network),
          .scratch = device.memory_bytes > 0 ? cuda_scratch(network, plan, device) : on_host,
          .greatest = greatest_array(network),
          .copies = device.copies_to_host ? copies_bound(network, plan.piece) + on_host : 0};
}

MemoryUse predict_memory(const ModelSpec& model, const TrainingSpec& training,
                         const Problem& problem, const BackendInfo& device) {
  const Network network = build_network(model, problem.sample, problem.outputs);
  return predict_memory(network, plan_step(network, problem, training), device);
}

}  // namespace autoglm::nn
