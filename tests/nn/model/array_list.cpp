#include "array_list.h"

#include <span>

#include "trainer/nn/run/bytes.h"

namespace autoglm::nn {

std::vector<NamedArray> arrays_of(const std::string& bytes, const std::string& place) {
  const std::string mark = "AGARRAY1";
  ByteReader reader(std::as_bytes(std::span(bytes)));
  if (reader.text(mark.size()) != mark) {
    throw ArrayError(place + ": does not begin with " + mark);
  }
  std::vector<NamedArray> arrays;
  for (auto left = reader.number<std::uint64_t>(); left > 0 && !reader.overrun(); --left) {
    NamedArray array;
    array.name = reader.text(reader.number<std::uint64_t>());
    for (auto count = reader.number<std::uint64_t>(); count > 0 && !reader.overrun(); --count) {
      array.numbers.push_back(reader.number<float>());
    }
    arrays.push_back(std::move(array));
  }
  if (!reader.complete()) {
    throw ArrayError(place + ": has another length than its table says; write it again");
  }
  return arrays;
}

}  // namespace autoglm::nn
