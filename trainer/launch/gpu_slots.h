// Which devices a trial may see.
#pragma once

#include <string>
#include <vector>

namespace autoglm {

/// The names by which CUDA_VISIBLE_DEVICES knows devices: those of the spec, else those that this
/// process may see itself, else all that the machine has. The first two are trusted.
std::vector<std::string> usable_devices(const std::vector<int>& gpu_devices);

/// Gives each running trial devices of its own.
class GpuSlots {
 public:
  /// With `per_trial` 0 nobody asked for devices. Throws DeviceError when there are too few for
  /// even one trial.
  GpuSlots(const std::vector<std::string>& devices, int per_trial);

  /// How many trials can run side by side: `wanted`, or fewer.
  int limit(int wanted) const;

  /// The text for CUDA_VISIBLE_DEVICES; empty when nobody asked for devices. REQUIRES: fewer trials
  /// hold devices than limit() says.
  std::string take();
  void give_back(const std::string& devices);

 private:
  std::vector<std::string> free_{};  // the next one to take is the last
  bool asked_ = false;
  int capacity_ = 0;
};

}  // namespace autoglm
