// The only bridge between configurations and vectors of numbers.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "search_space/search_space.h"

namespace autoglm {

/// Feature map psi (shape: features() columns). A numeric or ordinal parameter is one column, its
/// position in [0, 1]; a categorical one with k > 1 choices is k columns, one-hot / sqrt(2), so
/// that two different choices are at distance 1. An inactive parameter is imputed: 0.5, or zeros;
/// its parents' columns tell the branches apart. Domains of one value have no column.
class Encoding {
 public:
  explicit Encoding(const SearchSpace& space);  // `space` must outlive it

  struct Block {
    std::size_t parameter = 0;  // index into space.parameters()
    Eigen::Index first = 0;     // first column
    Eigen::Index columns = 1;
    bool categorical = false;  // one-hot
  };

  Eigen::Index features() const { return features_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  const SearchSpace& space() const { return *space_; }

  /// Values of parameters that the space does not know are ignored; missing ones count as inactive.
  Eigen::VectorXd encode(const Configuration& configuration) const;                // [features]
  Eigen::MatrixXd encode(const std::vector<Configuration>& configurations) const;  // a row each

  /// The configuration whose cell holds the vector: numeric columns by value_at, categorical ones
  /// by their greatest column; inactive parameters are left out. decode(encode(c)) is c.
  Configuration decode(const Eigen::Ref<const Eigen::VectorXd>& features) const;

 private:
  const SearchSpace* space_;
  std::vector<Block> blocks_{};
  Eigen::Index features_ = 0;
};

}  // namespace autoglm
