// Memory, conversion, and what is said about mistakes.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

TEST_CASE("memory is aligned to 64 bytes and holds what was uploaded") {
  on_all([](Backend& backend) {
    Records<std::uint64_t> from(backend, {1, 2, 3});
    Records<std::uint64_t> to(backend, {0, 0, 0});
    CHECK(reinterpret_cast<std::uintptr_t>(from.data()) % 64 == 0);
    REQUIRE(backend.copy(to.data(), from.data(), 24) == Status::ok);
    CHECK(to.get() == std::vector<std::uint64_t>{1, 2, 3});
    REQUIRE(backend.fill_zero(to.data() + 1, 8) == Status::ok);
    REQUIRE(backend.synchronize() == Status::ok);
    CHECK(to.get() == std::vector<std::uint64_t>{1, 0, 3});
    backend.release(nullptr);
  });
}

TEST_CASE("memory that is not there is a status, with a text") {
  on_all([](Backend& backend) {
    void* address = nullptr;
    CHECK(backend.allocate(std::size_t{1} << 62U, &address) == Status::out_of_memory);
    CHECK(std::string(backend.last_error()).find("allocate") != std::string::npos);
  });
}

// All 65536 numbers of a type, and in f32 what lies at, just below and just above the middle
// between each and the next.
TEST_CASE("16-bit numbers are read exactly and rounded to nearest, ties to even") {
  on_all([](Backend& backend) {
    for (const DType type : {DType::bf16, DType::f16}) {
      CAPTURE(static_cast<int>(type));
      Doubles wide;
      for (std::uint32_t bits = 0; bits < 0xffffU; ++bits) {
        const double x = decoded(type, bits);
        const double middle = (x + decoded(type, bits + 1)) / 2;
        const auto near = static_cast<float>(middle);
        for (const float number : {static_cast<float>(x), near, std::nextafter(near, 1e38F),
                                   std::nextafter(near, -1e38F)}) {
          wide.push_back(static_cast<double>(number));
        }
      }
      const double large = static_cast<double>(std::numeric_limits<float>::max());
      for (const double x :
           {65519.0, 65520.0, 65536.0, large, -large, 1e-45, 0x1p-25, 0x1.8p-24, 0x1p-134, -0.0}) {
        wide.push_back(static_cast<double>(static_cast<float>(x)));
      }
      const auto count = static_cast<std::int64_t>(wide.size());
      const Array from(backend, DType::f32, {count}, wide);
      const Array narrow(backend, type, {count});
      const Array back(backend, DType::f32, {count});
      REQUIRE(backend.cast(from.tensor(), narrow.tensor()) == Status::ok);
      REQUIRE(backend.cast(narrow.tensor(), back.tensor()) == Status::ok);
      const std::vector<std::uint32_t> bits = narrow.bits();
      const Doubles again = back.numbers();
      int wrong = 0;
      for (std::size_t i = 0; i < wide.size(); ++i) {
        const bool nan = std::isnan(wide[i]);
        const bool right =
            nan ? std::isnan(decoded(type, bits[i])) && std::isnan(again[i])
                : bits[i] == encoded(type, wide[i]) && again[i] == decoded(type, bits[i]);
        wrong += right ? 0 : 1;
      }
      CHECK(wrong == 0);
    }
  });
}

TEST_CASE("a mistake in the arguments is a status and a text that names the operation") {
  on_all([](Backend& backend) {
    const Array x(backend, DType::f32, {3, 4}, Doubles(12, 1));
    const Array w(backend, DType::f32, {2, 5}, Doubles(10, 1));
    const Array y(backend, DType::f32, {3, 2});
    const Array half(backend, DType::bf16, {3, 4}, Doubles(12, 1));
    const auto is_refused = [&backend](Status status, const char* operation) {
      CHECK(status == Status::bad_argument);
      CHECK(std::string(backend.last_error()).find(operation) != std::string::npos);
    };
    is_refused(
        backend.linear_forward(x.tensor(), w.tensor(), nullptr, y.tensor(), Activation::identity),
        "linear_forward");
    is_refused(
        backend.linear_forward(x.tensor(), x.tensor(), nullptr, y.tensor(), Activation::tanh),
        "linear_forward");
    is_refused(backend.linear_backward_weight(y.tensor(), x.tensor(), nullptr, nullptr),
               "linear_backward_weight");
    is_refused(backend.add(x.tensor(), half.tensor(), x.tensor(), Activation::identity), "add");
    is_refused(backend.activation_forward(Activation::relu, x.tensor(), Tensor{}),
               "activation_forward");
    is_refused(backend.dropout(1, RandomKey{}, x.tensor(), x.tensor()), "dropout");
    is_refused(backend.cast(x.tensor(), y.tensor()), "cast");
    const Array image(backend, DType::f32, {1, 2, 2, 1}, Doubles(4, 1));
    const Array kernel(backend, DType::f32, {1, 1, 1, 1}, Doubles(1, 1));
    const Array wide(backend, DType::f32, {1, 4, 4, 1});
    is_refused(backend.conv_forward({1, 1, 1}, image.tensor(), kernel.tensor(), nullptr,
                                    wide.tensor(), Activation::identity),
               "conv_forward");
    is_refused(backend.conv_forward(Window{}, x.tensor(), x.tensor(), nullptr, x.tensor(),
                                    Activation::identity),
               "conv_forward");
    is_refused(backend.softmax(x.tensor(), nullptr), "softmax");
  });
}

TEST_CASE("scratch memory is kept and does not grow when a call is repeated") {
  on_all([](Backend& backend) {
    const Array x(backend, DType::bf16, {64, 300},
                  random_numbers(DType::bf16, std::int64_t{64} * 300, 1));
    const Array y(backend, DType::bf16, {64, 64});
    const auto product = [&] {
      return backend.linear_forward(x.tensor(), x.tensor(), nullptr, y.tensor(), Activation::relu);
    };
    REQUIRE(product() == Status::ok);
    const std::size_t held = backend.scratch_bytes();
    REQUIRE(product() == Status::ok);
    CHECK(backend.scratch_bytes() == held);
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
