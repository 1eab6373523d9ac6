#include "trainer/nn/model/network_trainer.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "trainer/nn/model/control_layout.h"
#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

// Keeps the numbers of dropout apart from those of other uses of the seed.
constexpr std::uint64_t kDropoutSeed = 0xD509'0A7D'509A'7001;
// Micikevicius et al., arXiv:1710.03740, begin at a large power of two too; this is PyTorch's.
constexpr float kFirstLossScale = 65536;

// Throws where the loss does not suit the task.
ClassLoss class_loss_of(const LossSpec& spec, bool classification) {
  using Type = LossSpec::Type;
  if (spec.type != Type::automatic && (spec.type == Type::squared) == classification) {
    throw ModelError(std::string("training.loss: ") +
                     (classification ? "\"mse\" is for regression, and the target is a class; "
                                       "choose \"cross_entropy\" or \"focal\""
                                     : "the target is a number; choose \"mse\""));
  }
  const bool focal = spec.type == Type::focal;
  if ((focal || !classification) && spec.label_smoothing > 0) {
    throw ModelError(std::string("training.label_smoothing: ") +
                     (focal ? "the focal loss is not defined for smoothed labels"
                            : "the target is a number, and there is no class to smooth") +
                     "; set it to 0");
  }
  return {.smoothing = static_cast<float>(spec.label_smoothing),
          .focal = focal,
          .focal_alpha = static_cast<float>(spec.focal_alpha),
          .focal_gamma = static_cast<float>(spec.focal_gamma)};
}

// Throws where batch norm would have one number of each channel, and make 0 of it.
void require_batch_to_normalize(const ModelSpec& model, const TrainingSpec& training) {
  if (model.norm == Norm::batch && !model.units.empty() && training.batch == 1) {
    throw ModelError(
        "training.batch: of 1 sample batch norm makes 0, whatever the sample is; take 2 or more, "
        "or "
        "another norm");
  }
}

}  // namespace

void require_trainable(const ModelSpec& model, const TrainingSpec& training,
                       const Problem& problem) {
  class_loss_of(training.loss, problem.classification);
  require_batch_to_normalize(model, training);
  const Network network = build_network(model, problem.sample, problem.outputs);
  update_groups(network.layout(), training.optimizer);
}

NetworkTrainer::NetworkTrainer(Backend& backend, const ModelSpec& model,
                               const TrainingSpec& training, const Problem& problem)
    : backend_(backend),
      training_(training),
      problem_(problem),
      class_loss_(class_loss_of(training.loss, problem.classification)),
      network_(build_network(model, problem.sample, problem.outputs)),
      plan_(plan_step(network_, problem, training)),
      groups_(update_groups(network_.layout(), training.optimizer)),
      parameters_(backend, network_.layout(), plan_.working, plan_.moments),
      activations_(backend, plan_.activation_bytes, "activations"),
      control_(backend, control_bytes(network_), "the state of a step"),
      executor_(backend, network_, parameters_, activations_.data()),
      moments_(network_.layout().parameters().size() * 2) {
  require_batch_to_normalize(model, training);
  parameters_.initialize(training.seed);
  control_.fill_zero();
  const StepState state{.loss_scale = training.precision == Precision::fp16 ? kFirstLossScale : 1};
  check(backend_.upload(control_.at(kStepState), &state, sizeof state), "upload");
  for (const ParameterInfo& info : network_.layout().parameters()) {
    report_.gradients.push_back({.name = info.name});
  }
}

void NetworkTrainer::check(Status status, const char* call) const {
  require_ok(status, backend_, call);
}

void NetworkTrainer::load_inputs(const Program& program, const Samples& batch, std::int64_t first,
                                 std::int64_t samples) {
  const std::int64_t size = problem_.sample.count();
  const Tensor input = executor_.tensor(program, program.input, 0, samples);
  const Tensor staged{executor_.address(program, program.staged), DType::f32, input.shape};
  check(backend_.upload(staged.data, batch.inputs + first * size, staged.bytes()), "upload");
  if (program.staged != program.input) {
    check(backend_.cast(staged, input), "cast");
  }
  void* truth = executor_.address(program, program.truth);
  const auto rows = static_cast<std::size_t>(samples);
  if (batch.labels != nullptr) {
    check(backend_.upload(truth, batch.labels + first, rows * sizeof(std::int32_t)), "upload");
  } else if (batch.targets != nullptr) {
    check(backend_.upload(truth, batch.targets + first * problem_.outputs,
                          rows * static_cast<std::size_t>(problem_.outputs) * sizeof(float)),
          "upload");
  }
}

// Into the program's `losses` and, in training, `output_gradient`; adds to the sum of the mode.
void NetworkTrainer::losses_of(const Program& program, Mode mode, std::int64_t samples,
                               float scale) {
  const ValueId out = network_.output();
  const bool trains = mode == Mode::training;
  const Tensor y = executor_.tensor(program, program.output, out, samples);
  const Tensor dy =
      trains ? executor_.tensor(program, program.output_gradient, out, samples) : Tensor{};
  const void* truth = executor_.address(program, program.truth);
  auto* losses = static_cast<float*>(executor_.address(program, program.losses));
  const auto* state = static_cast<const StepState*>(control_.at(kStepState));
  if (problem_.classification) {
    check(backend_.class_loss(trains ? class_loss_ : ClassLoss{}, y,
                              static_cast<const std::int32_t*>(truth), scale, state, losses, dy),
          "class_loss");
  } else {
    check(backend_.squared_loss(y, static_cast<const float*>(truth), scale, state, losses, dy),
          "squared_loss");
  }
  auto* sum = static_cast<double*>(control_.at(trains ? kTrainingSum : kEvaluationSum));
  check(backend_.add_sum(losses, samples, sum), "add_sum");
}

void NetworkTrainer::train_piece(const Samples& batch, std::int64_t first, std::int64_t samples,
                                 float scale) {
  load_inputs(plan_.training, batch, first, samples);
  const PassOptions pass{.mode = Mode::training,
                         .samples = samples,
                         .seed = training_.seed ^ kDropoutSeed,
                         .step = passes_++};
  executor_.forward(plan_.training, pass);
  losses_of(plan_.training, Mode::training, samples, scale);
  executor_.backward(plan_.training, pass);
}

void NetworkTrainer::accumulate(const Samples& batch, std::int64_t update_samples) {
  assert(batch.count >= 1 && batch.count <= update_samples);
  assert((problem_.classification ? batch.labels != nullptr : batch.targets != nullptr));
  if (fresh_) {
    parameters_.zero_gradients();
    fresh_ = false;
  }
  const float scale = 1 / static_cast<float>(update_samples);
  for (std::int64_t first = 0; first < batch.count; first += plan_.piece) {
    train_piece(batch, first, std::min(plan_.piece, batch.count - first), scale);
  }
  loss_samples_ += batch.count;
}

void NetworkTrainer::update(double lr) {
  assert(!fresh_);
  const GradientRule rule{.clip_norm = static_cast<float>(training_.clip_norm),
                          .dynamic_scale = training_.precision == Precision::fp16};
  check(backend_.judge_gradients(parameters_.gradients(), network_.layout().total(), rule,
                                 static_cast<StepState*>(control_.at(kStepState))),
        "judge_gradients");
  for (const UpdateGroup& group : groups_) {
    update_group(group, lr);
  }
  ++updates_;
  fresh_ = true;
}

void NetworkTrainer::update_group(const UpdateGroup& group, double lr) {
  const auto moment = [&](int which) {
    return which < plan_.moments ? parameters_.moment(which) + group.offset : nullptr;
  };
  const UpdateArrays arrays{.n = group.count,
                            .master = parameters_.masters() + group.offset,
                            .gradient = parameters_.gradients() + group.offset,
                            .first = moment(0),
                            .second = moment(1),
                            .working = parameters_.working_at(group.offset),
                            .working_type = plan_.working};
  const OptimizerSpec& spec = training_.optimizer;
  const auto* state = static_cast<const StepState*>(control_.at(kStepState));
  const auto group_lr = static_cast<float>(lr * group.lr_factor);
  const auto decay = static_cast<float>(group.weight_decay);
  if (spec.type == OptimizerSpec::Type::sgd) {
    check(backend_.sgd(arrays,
                       {.lr = group_lr,
                        .momentum = static_cast<float>(spec.momentum),
                        .nesterov = spec.nesterov,
                        .weight_decay = decay},
                       state),
          "sgd");
    return;
  }
  check(backend_.adam(arrays,
                      {.lr = group_lr,
                       .beta1 = spec.beta1,
                       .beta2 = spec.beta2,
                       .epsilon = static_cast<float>(spec.epsilon),
                       .weight_decay = decay,
                       .decoupled = spec.type == OptimizerSpec::Type::adamw},
                      state),
        "adam");
}

double NetworkTrainer::take_sum(std::size_t offset) {
  double sum = 0;
  check(backend_.download(&sum, control_.at(offset), sizeof sum), "download");
  check(backend_.fill_zero(control_.at(offset), sizeof sum), "fill_zero");
  return sum;
}

double NetworkTrainer::take_training_loss() {
  const double sum = take_sum(kTrainingSum);
  const auto samples = static_cast<double>(loss_samples_);
  loss_samples_ = 0;
  return samples > 0 ? sum / samples : std::numeric_limits<double>::quiet_NaN();
}

void NetworkTrainer::evaluate_piece(const Samples& batch, std::int64_t first, std::int64_t samples,
                                    float* results) {
  const Program& program = plan_.evaluation;
  load_inputs(program, batch, first, samples);
  executor_.forward(program, {.mode = Mode::evaluation, .samples = samples});
  if (batch.labels != nullptr || batch.targets != nullptr) {
    losses_of(program, Mode::evaluation, samples, 1);
  }
  if (results == nullptr) {
    return;
  }
  const Tensor y = executor_.tensor(program, program.output, network_.output(), samples);
  const Tensor found{executor_.address(program, program.results), DType::f32, y.shape};
  if (problem_.classification) {
    check(backend_.softmax(y, static_cast<float*>(found.data)), "softmax");
  } else {
    check(backend_.cast(y, found), "cast");
  }
  check(backend_.download(results + first * problem_.outputs, found.data, found.bytes()),
        "download");
}

double NetworkTrainer::evaluate(const Samples& batch, float* results) {
  for (std::int64_t first = 0; first < batch.count; first += plan_.piece) {
    evaluate_piece(batch, first, std::min(plan_.piece, batch.count - first), results);
  }
  return take_sum(kEvaluationSum);
}

const UpdateReport& NetworkTrainer::report() {
  assert(fresh_);
  const auto* state = static_cast<const StepState*>(control_.at(kStepState));
  auto* found = static_cast<float*>(control_.at(kMoments));
  const ParameterLayout& layout = network_.layout();
  for (std::size_t i = 0; i < layout.parameters().size(); ++i) {
    const ParameterInfo& info = layout.parameters()[i];
    check(backend_.mean_and_variance(parameters_.gradients() + layout.offset(info),
                                     info.shape.count(), state, found + 2 * i),
          "mean_and_variance");
  }
  check(backend_.download(moments_.data(), found, moments_.size() * sizeof(float)), "download");
  StepState seen;
  check(backend_.download(&seen, state, sizeof seen), "download");
  report_.gradient_norm = seen.gradient_norm;
  report_.loss_scale = seen.loss_scale;
  report_.overflows = seen.overflows;
  report_.applied = seen.applied;
  report_.skipped = seen.skip != 0;
  for (std::size_t i = 0; i < report_.gradients.size(); ++i) {
    report_.gradients[i].mean = moments_[2 * i];
    report_.gradients[i].variance = moments_[2 * i + 1];
  }
  return report_;
}

MemoryUse NetworkTrainer::memory() const {
  const ParameterBytes bytes = parameters_.bytes();
  return {.masters = bytes.masters,
          .gradients = bytes.gradients,
          .moments = bytes.moments,
          .working = bytes.working,
          .statistics = bytes.statistics,
          .activations = activations_.bytes(),
          .control = control_.bytes(),
          .scratch = backend_.scratch_bytes()};
}

}  // namespace autoglm::nn
