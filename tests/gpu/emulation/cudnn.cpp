// cuDNN of the emulated device: the calls of its backend API.
#include <cudnn.h>

#include <algorithm>
#include <memory>
#include <set>

#include "tests/gpu/emulation/cudnn_convolution.h"
#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/streams.h"

struct cudnnContext {
  cudaStream_t stream = nullptr;
};

namespace autoglm::emulation {
namespace {

std::set<const void*> handles;
std::set<const void*> objects;

CudnnObject* object_of(cudnnBackendDescriptor_t descriptor) {
  return objects.count(descriptor) > 0 ? static_cast<CudnnObject*>(descriptor) : nullptr;
}

/// Descriptors and handles among the elements must be alive, descriptors finalized.
cudnnStatus_t check_elements(const CudnnRule& rule, std::int64_t count, const void* elements) {
  if (rule.type != CUDNN_TYPE_BACKEND_DESCRIPTOR && rule.type != CUDNN_TYPE_HANDLE) {
    return CUDNN_STATUS_SUCCESS;
  }
  void* const* addresses = static_cast<void* const*>(elements);
  for (std::int64_t i = 0; i < count; ++i) {
    if (rule.type == CUDNN_TYPE_HANDLE && handles.count(addresses[i]) == 0) {
      return CUDNN_STATUS_BAD_PARAM;
    }
    if (rule.type == CUDNN_TYPE_BACKEND_DESCRIPTOR &&
        (object_of(addresses[i]) == nullptr || !object_of(addresses[i])->finalized)) {
      return CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED;
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

/// What a finalized descriptor is derived from.
cudnnStatus_t derive(CudnnObject& object) {
  if (object.type == CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR) {
    return check_graph(object);
  }
  if (object.type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) {
    const CudnnObject& configuration = object.part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
    object.engine = configuration.engine;
    object.graph = configuration.graph;
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t recommend(const CudnnObject& heuristics, std::int64_t wanted, std::int64_t* count,
                        void* elements) {
  const CudnnObject& graph = heuristics.part(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
  const std::vector<Engine> engines =
      engines_for(graph, heuristics.one<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE));
  *count = static_cast<std::int64_t>(engines.size());
  if (elements == nullptr) {
    return CUDNN_STATUS_SUCCESS;
  }
  *count = std::min(*count, wanted);
  void** addresses = static_cast<void**>(elements);
  for (std::int64_t i = 0; i < *count; ++i) {
    CudnnObject* filled = object_of(addresses[i]);
    if (filled == nullptr || filled->type != CUDNN_BACKEND_ENGINECFG_DESCRIPTOR) {
      return CUDNN_STATUS_BAD_PARAM;
    }
    filled->engine = engines[static_cast<std::size_t>(i)];
    filled->graph = &graph;
    filled->finalized = true;
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t name_engine(const CudnnObject& configuration, std::int64_t* count, void* elements) {
  CudnnObject* filled = object_of(*static_cast<void**>(elements));
  if (filled == nullptr || filled->type != CUDNN_BACKEND_ENGINE_DESCRIPTOR) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  filled->engine = configuration.engine;
  filled->graph = configuration.graph;
  filled->finalized = true;
  *count = 1;
  return CUDNN_STATUS_SUCCESS;
}

/// What a caller may read of a graph's numbers from the notes of its engine.
cudnnStatus_t tell_notes(const CudnnObject& engine, std::int64_t wanted, std::int64_t* count,
                         void* elements) {
  std::vector<cudnnBackendNumericalNote_t> notes{CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP};
  const CudnnObject& operation = engine.graph->part(CUDNN_ATTR_OPERATIONGRAPH_OPS);
  const bool forward = operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR;
  const CudnnObject& w = operation.part(forward ? CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W
                                                : CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W);
  const bool narrow = w.one<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE) != CUDNN_DATA_FLOAT;
  if (narrow || engine.engine == Engine::tf32) {
    notes.push_back(CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
  }
  if (engine.engine == Engine::tf32) {
    notes.push_back(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS);
  }
  if (engine.engine == Engine::nondeterministic) {
    notes.push_back(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
  }
  *count = std::min<std::int64_t>(wanted, static_cast<std::int64_t>(notes.size()));
  std::copy_n(notes.begin(), *count, static_cast<cudnnBackendNumericalNote_t*>(elements));
  return CUDNN_STATUS_SUCCESS;
}

PlanArrays arrays_of(const CudnnObject& pack) {
  return {pack.all<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS),
          pack.all<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS),
          pack.one<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE)};
}

}  // namespace
}  // namespace autoglm::emulation

using namespace autoglm::emulation;  // NOLINT(google-build-using-namespace): the fakes are cuDNN's

// NOLINTBEGIN(readability-identifier-naming,readability-function-size): cuDNN's own.
extern "C" {

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  const Call call("cudnnCreate");
  if (call.fails() || is_other_device()) {
    return CUDNN_STATUS_NOT_INITIALIZED;
  }
  auto made = std::make_unique<cudnnContext>();
  handles.insert(made.get());
  count_live(1);
  *handle = made.release();
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  const Call call("cudnnDestroy");
  if (handles.erase(handle) == 0) {
    return CUDNN_STATUS_NOT_INITIALIZED;
  }
  const std::unique_ptr<cudnnContext> ended(handle);
  count_live(-1);
  return call.fails() ? CUDNN_STATUS_EXECUTION_FAILED : CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  const Call call("cudnnSetStream");
  if (call.fails() || handles.count(handle) == 0 || !is_stream(stream)) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

std::size_t cudnnGetVersion() { return 0; }

const char* cudnnGetErrorString(cudnnStatus_t status) {
  if (broken()) {
    return control().complaint;
  }
  return status == CUDNN_STATUS_SUCCESS            ? "CUDNN_STATUS_SUCCESS"
         : status == CUDNN_STATUS_EXECUTION_FAILED ? "CUDNN_STATUS_EXECUTION_FAILED"
                                                   : "CUDNN_STATUS_BAD_PARAM";
}

cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t type,
                                           cudnnBackendDescriptor_t* descriptor) {
  const Call call("cudnnBackendCreateDescriptor");
  if (call.fails()) {
    return CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED;
  }
  auto made = std::make_unique<CudnnObject>();
  made->type = type;
  objects.insert(made.get());
  count_live(1);
  *descriptor = made.release();
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor) {
  const Call call("cudnnBackendDestroyDescriptor");
  const std::unique_ptr<CudnnObject> ended(object_of(descriptor));
  if (objects.erase(descriptor) == 0) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  count_live(-1);
  return call.fails() ? CUDNN_STATUS_EXECUTION_FAILED : CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor,
                                       cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, std::int64_t count,
                                       const void* elements) {
  const Call call("cudnnBackendSetAttribute");
  CudnnObject* object = object_of(descriptor);
  if (object == nullptr || elements == nullptr) {
    return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  }
  if (call.fails() || object->finalized) {
    return CUDNN_STATUS_NOT_INITIALIZED;
  }
  const std::vector<CudnnRule> rules = cudnn_rules(object->type);
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [&](const CudnnRule& one) { return one.name == name; });
  if (rule == rules.end()) {
    return CUDNN_STATUS_NOT_SUPPORTED;
  }
  if (rule->type != type) {
    return CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE;
  }
  if (count < rule->least || count > rule->most) {
    return CUDNN_STATUS_BAD_PARAM_OUT_OF_BOUND;
  }
  const cudnnStatus_t status = check_elements(*rule, count, elements);
  if (status == CUDNN_STATUS_SUCCESS) {
    const char* bytes = static_cast<const char*>(elements);
    object->attributes[name] = {
        type, {bytes, bytes + static_cast<std::size_t>(count) * cudnn_size(type)}, count};
  }
  return status;
}

cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t descriptor,
                                       cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, std::int64_t wanted,
                                       std::int64_t* count, void* elements) {
  const Call call("cudnnBackendGetAttribute");
  const CudnnObject* object = object_of(descriptor);
  if (object == nullptr || count == nullptr) {
    return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  }
  if (call.fails() || !object->finalized) {
    return CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED;
  }
  if (name == CUDNN_ATTR_ENGINEHEUR_RESULTS && type == CUDNN_TYPE_BACKEND_DESCRIPTOR &&
      object->type == CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR) {
    return recommend(*object, wanted, count, elements);
  }
  if (elements == nullptr || wanted < 1) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  if (name == CUDNN_ATTR_ENGINECFG_ENGINE && type == CUDNN_TYPE_BACKEND_DESCRIPTOR &&
      object->type == CUDNN_BACKEND_ENGINECFG_DESCRIPTOR) {
    return name_engine(*object, count, elements);
  }
  if (name == CUDNN_ATTR_ENGINE_NUMERICAL_NOTE && type == CUDNN_TYPE_NUMERICAL_NOTE &&
      object->type == CUDNN_BACKEND_ENGINE_DESCRIPTOR) {
    return tell_notes(*object, wanted, count, elements);
  }
  if (name == CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE && type == CUDNN_TYPE_INT64 &&
      object->type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) {
    *count = 1;
    *static_cast<std::int64_t*>(elements) = plan_workspace(object->engine);
    return CUDNN_STATUS_SUCCESS;
  }
  return CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor) {
  const Call call("cudnnBackendFinalize");
  CudnnObject* object = object_of(descriptor);
  if (object == nullptr) {
    return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  }
  if (call.fails()) {
    return CUDNN_STATUS_EXECUTION_FAILED;
  }
  cudnnStatus_t status = check_cudnn(*object);
  if (status == CUDNN_STATUS_SUCCESS) {
    status = derive(*object);
  }
  object->finalized = status == CUDNN_STATUS_SUCCESS;
  return status;
}

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                                  cudnnBackendDescriptor_t pack) {
  const Call call("cudnnBackendExecute");
  const CudnnObject* chosen = object_of(plan);
  const CudnnObject* given = object_of(pack);
  if (call.fails() || is_other_device()) {
    return CUDNN_STATUS_EXECUTION_FAILED;
  }
  if (handles.count(handle) == 0 || chosen == nullptr || given == nullptr || !chosen->finalized ||
      !given->finalized || chosen->type != CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR ||
      given->type != CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  const PlanArrays arrays = arrays_of(*given);
  if (!is_allocated(arrays.workspace, static_cast<std::size_t>(plan_workspace(chosen->engine))) ||
      object_of(const_cast<CudnnObject*>(chosen->graph)) == nullptr) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  // The default one would not wait for ours, nor ours for it.
  if (!is_stream(handle->stream)) {
    complain("a plan of cuDNN in the default stream, or in one that has ended");
    return CUDNN_STATUS_EXECUTION_FAILED;
  }
  const cudnnStatus_t status = check_arrays(*chosen->graph, arrays);
  if (status == CUDNN_STATUS_SUCCESS) {
    submit(handle->stream, "a plan of cuDNN", prepare_plan(*chosen->graph, chosen->engine, arrays));
  }
  return status;
}
}
// NOLINTEND(readability-identifier-naming,readability-function-size)
