// A descriptor of cuDNN's backend API: attributes by name, checked against tables when they are set
// and when the descriptor is finalized.
#pragma once

#include <cudnn.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "tests/gpu/emulation/numbers.h"

namespace autoglm::emulation {

/// What the emulated engines are like. cuDNN's notes say so of its own; that one wants a workspace
/// beyond reason, its plan.
enum class Engine { exact, tf32, nondeterministic, greedy };

struct CudnnObject {
  struct Attribute {
    cudnnBackendAttributeType_t type = CUDNN_TYPE_INT64;
    std::vector<char> bytes{};
    std::int64_t count = 0;
  };

  cudnnBackendDescriptorType_t type = CUDNN_BACKEND_TENSOR_DESCRIPTOR;
  bool finalized = false;
  std::map<cudnnBackendAttributeName_t, Attribute> attributes{};
  // Of an engine, its configuration and plan: which it is, and the graph that it is for.
  Engine engine = Engine::exact;
  const CudnnObject* graph = nullptr;

  bool has(cudnnBackendAttributeName_t name) const { return attributes.count(name) > 0; }
  /// REQUIRES: has(name), and T is what its type says.
  template <class T>
  std::vector<T> all(cudnnBackendAttributeName_t name) const {
    const Attribute& attribute = attributes.at(name);
    std::vector<T> values(static_cast<std::size_t>(attribute.count));
    std::memcpy(values.data(), attribute.bytes.data(), attribute.bytes.size());
    return values;
  }
  template <class T>
  T one(cudnnBackendAttributeName_t name) const {
    return all<T>(name).at(0);
  }
  /// Another descriptor that is an attribute.
  const CudnnObject& part(cudnnBackendAttributeName_t name) const {
    return *static_cast<const CudnnObject*>(one<void*>(name));
  }
};

/// Of a type of descriptors, an attribute that may be set.
struct CudnnRule {
  cudnnBackendAttributeName_t name;
  cudnnBackendAttributeType_t type;
  std::int64_t least = 1;  // elements
  std::int64_t most = 1;
};
std::vector<CudnnRule> cudnn_rules(cudnnBackendDescriptorType_t type);
/// Bytes of an element; 0: a type that is not emulated.
std::size_t cudnn_size(cudnnBackendAttributeType_t type);

/// All that a type demands when it is finalized, beyond that its attributes are there.
cudnnStatus_t check_cudnn(const CudnnObject& object);

std::optional<Number> number_of(cudnnDataType_t type);

}  // namespace autoglm::emulation
