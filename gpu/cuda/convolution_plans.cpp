// Plans are kept by what they compute; a handle of cuDNN runs them on the context's stream.
#include <array>
#include <cstdint>
#include <map>
#include <new>
#include <utility>

#include "gpu/cuda/convolution_plan.h"

namespace autoglm::gpu {
namespace {

using Key = std::array<std::int64_t, 13>;

Key key_of(const Convolution& c) {
  return {static_cast<std::int64_t>(c.kind),
          static_cast<std::int64_t>(c.type),
          c.window.kernel,
          c.window.stride,
          c.window.padding,
          c.x[0],
          c.x[1],
          c.x[2],
          c.x[3],
          c.y[0],
          c.y[1],
          c.y[2],
          c.y[3]};
}

bool aligned(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % ConvolutionPlan::kAlignment == 0;
}

/// The device of a handle.
class HandleDevice final : public PlanDevice {
 public:
  explicit HandleDevice(cudnnHandle_t handle) : handle_(handle) {}

  void tell_graph(CudnnDescriptor& graph) const override {
    graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, {handle_});
  }
  void tell_heuristics(CudnnDescriptor& /*they know the graph*/) const override {}
  void tell_plan(CudnnDescriptor& plan) const override {
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, {handle_});
  }

 private:
  cudnnHandle_t handle_;
};

}  // namespace

struct ConvolutionPlans::State {
  cudnnHandle_t handle = nullptr;
  bool tried = false;
  std::map<Key, ConvolutionPlan> plans{};
  ConvolutionPlan* chosen = nullptr;

  ~State() {
    plans.clear();
    if (handle != nullptr) {
      cudnnDestroy(handle);
    }
  }
  /// False: cuDNN does not work here.
  bool open(cudaStream_t stream) {
    if (!tried) {
      tried = true;
      if (cudnnCreate(&handle) != CUDNN_STATUS_SUCCESS) {
        handle = nullptr;
      } else if (cudnnSetStream(handle, stream) != CUDNN_STATUS_SUCCESS) {
        cudnnDestroy(std::exchange(handle, nullptr));
      }
    }
    return handle != nullptr;
  }
  /// Null: there is none.
  ConvolutionPlan* plan_of(const Convolution& convolution) try {
    const auto [found, made] =
        plans.try_emplace(key_of(convolution), HandleDevice(handle), convolution);
    return found->second.plan.ok() ? &found->second : nullptr;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
};

namespace {

Status execute(Context& context, cudnnHandle_t handle, const ConvolutionPlan& chosen,
               const ConvolutionArrays& arrays, void* workspace) {
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
                  {arrays.x, arrays.w, arrays.y})
      .set<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64,
                         {ConvolutionPlan::x_id, ConvolutionPlan::w_id, ConvolutionPlan::y_id})
      .set<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, {workspace})
      .finalize();
  const cudnnStatus_t status =
      pack.ok() ? cudnnBackendExecute(handle, chosen.plan.get(), pack.get()) : pack.status();
  return status == CUDNN_STATUS_SUCCESS
             ? Status::ok
             : context.fail(Status::device_failed, cudnnGetErrorString(status));
}

}  // namespace

ConvolutionPlans::ConvolutionPlans() : state_(std::make_unique<State>()) {}
ConvolutionPlans::~ConvolutionPlans() = default;

bool ConvolutionPlans::has(Context& context, const Convolution& convolution,
                           const ConvolutionArrays& arrays) {
  if (!aligned(arrays.x) || !aligned(arrays.w) || !aligned(arrays.y) ||
      !state_->open(context.queue().stream)) {
    return false;
  }
  state_->chosen = state_->plan_of(convolution);
  return state_->chosen != nullptr;
}

Status ConvolutionPlans::run(Context& context, const ConvolutionArrays& arrays) {
  ConvolutionPlan& chosen = *state_->chosen;
  void* workspace = nullptr;
  const Status status = context.scratch(static_cast<std::size_t>(chosen.workspace), &workspace);
  if (status == Status::out_of_memory) {
    chosen.plan = CudnnDescriptor();  // else each call would try again, at the cost of a wait
  }
  return status == Status::ok ? execute(context, state_->handle, chosen, arrays, workspace)
                              : status;
}

}  // namespace autoglm::gpu
