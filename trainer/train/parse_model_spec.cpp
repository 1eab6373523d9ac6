#include <fmt/format.h>

#include "trainer/train/parse_train_spec.h"
#include "trainer/train/section_reader.h"

namespace autoglm {
namespace {

using nn::ModelSpec;

constexpr WordTable<ModelSpec::Type, 2> kTypes{
    {{"mlp", ModelSpec::Type::mlp}, {"cnn", ModelSpec::Type::cnn}}};
constexpr WordTable<ModelSpec::Halving, 3> kHalvings{{{"max", ModelSpec::Halving::max},
                                                      {"average", ModelSpec::Halving::average},
                                                      {"stride", ModelSpec::Halving::stride}}};
constexpr WordTable<nn::Norm, 3> kNorms{
    {{"none", nn::Norm::none}, {"batch", nn::Norm::batch}, {"layer", nn::Norm::layer}}};
constexpr WordTable<nn::Activation, 4> kActivations{{{"relu", nn::Activation::relu},
                                                     {"tanh", nn::Activation::tanh},
                                                     {"gelu", nn::Activation::gelu},
                                                     {"silu", nn::Activation::silu}}};

constexpr std::int64_t kMostLayers = 1000;
constexpr std::int64_t kMostWidth = std::int64_t{1} << 24;

/// A list of widths as it is; one width, `repeated` times.
std::vector<std::int64_t> widths_of(const SpecNode& node, const SpecNode* repeated_node,
                                    std::int64_t repeated) {
  if (node.is(SpecNode::Kind::array) && repeated_node != nullptr) {
    repeated_node->fail(
        "says how often one width is repeated, but the widths are a list; keep one");
  }
  std::vector<std::int64_t> widths = integers_of(node, 1, kMostWidth);
  if (!node.is(SpecNode::Kind::array)) {
    widths.assign(static_cast<std::size_t>(repeated), widths.front());
  }
  return widths;
}

/// "units" with "layers", by default `layers` of them.
void read_units(SectionReader& reader, std::int64_t layers, ModelSpec& spec) {
  const SpecNode* const units = reader.find("units", integers_schema(1, kMostWidth));
  const SpecNode* const count = reader.find("layers", integer_schema(0, kMostLayers));
  if (count != nullptr) {
    layers = count->as_integer(0, kMostLayers);
  }
  if (units != nullptr) {
    spec.units = widths_of(*units, count, layers);
  } else if (count != nullptr && layers > 0) {
    count->fail("needs \"units\": the width of a layer");
  }
}

/// "channels" with "stages": one width is doubled from stage to stage.
void read_channels(SectionReader& reader, ModelSpec& spec) {
  const SpecNode* const channels = reader.find("channels", integers_schema(1, kMostWidth));
  const SpecNode* const count = reader.find("stages", integer_schema(1, kMostLayers));
  const std::int64_t stages = count == nullptr ? 2 : count->as_integer(1, kMostLayers);
  if (channels == nullptr) {
    return;
  }
  spec.channels = widths_of(*channels, count, stages);
  if (channels->is(SpecNode::Kind::array)) {
    return;
  }
  for (std::size_t stage = 1; stage < spec.channels.size(); ++stage) {
    spec.channels[stage] = 2 * spec.channels[stage - 1];
    if (spec.channels[stage] > kMostWidth) {
      channels->fail(fmt::format("doubled {} times is more than {}; take fewer \"stages\"", stage,
                                 kMostWidth));
    }
  }
}

void read_model(SectionReader& reader, ModelSpec& spec) {
  reader.required_word("type", kTypes, spec.type);
  read_units(reader, spec.type == ModelSpec::Type::cnn ? 1 : 2, spec);
  read_channels(reader, spec);
  reader.integer("blocks", 1, kMostLayers, spec.blocks);
  if (const SpecNode* kernel = reader.find("kernel", integer_schema(1, 15))) {
    spec.kernel = kernel->as_integer(1, 15);
    if (spec.kernel % 2 == 0) {
      kernel->fail(fmt::format("must be odd, not {}", spec.kernel));
    }
  }
  reader.word("halving", kHalvings, spec.halving);
  reader.word("norm", kNorms, spec.norm);
  reader.word("activation", kActivations, spec.activation);
  reader.number("dropout", kShareF32, spec.dropout);
  reader.flag("residual", spec.residual);
}

}  // namespace

nn::ModelSpec parse_model_spec(const SpecNode& model) {
  ModelSpec spec;
  SectionReader reader(model, "the model");
  read_model(reader, spec);
  reader.finish();
  if (spec.type == ModelSpec::Type::cnn && spec.channels.empty()) {
    model.fail("\"channels\" is missing; say how many the first stage has: \"channels\": 32");
  }
  return spec;
}

std::vector<SectionKey> model_keys() {
  SectionReader reader = SectionReader::describing();
  ModelSpec spec;
  read_model(reader, spec);
  return std::move(reader.keys());
}

}  // namespace autoglm
