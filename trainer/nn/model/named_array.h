// What a network has learnt, as a list that needs no network to be read.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace autoglm::nn {

struct NamedArray {
  std::string name{};
  std::vector<float> numbers{};

  // Equal to the bit, so that NaN is NaN.
  friend bool operator==(const NamedArray& a, const NamedArray& b);
};

/// The array of this name; null where there is none.
const NamedArray* find_array(const std::vector<NamedArray>& arrays, const std::string& name);

/// Arrays that are not what they should be: what() says which, and what to do.
class ArrayError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace autoglm::nn
