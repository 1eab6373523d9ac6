// cuDNN's graph API, written against its C interface. Images are NHWC and filters KRSC, which cuDNN
// is told by strides.
#include "gpu/cuda/convolution_plan.h"

#include <utility>
#include <vector>

namespace autoglm::gpu {
namespace {

constexpr std::int64_t kMostWorkspace = std::int64_t{1} << 30U;
using Id = ConvolutionPlan::Id;

cudnnDataType_t data_type(DType type) {
  switch (type) {
    case DType::f32:
      return CUDNN_DATA_FLOAT;
    case DType::bf16:
      return CUDNN_DATA_BFLOAT16;
    case DType::f16:
      return CUDNN_DATA_HALF;
  }
  return CUDNN_DATA_FLOAT;
}

/// cuDNN names sizes in the order n, c, h, w, wherever they lie.
CudnnDescriptor tensor(Id id, DType type, const nn::Shape& shape) {
  CudnnDescriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, {data_type(type)})
      .set<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64,
                         {shape[0], shape[3], shape[1], shape[2]})
      .set<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64,
                         {shape[1] * shape[2] * shape[3], 1, shape[2] * shape[3], shape[3]})
      .set<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, {id})
      .set<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64,
                         {ConvolutionPlan::kAlignment})
      .finalize();
  return made;
}

CudnnDescriptor window_of(const nn::Window& window) {
  CudnnDescriptor made(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  made.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, {CUDNN_DATA_FLOAT})
      .set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, {CUDNN_CROSS_CORRELATION})
      .set<std::int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, {2})
      .set<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, {1, 1})
      .set<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64,
                         {window.stride, window.stride})
      .set<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64,
                         {window.padding, window.padding})
      .set<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64,
                         {window.padding, window.padding})
      .finalize();
  return made;
}

/// What the two kinds of operation call their parts.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t window, x, w, y, alpha, beta;
};
OperationNames names_of(Convolution::Kind kind) {
  if (kind == Convolution::Kind::data) {
    return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
  }
  return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
}

/// Products of 16-bit numbers are exact on tensor cores; those of f32 would be TF32.
bool allows_tensor_cores(const Convolution& c) { return c.type != DType::f32; }

/// What cuDNN's heuristics recommend, best first.
std::vector<CudnnDescriptor> recommended(const PlanDevice& device, const CudnnDescriptor& graph,
                                         cudnnBackendHeurMode_t mode) {
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
      .set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, {mode});
  device.tell_heuristics(heuristics);
  heuristics.finalize();
  std::int64_t count = 0;
  if (!heuristics.ok() || cudnnBackendGetAttribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                                   CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count,
                                                   nullptr) != CUDNN_STATUS_SUCCESS) {
    return {};
  }
  std::vector<CudnnDescriptor> configurations;
  std::vector<cudnnBackendDescriptor_t> addresses;
  for (std::int64_t i = 0; i < count; ++i) {
    configurations.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    addresses.push_back(configurations.back().get());
  }
  std::int64_t got = 0;
  if (cudnnBackendGetAttribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                               CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &got,
                               addresses.data()) != CUDNN_STATUS_SUCCESS) {
    return {};
  }
  configurations.resize(static_cast<std::size_t>(got));
  return configurations;
}

/// Whether an engine computes what we promise.
bool acceptable(const CudnnDescriptor& configuration, bool tensor_cores) {
  CudnnDescriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  cudnnBackendDescriptor_t address = engine.get();
  std::int64_t count = 0;
  if (cudnnBackendGetAttribute(configuration.get(), CUDNN_ATTR_ENGINECFG_ENGINE,
                               CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count,
                               static_cast<void*>(&address)) != CUDNN_STATUS_SUCCESS) {
    return false;
  }
  cudnnBackendNumericalNote_t notes[CUDNN_NUMERICAL_NOTE_TYPE_COUNT];
  if (cudnnBackendGetAttribute(engine.get(), CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                               CUDNN_TYPE_NUMERICAL_NOTE, CUDNN_NUMERICAL_NOTE_TYPE_COUNT, &count,
                               notes) != CUDNN_STATUS_SUCCESS) {
    return false;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    if (notes[i] != CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP &&
        !(notes[i] == CUDNN_NUMERICAL_NOTE_TENSOR_CORE && tensor_cores)) {
      return false;
    }
  }
  return true;
}

}  // namespace

ConvolutionGraph::ConvolutionGraph(const PlanDevice& device, const Convolution& c)
    : x(tensor(ConvolutionPlan::x_id, c.type, c.x)),
      w(tensor(ConvolutionPlan::w_id, c.type,
               {c.outputs(), c.window.kernel, c.window.kernel, c.inputs()})),
      y(tensor(ConvolutionPlan::y_id, c.type, c.y)),
      window(window_of(c.window)) {
  const OperationNames names = names_of(c.kind);
  operation = CudnnDescriptor(names.type);
  operation.set(names.window, window)
      .set(names.x, x)
      .set(names.w, w)
      .set(names.y, y)
      .set(names.alpha, CUDNN_TYPE_FLOAT, {1.0F})
      .set(names.beta, CUDNN_TYPE_FLOAT, {0.0F})
      .finalize();
  graph = CudnnDescriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  device.tell_graph(graph);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation).finalize();
}

ConvolutionPlan::ConvolutionPlan(const PlanDevice& device, const Convolution& convolution)
    : graph(device, convolution) {
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    for (CudnnDescriptor& candidate : recommended(device, graph.graph, mode)) {
      if (acceptable(candidate, allows_tensor_cores(convolution)) && make(device, candidate)) {
        configuration = std::move(candidate);
        return;
      }
    }
  }
}

bool ConvolutionPlan::make(const PlanDevice& device, const CudnnDescriptor& candidate) {
  CudnnDescriptor made(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  device.tell_plan(made);
  made.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, candidate).finalize();
  std::int64_t count = 0;
  if (!made.ok() ||
      cudnnBackendGetAttribute(made.get(), CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                               CUDNN_TYPE_INT64, 1, &count, &workspace) != CUDNN_STATUS_SUCCESS ||
      workspace > kMostWorkspace) {
    return false;
  }
  plan = std::move(made);
  return true;
}

}  // namespace autoglm::gpu
