// Metrics as bytes, so that they are the same to the bit after a checkpoint.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "optimizer/trial.h"

namespace autoglm {

std::vector<std::byte> metric_bytes(const MetricValues& metrics);
/// None: these are no bytes of metric_bytes().
std::optional<MetricValues> metrics_of(std::span<const std::byte> bytes);

}  // namespace autoglm
