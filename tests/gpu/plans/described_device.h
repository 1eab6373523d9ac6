// A GPU that is only described. cuDNN makes plans for it since 9.8 ("deviceless ahead-of-time
// compilation" in NVIDIA's documentation).
#pragma once

#include <string>

#include "gpu/cuda/convolution_plan.h"

namespace autoglm::gpu {

class DescribedDevice final : public PlanDevice {
 public:
  /// `file`: JSON, which may have comments. cuDNN's names for the properties are not documented: it
  /// logs what it misses (CUDNN_LOGLEVEL_DBG=2, CUDNN_LOGDEST_DBG=stderr). Throws std::exception.
  explicit DescribedDevice(const std::string& file);

  /// As in sm_90.
  int compute_capability() const { return compute_capability_; }
  const std::string& name() const { return name_; }

  void tell_graph(CudnnDescriptor& graph) const override;
  void tell_heuristics(CudnnDescriptor& heuristics) const override;
  void tell_plan(CudnnDescriptor& plan) const override;

 private:
  CudnnDescriptor properties_;
  int compute_capability_ = 0;
  std::string name_{};
};

}  // namespace autoglm::gpu
