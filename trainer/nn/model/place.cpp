#include <algorithm>
#include <numeric>

#include "trainer/nn/model/device_arena.h"
#include "trainer/nn/model/program.h"

namespace autoglm::nn {
namespace {

bool at_once(const Storage& a, const Storage& b) { return a.first <= b.last && b.first <= a.last; }

// The lowest offset at which `storage` meets none of `neighbours`, which are in order of offset.
std::size_t lowest_offset(const Storage& storage, const std::vector<const Storage*>& neighbours) {
  std::size_t offset = 0;
  for (const Storage* neighbour : neighbours) {
    if (offset + storage.bytes <= neighbour->offset) {
      break;
    }
    offset = std::max(offset, neighbour->offset + neighbour->bytes);
  }
  return offset;
}

}  // namespace

std::size_t place(std::vector<Storage>& storages) {
  std::vector<std::size_t> order(storages.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&storages](std::size_t a, std::size_t b) {
    return storages[a].bytes > storages[b].bytes;
  });
  std::vector<const Storage*> placed;  // in order of offset
  std::size_t end = 0;
  for (const std::size_t i : order) {
    Storage& storage = storages[i];
    storage.bytes = aligned_bytes(storage.bytes);
    std::vector<const Storage*> neighbours;
    std::copy_if(placed.begin(), placed.end(), std::back_inserter(neighbours),
                 [&storage](const Storage* other) { return at_once(storage, *other); });
    storage.offset = lowest_offset(storage, neighbours);
    end = std::max(end, storage.offset + storage.bytes);
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), &storage,
                         [](const Storage* a, const Storage* b) { return a->offset < b->offset; }),
        &storage);
  }
  return end;
}

}  // namespace autoglm::nn
