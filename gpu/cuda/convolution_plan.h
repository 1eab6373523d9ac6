// A plan of cuDNN for one convolution: a graph of one operation, an engine for it, its workspace.
#pragma once

#include <cstdint>

#include "gpu/cuda/convolution.h"
#include "gpu/cuda/cudnn_descriptor.h"

namespace autoglm::gpu {

/// The device that plans are for: tells it to the descriptors that have to know.
class PlanDevice {
 public:
  virtual ~PlanDevice() = default;
  virtual void tell_graph(CudnnDescriptor& graph) const = 0;
  virtual void tell_heuristics(CudnnDescriptor& heuristics) const = 0;
  virtual void tell_plan(CudnnDescriptor& plan) const = 0;
};

/// The descriptors of a graph, which live as long as what is made of them.
struct ConvolutionGraph {
  CudnnDescriptor x, w, y, window, operation, graph;

  ConvolutionGraph(const PlanDevice& device, const Convolution& convolution);
};

/// A plan and what it was made of.
struct ConvolutionPlan {
  static constexpr std::int64_t kAlignment = 16;  // bytes, of every array
  enum Id : std::int64_t { x_id = 1, w_id, y_id };

  ConvolutionGraph graph;
  CudnnDescriptor configuration{};
  CudnnDescriptor plan{};      // not ok() where no engine that we accept has one
  std::int64_t workspace = 0;  // bytes

  /// Takes the first of the engines that cuDNN recommends which sums in f32, gives the same bits in
  /// each run and needs no more than 1 GiB. `device` is asked in this call only. REQUIRES:
  /// convolution.suits_cudnn().
  ConvolutionPlan(const PlanDevice& device, const Convolution& convolution);

 private:
  bool make(const PlanDevice& device, const CudnnDescriptor& candidate);
};

}  // namespace autoglm::gpu
