#include "trainer/nn/model/parameter_store.h"

#include <vector>

#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

std::size_t bytes_of(std::int64_t count, DType type) {
  return static_cast<std::size_t>(count) * size_of(type);
}

// Per moment.
std::size_t moment_bytes(const ParameterLayout& layout, int moments, int which) {
  return which < moments ? bytes_of(layout.total(), DType::f32) : 0;
}

}  // namespace

ParameterBytes parameter_bytes(const ParameterLayout& layout, DType working, int moments) {
  const std::size_t all = bytes_of(layout.total(), DType::f32);
  return {.masters = all,
          .gradients = all,
          .moments = moment_bytes(layout, moments, 0) + moment_bytes(layout, moments, 1),
          .working = working == DType::f32 ? 0 : bytes_of(layout.weights(), working),
          .statistics = bytes_of(layout.statistics_total(), DType::f32)};
}

ParameterStore::ParameterStore(Backend& backend, const ParameterLayout& layout, DType working,
                               int moments)
    : backend_(backend), layout_(layout), working_type_(working) {
  const ParameterBytes bytes = parameter_bytes(layout, working, moments);
  masters_ = DeviceArena(backend, bytes.masters, "parameters");
  gradients_ = DeviceArena(backend, bytes.gradients, "gradients");
  first_ = DeviceArena(backend, moment_bytes(layout, moments, 0), "first moments");
  second_ = DeviceArena(backend, moment_bytes(layout, moments, 1), "second moments");
  working_ = DeviceArena(backend, bytes.working, "working copies of weights");
  statistics_ = DeviceArena(backend, bytes.statistics, "running statistics");
  masters_.fill_zero();
  gradients_.fill_zero();
  first_.fill_zero();
  second_.fill_zero();
  statistics_.fill_zero();
}

void ParameterStore::initialize(std::uint64_t seed) {
  const auto upload = [this](float* to, const std::vector<float>& numbers) {
    require_ok(backend_.upload(to, numbers.data(), numbers.size() * sizeof(float)), backend_,
               "upload");
  };
  for (const ParameterInfo& info : layout_.parameters()) {
    upload(masters() + layout_.offset(info), initial_values(info, seed));
  }
  for (const StatisticInfo& info : layout_.statistics()) {
    upload(statistics() + info.offset,
           std::vector<float>(static_cast<std::size_t>(info.count), info.initial));
  }
  first_.fill_zero();
  second_.fill_zero();
  if (working_.bytes() > 0) {
    refresh_working(0, layout_.weights());
  }
}

void ParameterStore::refresh_working(std::int64_t offset, std::int64_t count) {
  const Shape shape{count};
  require_ok(backend_.cast({masters() + offset, DType::f32, shape},
                           {working_at(offset), working_type_, shape}),
             backend_, "cast");
}

Tensor ParameterStore::weight(ParameterId id) const {
  const ParameterInfo& info = layout_[id];
  void* data = working_type_ == DType::f32 ? static_cast<void*>(master(id))
                                           : working_at(layout_.offset(info));
  return {data, working_type_, info.shape};
}

void* ParameterStore::working_at(std::int64_t offset) const {
  const bool kept = working_type_ != DType::f32 && offset < layout_.weights();
  return kept ? working_.at(bytes_of(offset, working_type_)) : nullptr;
}

ParameterBytes ParameterStore::bytes() const {
  return {.masters = masters_.bytes(),
          .gradients = gradients_.bytes(),
          .moments = first_.bytes() + second_.bytes(),
          .working = working_.bytes(),
          .statistics = statistics_.bytes()};
}

}  // namespace autoglm::nn
