#include "trainer/nn/check/trial_run.h"

#include <algorithm>
#include <cstring>

#include "trainer/nn/check/fence.h"
#include "trainer/nn/check/numbers.h"

namespace autoglm::nn {
namespace {

constexpr std::size_t kGuard = 64;
constexpr unsigned char kPoison = 0xFF;  // NaN in every type, -1 as a whole number

template <class T>
void append(std::vector<double>& values, const std::vector<unsigned char>& bytes, auto convert) {
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    values.push_back(static_cast<double>(convert(value)));
  }
}

}  // namespace

Misalignment Misalignment::of(std::size_t n, std::size_t arrays) {
  const std::size_t kind = n % (2 + arrays);
  return kind == 0   ? Misalignment{.which = Which::all_by_a_number}
         : kind == 1 ? Misalignment{.which = Which::all_by_8_bytes}
                     : Misalignment{.which = Which::one_by_a_number, .one = kind - 2};
}

std::string Misalignment::text() const {
  switch (which) {
    case Which::none:
      return "";
    case Which::all_by_a_number:
      return " (all arrays misaligned by a number)";
    case Which::all_by_8_bytes:
      return " (all arrays misaligned by 8 bytes)";
    case Which::one_by_a_number:
      return " (array " + std::to_string(one) + " misaligned by a number)";
  }
  return "";
}

TrialRun::~TrialRun() {
  for (const Array& array : arrays_) {
    free_guards(array);
    backend_.release(array.block);
  }
}

void TrialRun::fence_guards(const Array& array) {
  if (fences_are_watched()) {
    check(backend_.synchronize());  // what was called before may still touch them
    char* block = static_cast<char*>(array.block);
    put_fence(block, array.offset);
    put_fence(block + array.offset + array.bytes, kGuard);
  }
}

void TrialRun::free_guards(const Array& array) {
  if (fences_are_watched()) {
    check(backend_.synchronize());  // what was called before may not
    take_fence(array.block, array.offset + array.bytes + kGuard);
  }
}

void TrialRun::check(Status status) {
  if (status != Status::ok && fault_.empty()) {
    fault_ = backend_.last_error();
  }
  device_failed_ =
      device_failed_ || status == Status::device_failed || status == Status::out_of_memory;
}

std::size_t TrialRun::shift(Kind kind, std::size_t size) {
  if (kind == Kind::state || kind == Kind::real) {
    return 0;
  }
  const bool is_one = movable_++ == misalignment_.one;
  switch (misalignment_.which) {
    case Misalignment::Which::none:
      return 0;
    case Misalignment::Which::all_by_a_number:
      return size;
    case Misalignment::Which::all_by_8_bytes:
      return 8;
    case Misalignment::Which::one_by_a_number:
      return is_one ? size : 0;
  }
  return 0;
}

void* TrialRun::place(const std::string& name, Kind kind, std::size_t size, std::int64_t n,
                      const void* from) {
  Array array{.name = name,
              .kind = kind,
              .offset = kGuard + shift(kind, size),
              .bytes = size * static_cast<std::size_t>(n)};
  std::vector<unsigned char> bytes(array.offset + array.bytes + kGuard, kPoison);
  if (from != nullptr && array.bytes > 0) {
    std::memcpy(bytes.data() + array.offset, from, array.bytes);
  }
  check(backend_.allocate(bytes.size(), &array.block));
  if (array.block == nullptr) {
    return nullptr;
  }
  check(backend_.upload(array.block, bytes.data(), bytes.size()));
  fence_guards(array);
  arrays_.push_back(array);
  return static_cast<char*>(array.block) + array.offset;
}

void* TrialRun::random_numbers(const std::string& name, DType type, std::int64_t n, float deviation,
                               float mean) {
  std::normal_distribution<float> distribution(mean, deviation);
  const auto count = static_cast<std::size_t>(n);
  if (type == DType::f32) {
    std::vector<float> numbers(count);
    std::generate(numbers.begin(), numbers.end(), [&] { return distribution(random_); });
    return place(name, Kind::f32, 4, n, numbers.data());
  }
  std::vector<std::uint16_t> numbers(count);
  const auto convert = type == DType::bf16 ? to_bf16 : to_f16;
  std::generate(numbers.begin(), numbers.end(), [&] { return convert(distribution(random_)); });
  return place(name, type == DType::bf16 ? Kind::bf16 : Kind::f16, 2, n, numbers.data());
}

Tensor TrialRun::in(DType type, const Shape& shape, float deviation, float mean) {
  return {random_numbers("", type, shape.count(), deviation, mean), type, shape};
}
Tensor TrialRun::in_out(const std::string& name, DType type, const Shape& shape, float deviation,
                        float mean) {
  return {random_numbers(name, type, shape.count(), deviation, mean), type, shape};
}
Tensor TrialRun::out(const std::string& name, DType type, const Shape& shape) {
  const Kind kind = type == DType::f32 ? Kind::f32 : type == DType::bf16 ? Kind::bf16 : Kind::f16;
  return {place(name, kind, size_of(type), shape.count(), nullptr), type, shape};
}
float* TrialRun::floats(std::int64_t n, float deviation, float mean) {
  return static_cast<float*>(random_numbers("", DType::f32, n, deviation, mean));
}
float* TrialRun::floats_in_out(const std::string& name, std::int64_t n, float deviation,
                               float mean) {
  return static_cast<float*>(random_numbers(name, DType::f32, n, deviation, mean));
}
float* TrialRun::floats_out(const std::string& name, std::int64_t n) {
  return static_cast<float*>(place(name, Kind::f32, 4, n, nullptr));
}
std::int32_t* TrialRun::integers_out(const std::string& name, std::int64_t n) {
  return static_cast<std::int32_t*>(place(name, Kind::integer, 4, n, nullptr));
}
double* TrialRun::double_in_out(const std::string& name, double value) {
  return static_cast<double*>(place(name, Kind::real, 8, 1, &value));
}
std::int32_t* TrialRun::integers(std::int64_t n, std::int32_t least, std::int32_t below) {
  std::uniform_int_distribution<std::int32_t> distribution(least, below - 1);
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(n));
  std::generate(numbers.begin(), numbers.end(), [&] { return distribution(random_); });
  return static_cast<std::int32_t*>(place("", Kind::integer, 4, n, numbers.data()));
}
StepState* TrialRun::state(const StepState& value) {
  return static_cast<StepState*>(place("state", Kind::state, sizeof value, 1, &value));
}

std::vector<unsigned char> TrialRun::bytes_of(const Array& array) {
  std::vector<unsigned char> bytes(array.offset + array.bytes + kGuard);
  free_guards(array);
  check(backend_.download(bytes.data(), array.block, bytes.size()));
  fence_guards(array);
  return bytes;
}

std::string TrialRun::fault() {
  for (const Array& array : arrays_) {
    const std::vector<unsigned char> bytes = bytes_of(array);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(array.offset);
    const auto end = begin + static_cast<std::ptrdiff_t>(array.bytes);
    const auto whole = [](unsigned char byte) { return byte == kPoison; };
    if (fault_.empty() &&
        !(std::all_of(bytes.begin(), begin, whole) && std::all_of(end, bytes.end(), whole))) {
      fault_ = "wrote outside of an array, " + (array.name.empty() ? "an input" : array.name);
    }
  }
  return fault_;
}

std::vector<Output> TrialRun::outputs() {
  std::vector<Output> found;
  for (const Array& array : arrays_) {
    if (array.name.empty()) {
      continue;
    }
    const std::vector<unsigned char> all = bytes_of(array);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(array.offset);
    Output output{.name = array.name,
                  .bytes = {begin, begin + static_cast<std::ptrdiff_t>(array.bytes)}};
    switch (array.kind) {
      case Kind::f32:
        append<float>(output.values, output.bytes, [](float x) { return x; });
        break;
      case Kind::bf16:
        output.type = DType::bf16;
        append<std::uint16_t>(output.values, output.bytes, from_bf16);
        break;
      case Kind::f16:
        output.type = DType::f16;
        append<std::uint16_t>(output.values, output.bytes, from_f16);
        break;
      case Kind::integer:
        output.exact = true;
        append<std::int32_t>(output.values, output.bytes, [](std::int32_t x) { return x; });
        break;
      case Kind::real:
        append<double>(output.values, output.bytes, [](double x) { return x; });
        break;
      case Kind::state:
        append<StepState>(output.values, output.bytes, [&](const StepState& x) {
          for (const float value : {x.loss_scale, x.gradient_norm, x.factor}) {
            output.values.push_back(static_cast<double>(value));
          }
          for (const std::int32_t value : {x.skip, x.good_steps, x.applied}) {
            output.values.push_back(value);
          }
          return x.overflows;
        });
        break;
    }
    found.push_back(std::move(output));
  }
  return found;
}

}  // namespace autoglm::nn
