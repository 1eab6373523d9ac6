#include <fmt/format.h>

#include "trainer/train/parse_train_spec.h"
#include "trainer/train/section_reader.h"

namespace autoglm {
namespace {

using nn::LossSpec;
using nn::OptimizerSpec;
using nn::ScheduleSpec;
template <typename Enum, std::size_t n>
using Words = std::array<std::pair<std::string_view, Enum>, n>;

constexpr Words<OptimizerSpec::Type, 3> kOptimizers{{{"sgd", OptimizerSpec::Type::sgd},
                                                     {"adam", OptimizerSpec::Type::adam},
                                                     {"adamw", OptimizerSpec::Type::adamw}}};
constexpr Words<ScheduleSpec::Type, 5> kSchedules{
    {{"constant", ScheduleSpec::Type::constant},
     {"step", ScheduleSpec::Type::step},
     {"exponential", ScheduleSpec::Type::exponential},
     {"cosine", ScheduleSpec::Type::cosine},
     {"cosine_restarts", ScheduleSpec::Type::cosine_restarts}}};
constexpr Words<LossSpec::Type, 3> kLosses{{{"cross_entropy", LossSpec::Type::cross_entropy},
                                            {"focal", LossSpec::Type::focal},
                                            {"mse", LossSpec::Type::squared}}};
constexpr Words<nn::Precision, 3> kPrecisions{
    {{"fp32", nn::Precision::fp32}, {"bf16", nn::Precision::bf16}, {"fp16", nn::Precision::fp16}}};
constexpr Words<nn::MemoryProfile, 3> kProfiles{{{"efficient", nn::MemoryProfile::efficient},
                                                 {"balanced", nn::MemoryProfile::balanced},
                                                 {"performance", nn::MemoryProfile::performance}}};
constexpr Words<int, 4> kDevices{{{"cpu", 0}, {"cuda", 0}, {"cuda-emul", 0}, {"auto", 0}}};

constexpr std::int64_t kMany = std::int64_t{1} << 40;
constexpr std::int64_t kGreatestSeed = std::int64_t{1} << 53;

void read_groups(const SpecNode& groups, OptimizerSpec& spec) {
  for (const auto& element : groups.as_array()) {
    SectionReader reader(*element, "the group");
    OptimizerSpec::Group group;
    group.prefix = reader.object().require("prefix").as_string();
    reader.number("lr_factor", kNotNegative, group.lr_factor);
    if (const SpecNode* decay = reader.find("weight_decay")) {
      group.weight_decay = bounded_number(*decay, kNotNegative);
    }
    reader.finish();
    spec.groups.push_back(std::move(group));
  }
}

void read_optimizer(SectionReader& reader, OptimizerSpec& spec) {
  reader.word("optimizer", kOptimizers, spec.type);
  spec.weight_decay = spec.type == OptimizerSpec::Type::adamw ? 0.01 : 0;
  reader.number("lr", kPositive, spec.lr);
  reader.number("momentum", kShare, spec.momentum);
  reader.flag("nesterov", spec.nesterov);
  reader.number("beta1", kShare, spec.beta1);
  reader.number("beta2", kShare, spec.beta2);
  reader.number("epsilon", kPositive, spec.epsilon);
  reader.number("weight_decay", kNotNegative, spec.weight_decay);
  reader.flag("decay_all", spec.decay_all);
  if (const SpecNode* groups = reader.find("groups")) {
    read_groups(*groups, spec);
  }
}

/// A word, or an object with `type` and options.
void read_schedule(const SpecNode& node, ScheduleSpec& spec) {
  if (node.is(SpecNode::Kind::string)) {
    spec.type = SectionReader::word_of(node, kSchedules);
    return;
  }
  SectionReader reader(node, "the schedule");
  spec.type = SectionReader::word_of(reader.object().require("type"), kSchedules);
  reader.number("step_epochs", kPositive, spec.step_epochs);
  reader.number("factor", {.at_least = 0, .at_most = 1, .above = true}, spec.factor);
  reader.number("least", {.at_least = 0, .at_most = 1}, spec.least);
  reader.number("first_epochs", kPositive, spec.first_epochs);
  reader.number("growth", {.at_least = 1}, spec.growth);
  reader.finish();
}

void read_loss(const SpecNode& node, LossSpec& spec) {
  if (node.is(SpecNode::Kind::string)) {
    spec.type = SectionReader::word_of(node, kLosses);
    return;
  }
  SectionReader reader(node, "the loss");
  spec.type = SectionReader::word_of(reader.object().require("type"), kLosses);
  reader.number("alpha", kPositive, spec.focal_alpha);
  reader.number("gamma", kNotNegative, spec.focal_gamma);
  reader.finish();
}

void read_watch(const SpecNode& node, nn::WatchSpec& spec) {
  SectionReader reader(node, "the watch");
  reader.integer("patience", 0, kMany, spec.patience);
  reader.number("least_change", kNotNegative, spec.least_change);
  reader.integer("overfitting", 0, kMany, spec.overfitting);
  reader.number("divergence", {.at_least = 1, .above = true}, spec.divergence);
  reader.number("vanishing", kNotNegative, spec.vanishing);
  reader.number("exploding", kPositive, spec.exploding);
  reader.integer("interval", 1, kMany, spec.interval);
  reader.finish();
}

}  // namespace

nn::TrainingSpec parse_training_spec(const SpecNode& training) {
  nn::TrainingSpec spec;
  SectionReader reader(training, "the training");
  read_optimizer(reader, spec.optimizer);
  if (const SpecNode* schedule = reader.find("schedule")) {
    read_schedule(*schedule, spec.schedule);
  }
  reader.number("warmup_epochs", kNotNegative, spec.schedule.warmup_epochs);
  if (const SpecNode* loss = reader.find("loss")) {
    read_loss(*loss, spec.loss);
  }
  const SpecNode* const smoothing = reader.find("label_smoothing");
  if (smoothing != nullptr) {
    spec.loss.label_smoothing = bounded_number(*smoothing, kShare);
    if (spec.loss.type == LossSpec::Type::focal && spec.loss.label_smoothing > 0) {
      smoothing->fail("goes with cross_entropy, not with focal; take one of the two away");
    }
  }
  if (const SpecNode* watch = reader.find("watch")) {
    read_watch(*watch, spec.watch);
  }
  reader.integer("batch", 1, kMany, spec.batch);
  reader.integer("accumulation", 1, kMany, spec.accumulation);
  reader.integer("epochs", 1, kMany, spec.epochs);
  reader.number("clip_norm", kNotNegative, spec.clip_norm);
  reader.word("precision", kPrecisions, spec.precision);
  reader.word("memory", kProfiles, spec.memory);
  if (const SpecNode* limit = reader.find("memory_limit")) {
    spec.memory_limit_bytes = bytes_of(*limit);
  }
  if (const SpecNode* device = reader.find("device")) {
    SectionReader::word_of(*device, kDevices);
    spec.device = device->string;
  }
  reader.integer("top_k", 1, kMany, spec.top_k);
  if (const SpecNode* checkpoint = reader.find("checkpoint")) {
    spec.checkpoint_seconds = checkpoint->as_seconds();
  }
  if (const SpecNode* seed = reader.find("seed")) {
    spec.seed = static_cast<std::uint64_t>(seed->as_integer(0, kGreatestSeed));
  }
  reader.finish();
  return spec;
}

}  // namespace autoglm
