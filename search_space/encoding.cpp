#include "search_space/encoding.h"

namespace autoglm {
namespace {

constexpr double kInactive = 0.5;
constexpr double kHot = 0.70710678118654752;  // 1 / sqrt(2)

bool is_categorical(const Domain& domain) {
  const auto* const choice = std::get_if<Choice>(&domain);
  return choice != nullptr && !choice->ordered;
}

}  // namespace

Encoding::Encoding(const SearchSpace& space) : space_(&space) {
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Domain& domain = space.parameters()[i].domain;
    const std::optional<std::uint64_t> values = cardinality(domain);
    if (values == 1) {
      continue;
    }
    const bool categorical = is_categorical(domain);
    const Block block{.parameter = i,
                      .first = features_,
                      .columns = categorical ? static_cast<Eigen::Index>(*values) : 1,
                      .categorical = categorical};
    features_ += block.columns;
    blocks_.push_back(block);
  }
}

Eigen::VectorXd Encoding::encode(const Configuration& configuration) const {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(features_);
  for (const Block& block : blocks_) {
    const Parameter& parameter = space_->parameters()[block.parameter];
    const Value* const value = configuration.find(parameter.name);
    if (!block.categorical) {
      result[block.first] = value == nullptr ? kInactive : position_of(parameter.domain, *value);
    } else if (value != nullptr) {
      const double cell =
          position_of(parameter.domain, *value) * static_cast<double>(block.columns);
      result[block.first + static_cast<Eigen::Index>(cell)] = kHot;
    }
  }
  return result;
}

Eigen::MatrixXd Encoding::encode(const std::vector<Configuration>& configurations) const {
  Eigen::MatrixXd points(static_cast<Eigen::Index>(configurations.size()), features_);
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    points.row(static_cast<Eigen::Index>(i)) = encode(configurations[i]).transpose();
  }
  return points;
}

Configuration Encoding::decode(const Eigen::Ref<const Eigen::VectorXd>& features) const {
  std::vector<const Block*> block_of(space_->size(), nullptr);
  for (const Block& block : blocks_) {
    block_of[block.parameter] = &block;
  }
  return space_->build([&](std::size_t index, const Parameter& parameter) -> Value {
    const Block* const block = block_of[index];
    if (block == nullptr) {
      return nth_value(parameter.domain, 0);
    }
    if (!block->categorical) {
      return value_at(parameter.domain, features[block->first]);
    }
    Eigen::Index greatest = 0;
    features.segment(block->first, block->columns).maxCoeff(&greatest);
    return nth_value(parameter.domain, static_cast<std::uint64_t>(greatest));
  });
}

}  // namespace autoglm
