// Arrays in a file that other programs read: the format safetensors.
//
// Source: the safetensors project, README, section "Format". Little endian: the size of the header
// (u64); the header, JSON, filled up with spaces, so that numbers lie at multiples of 8 bytes; the
// numbers of all arrays, with nothing between them, those of an array with the last index fastest.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace autoglm::nn {

struct SavedTensor {
  std::string name{};                                               // unique in the file
  std::vector<std::int64_t> shape{};                                // empty: a single number
  std::variant<std::vector<float>, std::vector<double>> numbers{};  // as many as the shape says
};

/// Texts by their names, which are unique.
using SavedTexts = std::vector<std::pair<std::string, std::string>>;

/// Writes all of it, whole or not at all (new_file.h). Throws std::system_error.
void write_safetensors(const std::string& path, const std::vector<SavedTensor>& tensors,
                       const SavedTexts& texts);

}  // namespace autoglm::nn
