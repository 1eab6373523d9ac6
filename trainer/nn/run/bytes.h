// Numbers as bytes, little endian whatever the machine; what checkpoints are made of.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace autoglm::nn {

static_assert(std::endian::native == std::endian::little,
              "autoglm writes numbers as they lie in memory, little endian");

/// The same bytes as a text.
inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ByteWriter {
 public:
  /// Integers and floating-point numbers, of the size that their type has.
  template <typename Number>
  void number(Number value) {
    static_assert(std::is_arithmetic_v<Number>);
    const auto bytes = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  /// Without its length.
  void text(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_{};
};

/// Never reads beyond the end: what would lie there is 0 or empty, and complete() says so.
class ByteReader {
 public:
  /// `bytes` is not owned and must outlive the reader.
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <typename Number>
  Number number() {
    static_assert(std::is_arithmetic_v<Number>);
    Number value{};
    const auto from = take(sizeof(Number));
    if (!from.empty()) {
      std::memcpy(&value, from.data(), sizeof(Number));
    }
    return value;
  }
  /// A piece of the bytes that are read.
  std::span<const std::byte> take(std::uint64_t size) {
    if (size > rest_.size()) {
      overrun_ = true;
      return {};
    }
    const auto piece = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(piece.size());
    return piece;
  }
  std::string text(std::uint64_t size) { return text_of(take(size)); }

  std::size_t left() const { return rest_.size(); }
  bool overrun() const { return overrun_; }
  /// All was there, and all was read.
  bool complete() const { return !overrun_ && rest_.empty(); }

 private:
  std::span<const std::byte> rest_{};
  bool overrun_ = false;
};

}  // namespace autoglm::nn
