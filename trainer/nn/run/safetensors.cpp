#include "trainer/nn/run/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <span>

#include "search_space/value.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/new_file.h"

namespace autoglm::nn {
namespace {

constexpr std::size_t kAlignment = 8;

std::span<const std::byte> bytes_of(const SavedTensor& tensor) {
  return std::visit([](const auto& numbers) { return std::as_bytes(std::span(numbers)); },
                    tensor.numbers);
}

std::string header_of(const std::vector<SavedTensor>& tensors, const SavedTexts& texts) {
  std::vector<std::string> members;
  members.reserve(texts.size());
  for (const auto& [name, text] : texts) {
    members.push_back(fmt::format("{}:{}", json_quoted(name), json_quoted(text)));
  }
  std::string header = fmt::format(R"({{"__metadata__":{{{}}})", fmt::join(members, ","));
  std::size_t begin = 0;
  for (const SavedTensor& tensor : tensors) {
    const std::size_t end = begin + bytes_of(tensor).size();
    header += fmt::format(
        R"(,{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", json_quoted(tensor.name),
        std::holds_alternative<std::vector<float>>(tensor.numbers) ? "F32" : "F64",
        fmt::join(tensor.shape, ","), begin, end);
    begin = end;
  }
  header += '}';
  header.append((kAlignment - header.size() % kAlignment) % kAlignment, ' ');
  return header;
}

}  // namespace

void write_safetensors(const std::string& path, const std::vector<SavedTensor>& tensors,
                       const SavedTexts& texts) {
  const std::string header = header_of(tensors, texts);
  ByteWriter head;
  head.number(static_cast<std::uint64_t>(header.size()));
  head.text(header);
  NewFile file(path);
  file.write(head.bytes());
  for (const SavedTensor& tensor : tensors) {
    file.write(bytes_of(tensor));
  }
  file.commit();
}

}  // namespace autoglm::nn
