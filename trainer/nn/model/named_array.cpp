#include "trainer/nn/model/named_array.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace autoglm::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is written as memory is");

const std::string kMark = "AGARRAY1";

void append(std::string& bytes, std::uint64_t number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

class Reader {
 public:
  Reader(const std::string& bytes, const std::string& place) : bytes_(bytes), place_(place) {}

  void copy(void* to, std::uint64_t count, std::uint64_t size) {
    if (count > (bytes_.size() - at_) / size) {
      fail("ends before it should; it was not written to its end, take an older one");
    }
    if (count > 0) {
      std::memcpy(to, bytes_.data() + at_, count * size);
    }
    at_ += count * size;
  }

  // A count of things of `size` bytes that follow, at least.
  std::uint64_t count(std::uint64_t size) {
    std::uint64_t number = 0;
    copy(&number, 1, sizeof number);
    if (number > (bytes_.size() - at_) / size) {
      fail("ends before it should; it was not written to its end, take an older one");
    }
    return number;
  }

  bool at_end() const { return at_ == bytes_.size(); }

  [[noreturn]] void fail(const std::string& what) const { throw ArrayError(place_ + ": " + what); }

 private:
  const std::string& bytes_;
  const std::string& place_;
  std::uint64_t at_ = 0;
};

}  // namespace

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

std::string to_bytes(const std::vector<NamedArray>& arrays) {
  std::string bytes = kMark;
  append(bytes, arrays.size());
  for (const NamedArray& array : arrays) {
    append(bytes, array.name.size());
    bytes += array.name;
    append(bytes, array.numbers.size());
    bytes.append(reinterpret_cast<const char*>(array.numbers.data()),
                 array.numbers.size() * sizeof(float));
  }
  return bytes;
}

std::vector<NamedArray> arrays_of(const std::string& bytes, const std::string& place) {
  Reader reader(bytes, place);
  std::string mark(kMark.size(), '\0');
  if (bytes.size() >= mark.size()) {
    reader.copy(mark.data(), mark.size(), 1);
  }
  if (mark != kMark) {
    reader.fail("does not begin with " + kMark +
                ", so it is no list of arrays of this version; take one that autoglm has written");
  }
  constexpr std::uint64_t kLeastArray = 16;
  std::vector<NamedArray> arrays(reader.count(kLeastArray));
  for (NamedArray& array : arrays) {
    array.name.resize(reader.count(1));
    reader.copy(array.name.data(), array.name.size(), 1);
    array.numbers.resize(reader.count(sizeof(float)));
    reader.copy(array.numbers.data(), array.numbers.size(), sizeof(float));
  }
  if (!reader.at_end()) {
    reader.fail("goes on behind its last array; it was damaged, take an older one");
  }
  return arrays;
}

}  // namespace autoglm::nn
