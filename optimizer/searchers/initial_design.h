// The trials before there is anything to learn from: the centre, then an even cover of the space in
// which every branch occurs.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "optimizer/models/sobol_sequence.h"
#include "optimizer/searchers/unvisited.h"
#include "search_space/search_space.h"

namespace autoglm {

class InitialDesign {
 public:
  /// `size`: how many trials; 0: one more than there are parameters, at least 4, at most 10. Up to
  /// twice as many while a value that conditions ask for has not been tried. `space` must outlive
  /// it.
  InitialDesign(const SearchSpace& space, std::uint64_t seed, std::int64_t size);

  std::int64_t size() const { return size_; }

  /// Whether the next trial belongs to the design; trials of any origin count.
  bool is_wanted(const Request& request) const;

  /// The centre of the space first; then of the next points of a scrambled Sobol sequence the first
  /// that has most values not yet tried of the parameters that conditions name. Nothing when the
  /// sequence has no open one nearby.
  std::optional<Configuration> next(const Request& request) const;

 private:
  using Branch = std::pair<std::size_t, Value>;  // a parameter that conditions name, its value
  std::vector<Branch> untried(const Request& request) const;

  const SearchSpace& space_;
  SobolSequence sequence_;
  std::int64_t size_;
  std::vector<Branch> branches_{};
};

}  // namespace autoglm
