// A network's parameters on a device.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trainer/nn/backend.h"
#include "trainer/nn/model/device_arena.h"
#include "trainer/nn/model/parameter_layout.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

/// What the store of a layout takes, bytes.
struct ParameterBytes {
  std::size_t masters = 0;
  std::size_t gradients = 0;
  std::size_t moments = 0;
  std::size_t working = 0;  // 0 where the working type is f32: products read the masters
  std::size_t statistics = 0;
};
ParameterBytes parameter_bytes(const ParameterLayout& layout, DType working, int moments);

/// Masters, gradients, moments and statistics in f32, and a copy of the weights in the working
/// type; an arena each, laid out alike.
class ParameterStore {
 public:
  /// `moments`: how many numbers the update rule keeps for each, 0 to 2. Both references must
  /// outlive it. Moments begin at 0. Throws DeviceError.
  ParameterStore(Backend& backend, const ParameterLayout& layout, DType working, int moments);

  /// Fills masters, working copies and statistics with their initial values, moments with 0.
  void initialize(std::uint64_t seed);
  /// Makes the working copies follow `count` masters of weights from `offset` on that were written
  /// from outside.
  void refresh_working(std::int64_t offset, std::int64_t count);
  void zero_gradients() { gradients_.fill_zero(); }

  /// In the working type, for products.
  Tensor weight(ParameterId id) const;
  float* master(ParameterId id) const { return masters_.floats() + offset(id); }
  float* gradient(ParameterId id) const { return gradients_.floats() + offset(id); }
  float* statistic(StatisticId id) const { return statistics_.floats() + layout_[id].offset; }

  const ParameterLayout& layout() const { return layout_; }
  /// Whole arrays of layout().total() numbers; null where the update rule keeps none.
  float* masters() const { return masters_.floats(); }
  float* gradients() const { return gradients_.floats(); }
  float* moment(int which) const { return which == 0 ? first_.floats() : second_.floats(); }
  float* statistics() const { return statistics_.floats(); }
  /// Where the working copy of the number at `offset` lies; null where there is none.
  void* working_at(std::int64_t offset) const;
  DType working_type() const { return working_type_; }
  /// What was allocated.
  ParameterBytes bytes() const;

 private:
  std::int64_t offset(ParameterId id) const { return layout_.offset(layout_[id]); }

  Backend& backend_;
  const ParameterLayout& layout_;
  DType working_type_;
  DeviceArena masters_, gradients_, first_, second_, working_, statistics_;
};

}  // namespace autoglm::nn
