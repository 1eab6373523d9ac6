#include "trainer/nn/data/array_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {
namespace {

using Element = ArrayFile::Element;

constexpr std::int64_t kMostElements = std::int64_t{1} << 24;  // of a row

std::size_t size_of(Element element) {
  switch (element) {
    case Element::u8:
    case Element::i8:
      return 1;
    case Element::i16:
      return 2;
    case Element::i32:
    case Element::f32:
      return 4;
    case Element::f64:
      return 8;
  }
  return 0;
}

/// The bytes of one element as an unsigned number.
template <typename Unsigned>
Unsigned bits_at(const char* bytes, bool big_endian) {
  Unsigned bits = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    const std::size_t place = big_endian ? sizeof(Unsigned) - 1 - i : i;
    bits = static_cast<Unsigned>(
        bits | static_cast<Unsigned>(Unsigned{static_cast<unsigned char>(bytes[i])} << 8 * place));
  }
  return bits;
}

template <typename Stored, typename Unsigned, typename T>
void decode_as(const char* bytes, std::int64_t elements, bool big_endian, T* to) {
  for (std::int64_t i = 0; i < elements; ++i) {
    const auto bits = bits_at<Unsigned>(bytes + i * std::int64_t{sizeof(Stored)}, big_endian);
    to[i] = static_cast<T>(std::bit_cast<Stored>(bits));
  }
}

// f64 beyond f32 becomes infinite, without the undefined behaviour of a conversion.
template <typename T>
void decode_f64(const char* bytes, std::int64_t elements, bool big_endian, T* to) {
  constexpr auto kMost = static_cast<double>(std::numeric_limits<T>::max());
  for (std::int64_t i = 0; i < elements; ++i) {
    const auto number = std::bit_cast<double>(bits_at<std::uint64_t>(bytes + i * 8, big_endian));
    const bool beyond = number > kMost || number < -kMost;
    to[i] = beyond ? std::numeric_limits<T>::infinity() : static_cast<T>(number);
  }
}

template <typename T>
void decode_elements(Element element, const char* bytes, std::int64_t elements, bool big_endian,
                     T* to) {
  switch (element) {
    case Element::u8:
      return decode_as<std::uint8_t, std::uint8_t>(bytes, elements, big_endian, to);
    case Element::i8:
      return decode_as<std::int8_t, std::uint8_t>(bytes, elements, big_endian, to);
    case Element::i16:
      return decode_as<std::int16_t, std::uint16_t>(bytes, elements, big_endian, to);
    case Element::i32:
      return decode_as<std::int32_t, std::uint32_t>(bytes, elements, big_endian, to);
    case Element::f32:
      return decode_as<float, std::uint32_t>(bytes, elements, big_endian, to);
    case Element::f64:
      return decode_f64(bytes, elements, big_endian, to);
  }
}

std::string hexadecimal(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {kDigits[byte >> 4U], kDigits[byte & 15U]};
}

}  // namespace

ArrayFile::ArrayFile(const std::string& path, Element element) : file_(path), element_(element) {}

ArrayFile ArrayFile::open_idx(const std::string& path) {
  ArrayFile array(path, Element::u8);
  array.big_endian_ = true;
  array.read_idx_header();
  return array;
}

ArrayFile ArrayFile::open_bare(const std::string& path, Element element,
                               const std::vector<std::int64_t>& row_sizes) {
  ArrayFile array(path, element);
  std::vector<std::int64_t> sizes = {1};
  sizes.insert(sizes.end(), row_sizes.begin(), row_sizes.end());
  array.set_sizes(sizes);
  const std::uint64_t size = array.file_.size();
  if (size == 0 || size % array.bytes_of_row() != 0) {
    array.fail(size == 0 ? "is empty"
                         : "has " + std::to_string(size) + " bytes, no multiple of the " +
                               std::to_string(array.bytes_of_row()) +
                               " of one row; correct the shape or the type");
  }
  array.sizes_[0] = static_cast<std::int64_t>(size / array.bytes_of_row());
  return array;
}

void ArrayFile::read_idx_header() {
  std::array<unsigned char, 4> magic{};
  const std::size_t got = file_.read(0, magic.data(), magic.size());
  const bool known = magic[2] >= 8 && magic[2] <= 14 && magic[2] != 10;
  if (got < 4 || magic[0] != 0 || magic[1] != 0 || !known || magic[3] == 0 || magic[3] > 4) {
    std::string bytes;
    for (std::size_t i = 0; i < got; ++i) {
      bytes += (i > 0 ? " " : "") + hexadecimal(magic[i]);
    }
    const bool packed = magic[0] == 0x1f && magic[1] == 0x8b;
    fail("is no IDX file: it begins with " + (got == 0 ? "nothing" : bytes) +
         " (hexadecimal), not with 00 00, a type from 08 to 0e and 1 to 4 sizes" +
         (packed ? "; it is compressed, unpack it with gunzip first" : ""));
  }
  element_ = static_cast<Element>(magic[2]);
  data_offset_ = 4 + 4 * std::uint64_t{magic[3]};
  std::vector<char> bytes(4 * std::size_t{magic[3]});
  if (file_.read(4, bytes.data(), bytes.size()) != bytes.size()) {
    fail("ends within its header; copy it again");
  }
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    sizes.push_back(bits_at<std::uint32_t>(bytes.data() + i, true));
  }
  set_sizes(sizes);
  // At most 2^32 rows of 2^24 elements of 8 bytes.
  const std::uint64_t expected = static_cast<std::uint64_t>(rows()) * bytes_of_row() + data_offset_;
  if (file_.size() != expected) {
    fail("has " + std::to_string(file_.size()) + " bytes, where its header promises " +
         std::to_string(expected) + "; copy it again");
  }
}

void ArrayFile::set_sizes(std::vector<std::int64_t> sizes) {
  sizes_ = std::move(sizes);
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    if (sizes_[i] < 1) {
      fail("one of its sizes is " + std::to_string(sizes_[i]) +
           "; there must be at least one row "
           "of at least one element");
    }
    // Neither factor is above 2^24.
    elements_of_row_ *= i == 0 ? 1 : std::min(sizes_[i], kMostElements + 1);
    if (elements_of_row_ > kMostElements) {
      fail("a row has more than 16777216 elements");
    }
  }
}

std::size_t ArrayFile::bytes_of_row() const {
  return static_cast<std::size_t>(elements_of_row_) * size_of(element_);
}

void ArrayFile::read_rows(std::int64_t first, std::int64_t rows, char* bytes) const {
  file_.read_exactly(data_offset_ + static_cast<std::uint64_t>(first) * bytes_of_row(), bytes,
                     static_cast<std::size_t>(rows) * bytes_of_row());
}

void ArrayFile::decode(const char* bytes, std::int64_t elements, float* to) const {
  decode_elements(element_, bytes, elements, big_endian_, to);
}

void ArrayFile::decode(const char* bytes, std::int64_t elements, double* to) const {
  decode_elements(element_, bytes, elements, big_endian_, to);
}

void ArrayFile::fail(const std::string& problem) const { fail_with(file_.path(), problem); }

}  // namespace autoglm::nn
