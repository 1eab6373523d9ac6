#include "trainer/nn/cpu/arguments.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace autoglm::nn::cpu {
namespace {

using Text = std::array<char, 120>;

const char* name_of(DType type) {
  switch (type) {
    case DType::f32:
      return "f32";
    case DType::bf16:
      return "bf16";
    case DType::f16:
      return "f16";
  }
  return "no type";
}

// "f32 [3, *]"
Text description(DType type, const Shape& shape) {
  Text text{};
  auto append = [&text, at = std::size_t{0}](const char* format, auto... values) mutable {
    const int added = std::snprintf(text.data() + at, text.size() - at, format, values...);
    at = added < 0 ? at : std::min(text.size() - 1, at + static_cast<std::size_t>(added));
  };
  append("%s [", name_of(type));
  for (std::int32_t i = 0; i < shape.rank && i < Shape::kMostRank; ++i) {
    append("%s", i == 0 ? "" : ", ");
    if (shape[i] == Arguments::kAny) {
      append("*");
    } else {
      append("%lld", static_cast<long long>(shape[i]));
    }
  }
  append("]");
  return text;
}

bool fits(const Shape& shape, const Shape& wanted) {
  if (shape.rank != wanted.rank) {
    return false;
  }
  for (std::int32_t i = 0; i < shape.rank; ++i) {
    if (shape[i] < 1 || (wanted[i] != Arguments::kAny && shape[i] != wanted[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

void Arguments::begin(const char* call) noexcept {
  call_ = call;
  status_ = Status::ok;
}

void Arguments::tensor(const char* name, const Tensor& tensor, DType type,
                       const Shape& shape) noexcept {
  if (!ok()) {
    return;
  }
  if (tensor.type != type || !fits(tensor.shape, shape)) {
    fail(Status::bad_argument, "%s is %s, must be %s", name,
         description(tensor.type, tensor.shape).data(), description(type, shape).data());
    return;
  }
  array(name, tensor.data);
}

void Arguments::array(const char* name, const void* data) noexcept {
  rule(data != nullptr, "%s is null, must be an array", name);
}

void Arguments::rule(bool holds, const char* format, ...) noexcept {
  if (!ok() || holds) {
    return;
  }
  std::array<char, kMostText> text{};
  va_list values;
  va_start(values, format);
  std::vsnprintf(text.data(), text.size(), format, values);
  va_end(values);
  fail(Status::bad_argument, "%s", text.data());
}

Status Arguments::done(bool had_memory) noexcept {
  if (!had_memory) {
    fail(Status::out_of_memory, "no memory for scratch");
  }
  return status_;
}

Status Arguments::no_memory(std::size_t bytes) noexcept {
  fail(Status::out_of_memory, "no memory for %zu bytes", bytes);
  return status_;
}

void Arguments::fail(Status status, const char* format, ...) noexcept {
  status_ = status;
  const int named = std::snprintf(text_.data(), text_.size(), "%s: ", call_);
  const std::size_t at = named < 0 ? 0 : static_cast<std::size_t>(named);
  va_list values;
  va_start(values, format);
  std::vsnprintf(text_.data() + at, text_.size() - at, format, values);
  va_end(values);
}

}  // namespace autoglm::nn::cpu
