#include "trainer/nn/model/network.h"

#include <utility>

namespace autoglm::nn {

void Network::begin_block() {
  if (!nodes_.empty()) {
    ++block_;
  }
}

ValueId Network::add(std::unique_ptr<Layer> layer, ValueId x, ValueId second) {
  shapes_.push_back(layer->output());
  const ValueId y = output();
  nodes_.push_back({.layer = std::move(layer),
                    .x = x,
                    .second = second,
                    .y = y,
                    .block = block_,
                    .stream = streams_++});
  return y;
}

}  // namespace autoglm::nn
