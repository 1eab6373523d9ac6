// What outlives a fold: its checkpoint, and the network that it trained.
#include <span>
#include <utility>

#include "trainer/nn/run/bytes.h"
#include "trainer/train/fold.h"
#include "trainer/train/metric_bytes.h"

namespace autoglm {
namespace {

// No parameter's name begins so.
constexpr const char* kCounters = "@counters";
constexpr const char* kWatch = "@watch";
constexpr const char* kSeen = "@seen";

template <typename Counters, typename Visit>
void each_counter(Counters& counters, const Visit& visit) {
  visit(counters.updates);
  visit(counters.passes);
  visit(counters.loss_samples);
  visit(counters.loss_sum);
  visit(counters.skip);
  visit(counters.good_steps);
  visit(counters.applied);
  visit(counters.overflows);
}

std::uint64_t bytes_of(const nn::StateArray& array) {
  return static_cast<std::uint64_t>(array.shape.count()) * sizeof(float);
}

}  // namespace

std::vector<nn::SavedTensor> Fold::learnt() const {
  std::vector<nn::SavedTensor> tensors;
  for (const nn::StateArray& array : trainer_.state(nn::NetworkTrainer::StatePart::learnt)) {
    const auto sizes = array.shape.sizes.begin();
    std::vector<float> numbers(static_cast<std::size_t>(array.shape.count()));
    trainer_.download(array, numbers.data());
    tensors.push_back({array.name, {sizes, sizes + array.shape.rank}, std::move(numbers)});
  }
  const std::vector<std::int64_t> places{std::ssize(standardization_.mean)};
  tensors.push_back({"input.mean", places, standardization_.mean});
  tensors.push_back({"input.scale", places, standardization_.scale});
  tensors.push_back({"input.missing", places, standardization_.missing});
  if (dataset_.task() == nn::Task::regression) {
    const auto one = [](double number) { return std::vector<double>{number}; };
    tensors.push_back({"target.mean", {}, one(standardization_.target_mean)});
    tensors.push_back({"target.deviation", {}, one(standardization_.target_deviation)});
  }
  return tensors;
}

std::vector<std::byte> Fold::counter_bytes() const {
  nn::ByteWriter writer;
  const nn::StepCounters counters = trainer_.counters();
  each_counter(counters, [&](auto counter) { writer.number(counter); });
  writer.number(position_);
  writer.number(epoch_samples_);
  writer.number(unlooked_samples_);
  writer.number(epoch_loss_);
  return writer.bytes();
}

void Fold::save(const std::string& prefix, std::vector<nn::CheckpointPart>& parts) const {
  for (nn::StateArray& array : trainer_.state()) {
    parts.push_back(
        {.name = prefix + array.name,
         .size = bytes_of(array),
         .write = [this, array](std::span<std::byte> to) { trainer_.download(array, to.data()); }});
  }
  parts.push_back(nn::part_of(prefix + kCounters, counter_bytes()));
  parts.push_back(nn::part_of(prefix + kWatch, watch_.save()));
  parts.push_back(nn::part_of(prefix + kSeen, metric_bytes(seen_)));
}

void Fold::require(const std::string& prefix, const nn::Checkpoint& checkpoint) const {
  for (const nn::StateArray& array : trainer_.state()) {
    checkpoint.require(prefix + array.name, bytes_of(array));
  }
  checkpoint.require(prefix + kCounters, counter_bytes().size());
  checkpoint.require(prefix + kWatch, watch_.save().size());
  if (!metrics_of(checkpoint.bytes(prefix + kSeen))) {
    checkpoint.refuse(prefix + kSeen);
  }
}

void Fold::load(const std::string& prefix, const nn::Checkpoint& checkpoint) {
  for (const nn::StateArray& array : trainer_.state()) {
    std::vector<float> numbers(static_cast<std::size_t>(array.shape.count()));
    checkpoint.read(prefix + array.name, std::as_writable_bytes(std::span(numbers)));
    trainer_.upload(array, numbers.data());
  }
  const std::vector<std::byte> bytes = checkpoint.bytes(prefix + kCounters);
  nn::ByteReader reader(bytes);
  nn::StepCounters counters;
  each_counter(counters, [&]<typename Number>(Number& to) { to = reader.number<Number>(); });
  trainer_.set_counters(counters);
  position_ = reader.number<std::int64_t>();
  epoch_samples_ = reader.number<std::int64_t>();
  unlooked_samples_ = reader.number<std::int64_t>();
  epoch_loss_ = reader.number<double>();
  watch_.restore(checkpoint.bytes(prefix + kWatch));
  seen_ = *metrics_of(checkpoint.bytes(prefix + kSeen));
  reading_ = -1;
}

}  // namespace autoglm
