// Arrays of numbers in binary files: IDX, and bare ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/nn/data/data_file.h"

namespace autoglm::nn {

/// One array of `sizes`, the last index running fastest; the first counts the rows.
///
/// IDX (LeCun, "The MNIST database"): two zero bytes, a byte for the type of the elements, one for
/// the number of sizes, then each size as 4 bytes, then the elements, all with the most significant
/// byte first. A bare file holds elements alone, the least significant byte first.
class ArrayFile {
 public:
  enum class Element : std::uint8_t { u8 = 8, i8 = 9, i16 = 11, i32 = 12, f32 = 13, f64 = 14 };

  /// Both throw DataError unless the file holds exactly what it should.
  static ArrayFile open_idx(const std::string& path);
  /// As many rows of `row_sizes` as the file has.
  static ArrayFile open_bare(const std::string& path, Element element,
                             const std::vector<std::int64_t>& row_sizes);

  const DataFile& file() const { return file_; }
  Element element() const { return element_; }
  bool is_float() const { return element_ == Element::f32 || element_ == Element::f64; }
  const std::vector<std::int64_t>& sizes() const { return sizes_; }
  std::int64_t rows() const { return sizes_[0]; }
  std::int64_t elements_of_row() const { return elements_of_row_; }
  std::size_t bytes_of_row() const;
  std::uint64_t data_offset() const { return data_offset_; }

  /// bytes: [rows * bytes_of_row()], as they stand in the file, from row `first` on.
  void read_rows(std::int64_t first, std::int64_t rows, char* bytes) const;
  /// Elements as numbers; `to` has room for as many as `bytes` holds.
  void decode(const char* bytes, std::int64_t elements, float* to) const;
  void decode(const char* bytes, std::int64_t elements, double* to) const;

  /// "FILE: problem" as an error.
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  ArrayFile(const std::string& path, Element element);
  void read_idx_header();
  void set_sizes(std::vector<std::int64_t> sizes);

  DataFile file_;
  Element element_;
  bool big_endian_ = false;
  std::vector<std::int64_t> sizes_{};
  std::int64_t elements_of_row_ = 1;
  std::uint64_t data_offset_ = 0;
};

}  // namespace autoglm::nn
