#include "trainer/train/metric_bytes.h"

#include "trainer/nn/run/bytes.h"

namespace autoglm {

std::vector<std::byte> metric_bytes(const MetricValues& metrics) {
  nn::ByteWriter writer;
  for (const auto& [name, value] : metrics) {
    writer.number(static_cast<std::uint32_t>(name.size()));
    writer.text(name);
    writer.number(value);
  }
  return writer.bytes();
}

std::optional<MetricValues> metrics_of(std::span<const std::byte> bytes) {
  nn::ByteReader reader(bytes);
  MetricValues metrics;
  while (reader.left() > 0 && !reader.overrun()) {
    std::string name = reader.text(reader.number<std::uint32_t>());
    metrics.emplace_back(std::move(name), reader.number<double>());
  }
  return reader.complete() ? std::optional(std::move(metrics)) : std::nullopt;
}

}  // namespace autoglm
