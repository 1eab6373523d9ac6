// The set of configurations that a study may try.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search_space/configuration.h"
#include "search_space/expression.h"
#include "search_space/parameter.h"
#include "search_space/random.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// Parameters with parents before children (else in the order of the spec), and constraints.
/// Immutable; thread-safe.
class SearchSpace {
 public:
  SearchSpace() = default;
  /// REQUIRES: names are unique, conditions name parameters and are acyclic (parse_search_space
  /// checks that with places). Sorts parents before children, stably.
  SearchSpace(std::vector<Parameter> parameters, std::vector<Expression> constraints);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const std::vector<Expression>& constraints() const { return constraints_; }
  std::size_t size() const { return parameters_.size(); }
  const Parameter* find(std::string_view name) const;
  bool is_conditional() const;

  /// Whether the parameter's `when` holds, given the parents in `configuration`.
  bool is_active(const Parameter& parameter, const Configuration& configuration) const;

  /// The text of the first constraint that does not hold; nullptr when all do. One that names an
  /// inactive parameter holds.
  const std::string* violated_constraint(const Configuration& configuration) const;

  /// Why `configuration` is not of this space, for people; nothing when it is. With `partial`,
  /// parameters may be missing, and constraints over missing ones are not judged; an inactive one
  /// given is a mistake where its parents are given or fixed.
  enum class Completeness { whole, partial };
  std::optional<std::string> problem_with(const Configuration& configuration,
                                          Completeness completeness) const;

  /// "no parameter is called "lrr"; did you mean "lr"?"
  std::string unknown_parameter(std::string_view name) const;

  /// The first parameter that is in `configuration` although it is certain to be inactive, whatever
  /// values the missing ones take; nullptr when there is none.
  const Parameter* inactive_parameter(const Configuration& configuration) const;

  /// Draws parents before children, each from its own prior, around what `fixed` gives; rejects on
  /// constraints. Nothing after 100,000 rejections (`blame` then holds the constraint, or the
  /// condition of a fixed parameter, that rejected most).
  std::optional<Configuration> sample(Rng& rng, const Configuration& fixed = {},
                                      std::string* blame = nullptr) const;

  /// Builds a configuration from a chooser that is asked for each parameter once it is active,
  /// parents first. The shared way of making one; does not judge constraints.
  using Chooser = std::function<Value(std::size_t index, const Parameter& parameter)>;
  Configuration build(const Chooser& choose) const;

  /// The number of configurations that satisfy the constraints, if it is finite and counting takes
  /// at most `limit` steps. Exact.
  std::optional<std::uint64_t> count(std::uint64_t limit) const;

  /// Calls `visit` with each configuration of a finite space in lexicographic order of the
  /// parameters until it returns false. REQUIRES: every domain has a cardinality.
  void enumerate(const std::function<bool(const Configuration&)>& visit) const;

 private:
  bool is_named(const std::string& name) const;  // by a condition or constraint
  void enumerate_all(const std::function<bool(const Configuration&)>& visit) const;

  std::vector<Parameter> parameters_{};
  std::vector<Expression> constraints_{};
};

/// Reads `parameters` and `constraints` (which may be null). Throws SpecError. `notes` gets lines
/// for people ("/parameters/dropout: max 0.5 is not on the grid of step 0.2; 0.4 is the greatest").
SearchSpace parse_search_space(const SpecNode& parameters, const SpecNode* constraints,
                               std::vector<std::string>* notes);

/// Reads a configuration given by a user (`initial`, `enqueue`): partial, values fitted to their
/// domains. Throws SpecError at the value or key at fault.
Configuration parse_configuration(const SpecNode& node, const SearchSpace& space);

}  // namespace autoglm
