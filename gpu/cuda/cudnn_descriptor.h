// A descriptor of cuDNN's backend API: an object that is filled attribute by attribute, then
// finalized.
#pragma once

#include <cudnn.h>

#include <initializer_list>
#include <utility>

namespace autoglm::gpu {

/// What fails first is kept in status(); what follows does nothing.
class CudnnDescriptor {
 public:
  CudnnDescriptor() = default;
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type) {
    status_ = cudnnBackendCreateDescriptor(type, &descriptor_);
  }
  CudnnDescriptor(CudnnDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, nullptr)), status_(other.status_) {}
  CudnnDescriptor& operator=(CudnnDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(status_, other.status_);
    return *this;
  }
  ~CudnnDescriptor() {
    if (descriptor_ != nullptr) {
      cudnnBackendDestroyDescriptor(descriptor_);
    }
  }

  template <class T>
  CudnnDescriptor& set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                       std::initializer_list<T> values) {
    if (status_ == CUDNN_STATUS_SUCCESS) {
      status_ = cudnnBackendSetAttribute(descriptor_, name, type,
                                         static_cast<std::int64_t>(values.size()), values.begin());
    }
    return *this;
  }
  CudnnDescriptor& set(cudnnBackendAttributeName_t name, const CudnnDescriptor& other) {
    if (status_ == CUDNN_STATUS_SUCCESS) {
      status_ = other.status_;
    }
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, {other.descriptor_});
  }
  CudnnDescriptor& finalize() {
    if (status_ == CUDNN_STATUS_SUCCESS) {
      status_ = cudnnBackendFinalize(descriptor_);
    }
    return *this;
  }

  cudnnBackendDescriptor_t get() const { return descriptor_; }
  cudnnStatus_t status() const { return status_; }
  bool ok() const { return status_ == CUDNN_STATUS_SUCCESS; }

 private:
  cudnnBackendDescriptor_t descriptor_ = nullptr;
  cudnnStatus_t status_ = CUDNN_STATUS_NOT_INITIALIZED;
};

}  // namespace autoglm::gpu
