#include "trainer/launch/gpu_slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "trainer/launch/device_error.h"

namespace autoglm {
namespace {

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) {
      parts.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// A number, or the beginning of a UUID (CUDA C++ programming guide, "CUDA environment variables").
bool names_device(std::string_view entry) {
  return entry.starts_with("GPU-") || entry.starts_with("MIG-") ||
         entry.find_first_not_of("0123456789") == std::string_view::npos;
}

/// CUDA numbers the devices that it finds from 0, whatever their nodes are called.
std::vector<std::string> devices_of_machine() {
  constexpr std::string_view kNode = "nvidia";
  std::vector<std::string> devices;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", error)) {
    const std::string name = entry.path().filename().string();
    const bool is_device = name.size() > kNode.size() && name.starts_with(kNode) &&
                           name.find_first_not_of("0123456789", kNode.size()) == std::string::npos;
    if (is_device) {
      devices.push_back(std::to_string(devices.size()));
    }
  }
  return devices;
}

}  // namespace

std::vector<std::string> usable_devices(const std::vector<int>& gpu_devices) {
  if (!gpu_devices.empty()) {
    std::vector<std::string> devices;
    devices.reserve(gpu_devices.size());
    for (const int device : gpu_devices) {
      devices.push_back(std::to_string(device));
    }
    return devices;
  }
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) {
    std::vector<std::string> devices = split_at_commas(visible);
    // CUDA stops reading at the first invalid entry; -1 and NoDevFiles are usual ways to say
    // "none".
    devices.erase(std::find_if_not(devices.begin(), devices.end(), names_device), devices.end());
    return devices;
  }
  return devices_of_machine();
}

GpuSlots::GpuSlots(const std::vector<std::string>& devices, int per_trial) : asked_(per_trial > 0) {
  if (!asked_) {
    return;
  }
  const auto size = static_cast<std::size_t>(per_trial);
  for (std::size_t i = 0; i + size <= devices.size(); i += size) {
    std::string group;
    for (std::size_t j = i; j < i + size; ++j) {
      group += (group.empty() ? "" : ",") + devices[j];
    }
    free_.push_back(std::move(group));
  }
  std::reverse(free_.begin(), free_.end());
  capacity_ = static_cast<int>(free_.size());
  if (capacity_ == 0) {
    throw DeviceError(fmt::format(
        "a trial asks for {} GPU{} (\"gpus\"), but {}; name some in \"gpu_devices\" or "
        "CUDA_VISIBLE_DEVICES, or ask for fewer",
        per_trial, per_trial == 1 ? "" : "s",
        devices.empty() ? "none is there" : fmt::format("only {} are there", devices.size())));
  }
}

int GpuSlots::limit(int wanted) const { return asked_ ? std::min(wanted, capacity_) : wanted; }

std::string GpuSlots::take() {
  if (!asked_) {
    return {};
  }
  std::string devices = std::move(free_.back());
  free_.pop_back();
  return devices;
}

void GpuSlots::give_back(const std::string& devices) {
  if (!devices.empty()) {
    free_.push_back(devices);
  }
}

}  // namespace autoglm
