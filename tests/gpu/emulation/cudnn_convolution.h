// The one graph that cuDNN of the emulated device has engines for: a convolution, or its gradient
// of the images.
#pragma once

#include <functional>

#include "tests/gpu/emulation/cudnn_object.h"
#include "tests/gpu/emulation/race.h"

namespace autoglm::emulation {

/// What cuDNN recommends for a graph, best first: engines that a caller may not want among them,
/// and for 16-bit numbers none unless channels come in multiples of 8, as tensor cores want them.
std::vector<Engine> engines_for(const CudnnObject& graph, cudnnBackendHeurMode_t mode);

/// Whether a graph's operation is there and its arrays of one type.
cudnnStatus_t check_graph(const CudnnObject& graph);

/// Bytes that a plan wants, not all of which it uses.
std::int64_t plan_workspace(Engine engine);

/// The arrays of a plan by their ids.
struct PlanArrays {
  std::vector<std::int64_t> ids{};
  std::vector<void*> addresses{};
  void* workspace = nullptr;  // of plan_workspace()
};
/// What is wrong with the arrays.
cudnnStatus_t check_arrays(const CudnnObject& graph, const PlanArrays& arrays);
/// Computes it, after check_arrays(). What it needs is copied out of `graph` by prepare_plan().
std::function<void(const Actor&)> prepare_plan(const CudnnObject& graph, Engine engine,
                                               const PlanArrays& arrays);

}  // namespace autoglm::emulation
