#include "tests/gpu/plans/described_device.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace autoglm::gpu {

DescribedDevice::DescribedDevice(const std::string& file)
    : properties_(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR) {
  std::ifstream stream(file);
  if (!stream) {
    throw std::runtime_error(file + ": cannot be read");
  }
  const nlohmann::json description = nlohmann::json::parse(stream, nullptr, true, true);
  const std::string text = description.dump();
  cudnnStatus_t status = properties_.status();
  if (status == CUDNN_STATUS_SUCCESS) {
    status = cudnnBackendSetAttribute(properties_.get(), CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION,
                                      CUDNN_TYPE_CHAR, static_cast<std::int64_t>(text.size()),
                                      text.data());
  }
  if (status == CUDNN_STATUS_SUCCESS) {
    status = properties_.finalize().status();
  }
  if (status != CUDNN_STATUS_SUCCESS) {
    throw std::runtime_error(file +
                             ": cuDNN refuses the description: " + cudnnGetErrorString(status));
  }
  compute_capability_ = description.at("deviceVer").get<int>() / 10;
  name_ = description.at("deviceName").get<std::string>();
}

void DescribedDevice::tell_graph(CudnnDescriptor& /*a graph is of no device*/) const {}

void DescribedDevice::tell_heuristics(CudnnDescriptor& heuristics) const {
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, properties_);
}

void DescribedDevice::tell_plan(CudnnDescriptor& plan) const {
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties_);
}

}  // namespace autoglm::gpu
