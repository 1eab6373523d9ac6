#include "tests/gpu/emulation/cudnn_convolution.h"

#include <algorithm>
#include <array>
#include <string>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/workspace.h"

namespace autoglm::emulation {
namespace {

using Sizes = std::array<std::int64_t, 4>;  // n, c, h, w

Sizes sizes_of(const CudnnObject& tensor, cudnnBackendAttributeName_t name) {
  const auto all = tensor.all<std::int64_t>(name);
  return {all[0], all[1], all[2], all[3]};
}

/// An array as its descriptor says that it lies.
struct Array {
  Number type = Number::f32;
  std::int64_t id = 0;
  std::int64_t alignment = 1;
  Sizes sizes{};
  Sizes strides{};
  char* data = nullptr;

  std::int64_t at(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) const {
    return n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3];
  }
  std::size_t bytes() const {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      last += (sizes[i] - 1) * strides[i];
    }
    return static_cast<std::size_t>(last + 1) * size_of(type);
  }
};

Array array_of(const CudnnObject& tensor) {
  return {.type = *number_of(tensor.one<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE)),
          .id = tensor.one<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID),
          .alignment = tensor.one<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT),
          .sizes = sizes_of(tensor, CUDNN_ATTR_TENSOR_DIMENSIONS),
          .strides = sizes_of(tensor, CUDNN_ATTR_TENSOR_STRIDES)};
}

struct Convolution {
  bool forward = true;
  Array x{};
  Array w{};
  Array y{};
  std::array<std::int64_t, 2> stride{};
  std::array<std::int64_t, 2> dilation{};
  std::array<std::int64_t, 2> padding{};
  bool flipped = false;
  float alpha = 1;
  float beta = 0;
  Engine engine = Engine::exact;
  Workspace workspace{};

  const Array& result() const { return forward ? y : x; }
  const Array& factor() const { return forward ? x : y; }
};

std::array<std::int64_t, 2> pair_of(const CudnnObject& window, cudnnBackendAttributeName_t name) {
  const auto all = window.all<std::int64_t>(name);
  return {all[0], all[1]};
}

Convolution convolution_of(const CudnnObject& graph) {
  const CudnnObject& operation = graph.part(CUDNN_ATTR_OPERATIONGRAPH_OPS);
  const bool forward = operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR;
  const auto part = [&](cudnnBackendAttributeName_t forwards,
                        cudnnBackendAttributeName_t backwards) -> const CudnnObject& {
    return operation.part(forward ? forwards : backwards);
  };
  const CudnnObject& window = part(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                                   CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC);
  return {.forward = forward,
          .x = array_of(part(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX)),
          .w = array_of(part(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W)),
          .y = array_of(part(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY)),
          .stride = pair_of(window, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES),
          .dilation = pair_of(window, CUDNN_ATTR_CONVOLUTION_DILATIONS),
          .padding = pair_of(window, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS),
          .flipped = window.one<cudnnConvolutionMode_t>(CUDNN_ATTR_CONVOLUTION_CONV_MODE) ==
                     CUDNN_CONVOLUTION,
          .alpha = operation.one<float>(forward ? CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA
                                                : CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA),
          .beta = operation.one<float>(forward ? CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA
                                               : CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA)};
}

std::vector<float> numbers_of(const Array& array, bool tf32) {
  std::vector<float> numbers(array.bytes() / size_of(array.type));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const float value = load(array.type, array.data, static_cast<std::int64_t>(i));
    numbers[i] = tf32 ? as_tf32(value) : value;
  }
  return numbers;
}

/// Adds up, over all products of an image's position with a weight, into f32 sums.
void convolve(const Convolution& c) {
  const bool tf32 = c.engine == Engine::tf32;
  const std::vector<float> factor = numbers_of(c.factor(), tf32);
  const std::vector<float> w = numbers_of(c.w, tf32);
  std::vector<float> sums(c.result().bytes() / size_of(c.result().type));
  const auto tap = [&](std::int64_t n, std::int64_t oy, std::int64_t ox, std::int64_t ky,
                       std::int64_t kx) {
    const std::int64_t iy = oy * c.stride[0] - c.padding[0] + ky * c.dilation[0];
    const std::int64_t ix = ox * c.stride[1] - c.padding[1] + kx * c.dilation[1];
    if (iy < 0 || iy >= c.x.sizes[2] || ix < 0 || ix >= c.x.sizes[3]) {
      return;
    }
    const std::int64_t wy = c.flipped ? c.w.sizes[2] - 1 - ky : ky;
    const std::int64_t wx = c.flipped ? c.w.sizes[3] - 1 - kx : kx;
    for (std::int64_t k = 0; k < c.y.sizes[1]; ++k) {
      const auto y_at = static_cast<std::size_t>(c.y.at(n, k, oy, ox));
      for (std::int64_t channel = 0; channel < c.x.sizes[1]; ++channel) {
        const auto x_at = static_cast<std::size_t>(c.x.at(n, channel, iy, ix));
        const float weight = w[static_cast<std::size_t>(c.w.at(k, channel, wy, wx))];
        if (c.forward) {
          sums[y_at] += factor[x_at] * weight;
        } else {
          sums[x_at] += factor[y_at] * weight;
        }
      }
    }
  };
  for (std::int64_t ky = 0; ky < c.w.sizes[2]; ++ky) {
    for (std::int64_t kx = 0; kx < c.w.sizes[3]; ++kx) {
      for (std::int64_t n = 0; n < c.y.sizes[0]; ++n) {
        for (std::int64_t oy = 0; oy < c.y.sizes[2]; ++oy) {
          for (std::int64_t ox = 0; ox < c.y.sizes[3]; ++ox) {
            tap(n, oy, ox, ky, kx);
          }
        }
      }
    }
  }
  // What differs from run to run: a last place or two.
  static std::uint64_t runs = 0;
  const float jitter =
      c.engine == Engine::nondeterministic ? 1 + 0x1p-22F * static_cast<float>(++runs % 3) : 1;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const float before = c.beta == 0 ? 0 : c.beta * load(c.result().type, c.result().data, at);
    store(c.result().type, c.result().data, at, c.alpha * sums[i] * jitter + before);
  }
}

void run(const Convolution& c, const Actor& actor) {
  const std::string what = "a plan of cuDNN";
  if (c.workspace.spoil(actor, what) &&
      touch(actor, what, c.factor().data, c.factor().bytes(), Access::read) &&
      touch(actor, what, c.w.data, c.w.bytes(), Access::read) &&
      touch(actor, what, c.result().data, c.result().bytes(), Access::write)) {
    convolve(c);
    c.workspace.spoil(actor, what);
  }
}

/// Null: the id is not there, or twice.
char* address_of(const PlanArrays& arrays, std::int64_t id) {
  const auto found = std::find(arrays.ids.begin(), arrays.ids.end(), id);
  if (found == arrays.ids.end() || std::find(found + 1, arrays.ids.end(), id) != arrays.ids.end()) {
    return nullptr;
  }
  return static_cast<char*>(arrays.addresses[static_cast<std::size_t>(found - arrays.ids.begin())]);
}

}  // namespace

cudnnStatus_t check_graph(const CudnnObject& graph) {
  const Convolution c = convolution_of(graph);
  return c.x.type == c.w.type && c.x.type == c.y.type ? CUDNN_STATUS_SUCCESS
                                                      : CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE;
}

std::vector<Engine> engines_for(const CudnnObject& graph, cudnnBackendHeurMode_t mode) {
  const Convolution c = convolution_of(graph);
  if (c.x.type == Number::f32) {
    return mode == CUDNN_HEUR_MODE_A ? std::vector<Engine>{Engine::greedy, Engine::tf32,
                                                           Engine::nondeterministic, Engine::exact}
                                     : std::vector<Engine>{Engine::exact};
  }
  if (c.x.sizes[1] % 8 != 0 || c.y.sizes[1] % 8 != 0) {
    return {};
  }
  return {Engine::greedy, Engine::nondeterministic, Engine::exact};
}

std::int64_t plan_workspace(Engine engine) {
  return engine == Engine::greedy ? (std::int64_t{1} << 30U) + 1
                                  : static_cast<std::int64_t>(control().plan_workspace);
}

cudnnStatus_t check_arrays(const CudnnObject& graph, const PlanArrays& arrays) {
  if (arrays.ids.size() != arrays.addresses.size()) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  const Convolution c = convolution_of(graph);
  for (const Array& array : {c.x, c.w, c.y}) {
    const char* address = address_of(arrays, array.id);
    if (address == nullptr || !is_allocated(address, array.bytes())) {
      return CUDNN_STATUS_BAD_PARAM;
    }
    if (reinterpret_cast<std::uintptr_t>(address) % static_cast<std::uintptr_t>(array.alignment) !=
        0) {
      return CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER;
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

std::function<void(const Actor&)> prepare_plan(const CudnnObject& graph, Engine engine,
                                               const PlanArrays& arrays) {
  Convolution c = convolution_of(graph);
  c.engine = engine;
  c.workspace = {arrays.workspace, static_cast<std::size_t>(plan_workspace(engine))};
  for (Array* array : {&c.x, &c.w, &c.y}) {
    array->data = address_of(arrays, array->id);
  }
  return [c](const Actor& actor) { run(c, actor); };
}

}  // namespace autoglm::emulation
