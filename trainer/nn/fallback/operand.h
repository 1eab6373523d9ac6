// How an operation uses what lies in the device's memory.
#pragma once

#include <cstdint>

#include "trainer/nn/backend.h"
#include "trainer/nn/fallback/host_copies.h"

namespace autoglm::nn {

/// `argument` as the device is given it; `copy(copies)`, a function, is it on the host.
template <class Argument, class Copy>
struct Operand {
  Argument argument;
  Copy copy;
};
template <class Argument, class Copy>
Operand(const Argument&, Copy) -> Operand<const Argument&, Copy>;

// An array, or a tensor, that is read, wholly overwritten, or both read and written. Arrays have
// `count` elements.
inline auto read(const Tensor& tensor) {
  return Operand{tensor, [&tensor](HostCopies& copies) { return copies.in(tensor); }};
}
inline auto written(const Tensor& tensor) {
  return Operand{tensor, [&tensor](HostCopies& copies) { return copies.out(tensor); }};
}
template <class T>
auto read(T* const& at, std::int64_t count = 1) {
  return Operand{at, [&at, count](HostCopies& copies) { return copies.in(at, count); }};
}
template <class T>
auto written(T* const& at, std::int64_t count = 1) {
  return Operand{at, [&at, count](HostCopies& copies) { return copies.out(at, count); }};
}
template <class T>
auto changed(T* const& at, std::int64_t count = 1) {
  return Operand{at, [&at, count](HostCopies& copies) { return copies.in_out(at, count); }};
}

// What every operation is given: its operands as they are meant, and all else as it is.
template <class Argument, class Copy>
const auto& on_the_device(const Operand<Argument, Copy>& operand) {
  return operand.argument;
}
template <class Plain>
const Plain& on_the_device(const Plain& plain) {
  return plain;
}
template <class Argument, class Copy>
auto on_the_host(const Operand<Argument, Copy>& operand, HostCopies& copies) {
  return operand.copy(copies);
}
template <class Plain>
const Plain& on_the_host(const Plain& plain, HostCopies& /*copies*/) {
  return plain;
}

}  // namespace autoglm::nn
