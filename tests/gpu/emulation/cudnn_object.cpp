// The tables of NVIDIA's reference ("cuDNN backend API", descriptor types) for a graph of one
// convolution.
#include "tests/gpu/emulation/cudnn_object.h"

#include <algorithm>
#include <array>

namespace autoglm::emulation {
namespace {

constexpr std::int64_t kDimensions = 4;  // of images and filters
constexpr std::int64_t kMany = 8;

/// The parts of the two operations.
struct OperationNames {
  cudnnBackendAttributeName_t window, x, w, y, alpha, beta;
};
OperationNames names_of(cudnnBackendDescriptorType_t type) {
  if (type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR) {
    return {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
  }
  return {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
}

std::vector<CudnnRule> operation_rules(cudnnBackendDescriptorType_t type) {
  const OperationNames names = names_of(type);
  return {{names.window, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.x, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.w, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.y, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.alpha, CUDNN_TYPE_FLOAT},
          {names.beta, CUDNN_TYPE_FLOAT}};
}

bool all_positive(const std::vector<std::int64_t>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](std::int64_t n) { return n > 0; });
}
bool none_negative(const std::vector<std::int64_t>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](std::int64_t n) { return n >= 0; });
}

cudnnStatus_t check_tensor(const CudnnObject& tensor) {
  const auto sizes = tensor.all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
  const auto strides = tensor.all<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES);
  const auto alignment = tensor.one<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT);
  if (!number_of(tensor.one<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE)).has_value()) {
    return CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE;
  }
  const bool fits = sizes.size() == strides.size() && all_positive(sizes) && all_positive(strides);
  const bool power = alignment > 0 && (alignment & (alignment - 1)) == 0;
  return fits && power ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t check_window(const CudnnObject& window) {
  const auto spatial =
      static_cast<std::size_t>(window.one<std::int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS));
  const auto strides = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES);
  const auto dilations = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS);
  const auto before = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
  const auto after = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS);
  const bool fits = strides.size() == spatial && dilations.size() == spatial &&
                    before.size() == spatial && after.size() == spatial;
  if (!fits || !all_positive(strides) || !all_positive(dilations) || !none_negative(before) ||
      !none_negative(after)) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  return window.one<cudnnDataType_t>(CUDNN_ATTR_CONVOLUTION_COMP_TYPE) == CUDNN_DATA_FLOAT
             ? CUDNN_STATUS_SUCCESS
             : CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE;
}

/// Sizes in the order n, c, h, w; output size 1 + (in + before + after - dilated filter) / stride.
cudnnStatus_t check_operation(const CudnnObject& operation) {
  const OperationNames names = names_of(operation.type);
  const CudnnObject& window = operation.part(names.window);
  const auto x = operation.part(names.x).all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
  const auto w = operation.part(names.w).all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
  const auto y = operation.part(names.y).all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
  if (x.size() != kDimensions || w.size() != kDimensions || y.size() != kDimensions ||
      window.one<std::int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS) != 2) {
    return CUDNN_STATUS_NOT_SUPPORTED;
  }
  const auto strides = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES);
  const auto dilations = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS);
  const auto before = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
  const auto after = window.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS);
  bool fits = x[0] == y[0] && x[1] == w[1] && y[1] == w[0];
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t filter = (w[i + 2] - 1) * dilations[i] + 1;
    fits = fits && y[i + 2] == 1 + (x[i + 2] + before[i] + after[i] - filter) / strides[i];
  }
  return fits ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH;
}

}  // namespace

std::optional<Number> number_of(cudnnDataType_t type) {
  switch (type) {
    case CUDNN_DATA_FLOAT:
      return Number::f32;
    case CUDNN_DATA_HALF:
      return Number::f16;
    case CUDNN_DATA_BFLOAT16:
      return Number::bf16;
  }
  return std::nullopt;
}

std::size_t cudnn_size(cudnnBackendAttributeType_t type) {
  switch (type) {
    case CUDNN_TYPE_HANDLE:
    case CUDNN_TYPE_VOID_PTR:
    case CUDNN_TYPE_BACKEND_DESCRIPTOR:
    case CUDNN_TYPE_INT64:
      return 8;
    case CUDNN_TYPE_DATA_TYPE:
    case CUDNN_TYPE_FLOAT:
    case CUDNN_TYPE_CONVOLUTION_MODE:
    case CUDNN_TYPE_HEUR_MODE:
    case CUDNN_TYPE_NUMERICAL_NOTE:
      return 4;
  }
  return 0;
}

std::vector<CudnnRule> cudnn_rules(cudnnBackendDescriptorType_t type) {
  switch (type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return {{CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE},
              {CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, 1, kMany},
              {CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, 1, kMany},
              {CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64}};
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return {{CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE},
              {CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE},
              {CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, 1, kMany},
              {CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, 1, kMany},
              {CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, 1, kMany},
              {CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, 1, kMany}};
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR:
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      return operation_rules(type);
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR:
      return {{CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE},
              {CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR}};
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return {{CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, CUDNN_TYPE_BACKEND_DESCRIPTOR},
              {CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE}};
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return {{CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE},
              {CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_TYPE_BACKEND_DESCRIPTOR}};
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return {{CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 1, kMany},
              {CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, 1, kMany},
              {CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR}};
    case CUDNN_BACKEND_ENGINE_DESCRIPTOR:
    case CUDNN_BACKEND_ENGINECFG_DESCRIPTOR:
      break;  // filled by cuDNN
  }
  return {};
}

cudnnStatus_t check_cudnn(const CudnnObject& object) {
  for (const CudnnRule& rule : cudnn_rules(object.type)) {
    if (!object.has(rule.name)) {
      return CUDNN_STATUS_BAD_PARAM;
    }
  }
  switch (object.type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return check_tensor(object);
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return check_window(object);
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR:
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      return check_operation(object);
    default:
      return CUDNN_STATUS_SUCCESS;
  }
}

}  // namespace autoglm::emulation
