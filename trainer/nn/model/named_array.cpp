#include "trainer/nn/model/named_array.h"

#include <algorithm>
#include <cstring>

namespace autoglm::nn {

bool operator==(const NamedArray& a, const NamedArray& b) {
  return a.name == b.name && a.numbers.size() == b.numbers.size() &&
         (a.numbers.empty() ||
          std::memcmp(a.numbers.data(), b.numbers.data(), a.numbers.size() * sizeof(float)) == 0);
}

const NamedArray* find_array(const std::vector<NamedArray>& arrays, const std::string& name) {
  const auto found = std::find_if(arrays.begin(), arrays.end(),
                                  [&name](const NamedArray& array) { return array.name == name; });
  return found == arrays.end() ? nullptr : &*found;
}

}  // namespace autoglm::nn
