// A trial as an episode of decisions, for policies that learn to make them: a step is a parameter,
// parents before children.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "search_space/search_space.h"

namespace autoglm {

/// A decision that a policy learns to make: the value of one parameter on one branch. Parameters of
/// one value have no head; one with a condition has a head for each combination of its parents'
/// values under which it is active, while these are few, otherwise one.
struct PolicyHead {
  std::size_t parameter = 0;  // index into space.parameters()
  std::string branch{};       // for people: "optimizer = adam"; empty: there is but one
  std::size_t choices = 0;    // of a categorical parameter, at least 2; 0: a number
};

/// What was decided at a head: a cell of [0, 1] (see position_of). Of a continuous parameter it is
/// a point.
struct PolicyStep {
  std::size_t head = 0;
  double from = 0;
  double to = 0;

  double position() const { return (from + to) / 2; }
  /// REQUIRES: the head is categorical.
  std::size_t choice(const PolicyHead& of) const {
    return static_cast<std::size_t>(position() * static_cast<double>(of.choices));
  }
};

using Episode = std::vector<PolicyStep>;

class PolicyProcess {
 public:
  explicit PolicyProcess(const SearchSpace& space);  // `space` must outlive it

  const SearchSpace& space() const { return *space_; }
  const std::vector<PolicyHead>& heads() const { return heads_; }
  const Parameter& parameter_of(std::size_t head) const {
    return space_->parameters()[heads_[head].parameter];
  }

  /// The steps that led to `configuration`. Values that the space no longer knows count as the
  /// nearest.
  Episode episode_of(const Configuration& configuration) const;

  /// Plays an episode: the configuration in which each active parameter has its value of `fixed`,
  /// else the one at the position that `decide` gives for its head. Does not judge constraints.
  Configuration play(const std::function<double(std::size_t head)>& decide,
                     const Configuration& fixed) const;

  /// The cell of the head's parameter that holds `position`; a point where it is continuous.
  PolicyStep step_at(std::size_t head, double position) const;

 private:
  // The parents of a parameter by which its heads are told apart.
  struct Branching {
    struct Parent {
      std::size_t parameter = 0;
      std::unordered_map<std::string, std::size_t> index_of{};  // by value_key
    };
    std::vector<Parent> parents{};
    // By the parents' values as digits, the last parent the lowest; the digit after all values
    // stands for an inactive parent. -1: not active there.
    std::vector<std::ptrdiff_t> heads{};
  };

  Branching branching_of(std::size_t parameter) const;
  void add_heads(std::size_t index);
  std::optional<std::size_t> head_of(std::size_t parameter, const Configuration& parents) const;

  const SearchSpace* space_;
  std::vector<PolicyHead> heads_{};
  std::vector<Branching> branchings_{};  // [parameters]
};

}  // namespace autoglm
