#include "trainer/nn/cpu/cpu_backend.h"

#include <cassert>
#include <cstring>
#include <string>

#include "trainer/nn/cpu/backend_class.h"

namespace autoglm::nn {

namespace cpu {

CpuBackend::CpuBackend(InstructionSet set) : CpuBackend(products_of(set), arrays_of(set)) {
  info_.instructions = std::string(to_string(set));
  info_.native_bf16 = has_bf16_products(set);
}

CpuBackend::CpuBackend(const ProductKernels& products, const ArrayKernels& arrays)
    : products_(products), arrays_(arrays) {
  info_.device = "cpu";
}

Status CpuBackend::allocate(std::size_t bytes, void** address) noexcept {
  arguments_.begin("allocate");
  arguments_.array("address", address);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  *address = allocate_aligned(bytes);
  return *address == nullptr ? arguments_.no_memory(bytes) : Status::ok;
}

void CpuBackend::release(void* address) noexcept { free_aligned(address); }

Status CpuBackend::upload(void* to, const void* from, std::size_t bytes) noexcept {
  return copy(to, from, bytes);
}

Status CpuBackend::download(void* to, const void* from, std::size_t bytes) noexcept {
  return copy(to, from, bytes);
}

Status CpuBackend::copy(void* to, const void* from, std::size_t bytes) noexcept {
  if (bytes == 0) {
    return Status::ok;
  }
  arguments_.begin("copy");
  arguments_.array("to", to);
  arguments_.array("from", from);
  if (arguments_.ok()) {
    std::memcpy(to, from, bytes);
  }
  return arguments_.status();
}

Status CpuBackend::fill_zero(void* at, std::size_t bytes) noexcept {
  if (bytes == 0) {
    return Status::ok;
  }
  arguments_.begin("fill_zero");
  arguments_.array("at", at);
  if (arguments_.ok()) {
    std::memset(at, 0, bytes);
  }
  return arguments_.status();
}

void CpuBackend::check_some(const char* name, const Tensor& tensor) noexcept {
  Shape any;
  any.rank = tensor.shape.rank;
  any.sizes.fill(Arguments::kAny);
  arguments_.tensor(name, tensor, tensor.type, any);
}

void CpuBackend::check_alike(const char* name, const Tensor& tensor, const Tensor& other) noexcept {
  arguments_.tensor(name, tensor, other.type, other.shape);
}

void CpuBackend::check_rectifier(Activation activation) noexcept {
  arguments_.rule(activation == Activation::identity || activation == Activation::relu,
                  "activation is number %d, must be identity or relu",
                  static_cast<int>(activation));
}

}  // namespace cpu

std::unique_ptr<Backend> make_cpu_backend() {
  return make_cpu_backend(cpu::best_instruction_set());
}

std::unique_ptr<Backend> make_cpu_backend(cpu::InstructionSet set) {
  assert(set <= cpu::best_instruction_set());
  return std::make_unique<cpu::CpuBackend>(set);
}

}  // namespace autoglm::nn
