// All that a strategy may see of a study, read-only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/trial.h"
#include "search_space/search_space.h"

namespace autoglm {

/// Trials by number, dense from 0. Every event of a study (enqueued, asked, started, reported,
/// paused, finished) has a sequence number in the order in which the study took it in. Strategies
/// get it const; Study alone changes it.
class History {
 public:
  History(SearchSpace space, Objective objective);

  const SearchSpace& space() const { return space_; }
  const Objective& objective() const { return objective_; }
  const std::vector<Trial>& trials() const { return trials_; }
  /// nullptr when there is none.
  const Trial* find(std::int64_t number) const;

  /// The number that the next event will get.
  std::int64_t sequence() const { return sequence_; }
  /// The study's total, when it has one: strategies may plan with it.
  std::optional<std::int64_t> max_trials() const { return max_trials_; }

  /// Whether a trial (other than `except`) holds this configuration, in whatever order (1 and 1.0
  /// are equal) and whatever state but abandoned; partial ones do not count.
  bool was_tried(const Configuration& configuration, std::int64_t except = -1) const;

  // For Study and for reading a study from storage.
  void set_max_trials(std::optional<std::int64_t> total) { max_trials_ = total; }
  Trial& add(Trial trial);         // REQUIRES: trial.number == trials().size()
  Trial& at(std::int64_t number);  // mutable access
  std::int64_t next_sequence() { return sequence_++; }
  void set_sequence(std::int64_t sequence) { sequence_ = sequence; }
  /// Call after a trial's configuration became whole or its state became or left abandoned.
  void reindex(const Trial& trial);

 private:
  SearchSpace space_;
  Objective objective_;
  std::vector<Trial> trials_{};
  std::int64_t sequence_ = 0;
  std::optional<std::int64_t> max_trials_{};
  std::unordered_multimap<std::uint64_t, std::int64_t> by_hash_{};  // of configurations: numbers
};

}  // namespace autoglm
