#include "trainer/nn/model/parameter_layout.h"

#include <cassert>
#include <utility>

#include "search_space/random.h"
#include "search_space/stable_hash.h"

namespace autoglm::nn {
namespace {

// So that each begins at a multiple of 64 bytes, also in a type of 16 bits.
constexpr std::int64_t kGranule = 32;

std::int64_t rounded(std::int64_t count) { return (count + kGranule - 1) / kGranule * kGranule; }

}  // namespace

ParameterId ParameterLayout::add(ParameterInfo info) {
  std::int64_t& part = info.kind == ParameterKind::weight ? weights_ : rest_;
  info.offset = part;
  part += rounded(info.shape.count());
  parameters_.push_back(std::move(info));
  return static_cast<ParameterId>(parameters_.size() - 1);
}

StatisticId ParameterLayout::add(StatisticInfo info) {
  info.offset = statistics_total_;
  statistics_total_ += rounded(info.count);
  statistics_.push_back(std::move(info));
  return static_cast<StatisticId>(statistics_.size() - 1);
}

std::int64_t ParameterLayout::offset(const ParameterInfo& info) const {
  return info.kind == ParameterKind::weight ? info.offset : weights_ + info.offset;
}

std::vector<float> initial_values(const ParameterInfo& info, std::uint64_t seed) {
  Rng random(seed, stable_hash(info.name));
  std::vector<float> values(static_cast<std::size_t>(info.shape.count()));
  for (float& value : values) {
    value = info.initial.middle + info.initial.bound * static_cast<float>(2 * random.uniform() - 1);
  }
  return values;
}

}  // namespace autoglm::nn
