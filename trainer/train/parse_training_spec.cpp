#include <fmt/format.h>

#include "trainer/train/parse_train_spec.h"
#include "trainer/train/section_reader.h"

namespace autoglm {
namespace {

using nn::LossSpec;
using nn::OptimizerSpec;
using nn::ScheduleSpec;

constexpr WordTable<OptimizerSpec::Type, 3> kOptimizers{{{"sgd", OptimizerSpec::Type::sgd},
                                                         {"adam", OptimizerSpec::Type::adam},
                                                         {"adamw", OptimizerSpec::Type::adamw}}};
constexpr WordTable<ScheduleSpec::Type, 5> kSchedules{
    {{"constant", ScheduleSpec::Type::constant},
     {"step", ScheduleSpec::Type::step},
     {"exponential", ScheduleSpec::Type::exponential},
     {"cosine", ScheduleSpec::Type::cosine},
     {"cosine_restarts", ScheduleSpec::Type::cosine_restarts}}};
constexpr WordTable<LossSpec::Type, 3> kLosses{{{"cross_entropy", LossSpec::Type::cross_entropy},
                                                {"focal", LossSpec::Type::focal},
                                                {"mse", LossSpec::Type::squared}}};
constexpr WordTable<nn::Precision, 3> kPrecisions{
    {{"fp32", nn::Precision::fp32}, {"bf16", nn::Precision::bf16}, {"fp16", nn::Precision::fp16}}};
constexpr WordTable<nn::MemoryProfile, 3> kProfiles{
    {{"efficient", nn::MemoryProfile::efficient},
     {"balanced", nn::MemoryProfile::balanced},
     {"performance", nn::MemoryProfile::performance}}};
constexpr WordTable<int, 4> kDevices{{{"cpu", 0}, {"cuda", 0}, {"cuda-emul", 0}, {"auto", 0}}};

constexpr std::int64_t kMany = std::int64_t{1} << 40;

constexpr std::string_view kScheduleSection = "schedule";
constexpr std::string_view kLossSection = "loss";
constexpr std::string_view kWatchSection = "watch";
constexpr std::string_view kGroupSection = "group";

void read_group(SectionReader& reader, OptimizerSpec::Group& group) {
  if (const SpecNode* prefix = reader.require("prefix", any_text_schema())) {
    group.prefix = prefix->as_string();
  }
  reader.number("lr_factor", kNotNegative, group.lr_factor);
  if (const SpecNode* decay = reader.find("weight_decay", number_schema(kNotNegative))) {
    group.weight_decay = bounded_number(*decay, kNotNegative);
  }
}

void read_groups(const SpecNode& groups, OptimizerSpec& spec) {
  for (const auto& element : groups.as_array()) {
    SectionReader reader(*element, "the group");
    read_group(reader, spec.groups.emplace_back());
    reader.finish();
  }
}

void read_optimizer(SectionReader& reader, OptimizerSpec& spec) {
  reader.word("optimizer", kOptimizers, spec.type);
  spec.weight_decay = spec.type == OptimizerSpec::Type::adamw ? 0.01 : 0;
  reader.number("lr", kPositiveF32, spec.lr);
  reader.number("momentum", kShareF32, spec.momentum);
  reader.flag("nesterov", spec.nesterov);
  reader.number("beta1", kShareF32, spec.beta1);
  reader.number("beta2", kShareF32, spec.beta2);
  reader.number("epsilon", kPositiveF32, spec.epsilon);
  reader.number("weight_decay", kNotNegative, spec.weight_decay);
  reader.flag("decay_all", spec.decay_all);
  if (const SpecNode* groups = reader.find("groups", list_schema(section_schema(kGroupSection)))) {
    read_groups(*groups, spec);
  }
}

void read_schedule(SectionReader& reader, ScheduleSpec& spec) {
  reader.required_word("type", kSchedules, spec.type);
  reader.number("step_epochs", kPositive, spec.step_epochs);
  reader.number("factor", {.at_least = 0, .at_most = 1, .above = true}, spec.factor);
  reader.number("least", {.at_least = 0, .at_most = 1}, spec.least);
  reader.number("first_epochs", kPositive, spec.first_epochs);
  reader.number("growth", {.at_least = 1}, spec.growth);
}

void read_loss(SectionReader& reader, LossSpec& spec) {
  reader.required_word("type", kLosses, spec.type);
  reader.number("alpha", kPositiveF32, spec.focal_alpha);
  reader.number("gamma", kNotNegative, spec.focal_gamma);
}

void read_watch(SectionReader& reader, nn::WatchSpec& spec) {
  reader.integer("patience", 0, kMany, spec.patience);
  reader.number("least_change", kNotNegative, spec.least_change);
  reader.integer("overfitting", 0, kMany, spec.overfitting);
  reader.number("divergence", {.at_least = 1, .above = true, .or_zero = true}, spec.divergence);
  reader.number("vanishing", kNotNegative, spec.vanishing);
  reader.number("exploding", kNotNegative, spec.exploding);
  reader.integer("interval", 1, kMany, spec.interval);
}

/// What lies in an object of its own.
template <typename Spec>
void read_section(const SpecNode& node, std::string_view what,
                  void (*read)(SectionReader& reader, Spec& spec), Spec& spec) {
  SectionReader reader(node, what);
  read(reader, spec);
  reader.finish();
}

/// Schedule and loss: a word, or an object with `type` and options.
void read_schedule_and_loss(SectionReader& reader, nn::TrainingSpec& spec) {
  const auto find = [&](std::string_view key, const Schema& words) {
    return reader.find(key, either_schema(words, section_schema(key)));
  };
  const SpecNode* const schedule = find(kScheduleSection, word_schema(kSchedules));
  if (schedule != nullptr && schedule->is(SpecNode::Kind::string)) {
    spec.schedule.type = SectionReader::word_of(*schedule, kSchedules);
  } else if (schedule != nullptr) {
    read_section(*schedule, "the schedule", read_schedule, spec.schedule);
  }
  reader.number("warmup_epochs", kNotNegative, spec.schedule.warmup_epochs);
  const SpecNode* const loss = find(kLossSection, word_schema(kLosses));
  if (loss != nullptr && loss->is(SpecNode::Kind::string)) {
    spec.loss.type = SectionReader::word_of(*loss, kLosses);
  } else if (loss != nullptr) {
    read_section(*loss, "the loss", read_loss, spec.loss);
  }
  const SpecNode* const smoothing = reader.find("label_smoothing", number_schema(kShareF32));
  if (smoothing != nullptr) {
    spec.loss.label_smoothing = bounded_number(*smoothing, kShareF32);
    const bool other =
        spec.loss.type == LossSpec::Type::focal || spec.loss.type == LossSpec::Type::squared;
    if (other && spec.loss.label_smoothing > 0) {
      smoothing->fail(fmt::format("goes with cross_entropy, not with {}; take one of the two away",
                                  spec.loss.type == LossSpec::Type::focal ? "focal" : "mse"));
    }
  }
}

void read_training(SectionReader& reader, nn::TrainingSpec& spec) {
  read_optimizer(reader, spec.optimizer);
  read_schedule_and_loss(reader, spec);
  if (const SpecNode* watch = reader.find(kWatchSection, section_schema(kWatchSection))) {
    read_section(*watch, "the watch", read_watch, spec.watch);
  }
  reader.integer("batch", 1, kMany, spec.batch);
  reader.integer("accumulation", 1, kMany, spec.accumulation);
  reader.integer("epochs", 1, kMany, spec.epochs);
  reader.number("clip_norm", kNotNegative, spec.clip_norm);
  reader.word("precision", kPrecisions, spec.precision);
  reader.word("memory", kProfiles, spec.memory);
  if (const SpecNode* limit = reader.find("memory_limit", bytes_schema())) {
    spec.memory_limit_bytes = bytes_of(*limit);
  }
  if (const SpecNode* device = reader.find("device", word_schema(kDevices))) {
    SectionReader::word_of(*device, kDevices);
    spec.device = device->string;
  }
  reader.integer("top_k", 1, kMany, spec.top_k);
  if (const SpecNode* checkpoint = reader.find("checkpoint", duration_schema())) {
    spec.checkpoint_seconds = checkpoint->as_seconds();
  }
  reader.flag("keep_weights", spec.keep_weights);
  reader.seed("seed", spec.seed);
}

template <typename Spec>
SectionDescription described(std::string_view name,
                             void (*read)(SectionReader& reader, Spec& spec)) {
  SectionReader reader = SectionReader::describing();
  Spec spec;
  read(reader, spec);
  return {.name = name, .keys = std::move(reader.keys())};
}

}  // namespace

nn::TrainingSpec parse_training_spec(const SpecNode& training) {
  nn::TrainingSpec spec;
  read_section(training, "the training", read_training, spec);
  return spec;
}

std::vector<SectionDescription> training_sections() {
  return {described("training", read_training), described(kScheduleSection, read_schedule),
          described(kLossSection, read_loss), described(kWatchSection, read_watch),
          described(kGroupSection, read_group)};
}

}  // namespace autoglm
