#include "optimizer/models/policy_process.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr std::uint64_t kBranchValues = 16;  // of a parent, beyond which it tells nothing apart
constexpr std::size_t kBranches = 64;        // of a parameter
constexpr std::uint64_t kCells = 1U << 20U;  // a domain with more values counts as continuous

bool is_categorical(const Domain& domain) {
  const auto* choice = std::get_if<Choice>(&domain);
  return choice != nullptr && !choice->ordered;
}

// The edges of the cell around the integer `k`; see position_of.
std::pair<double, double> log_cell(const IntRange& range, std::int64_t k) {
  const auto edge = [](std::int64_t at) { return portable::log(static_cast<double>(at) - 0.5); };
  const double from = edge(range.min);
  const double length = edge(range.max + 1) - from;
  return {(edge(k) - from) / length, (edge(k + 1) - from) / length};
}

}  // namespace

PolicyProcess::PolicyProcess(const SearchSpace& space) : space_(&space) {
  branchings_.reserve(space.size());
  for (std::size_t i = 0; i < space.size(); ++i) {
    branchings_.push_back(branching_of(i));
    add_heads(i);
  }
}

PolicyProcess::Branching PolicyProcess::branching_of(std::size_t parameter) const {
  Branching branching;
  const std::optional<Expression>& condition = space_->parameters()[parameter].active_if;
  std::size_t branches = 1;
  for (std::size_t i = 0; condition && i < parameter; ++i) {
    const Parameter& parent = space_->parameters()[i];
    const auto& names = condition->names();
    const std::optional<std::uint64_t> values = cardinality(parent.domain);
    if (std::find(names.begin(), names.end(), parent.name) == names.end() || !values ||
        *values > kBranchValues || branches * (*values + 1) > kBranches) {
      continue;
    }
    branches *= *values + 1;
    Branching::Parent known{.parameter = i};
    for (std::uint64_t k = 0; k < *values; ++k) {
      known.index_of.emplace(value_key(nth_value(parent.domain, k)), k);
    }
    branching.parents.push_back(std::move(known));
  }
  branching.heads.assign(branches, -1);
  return branching;
}

void PolicyProcess::add_heads(std::size_t index) {
  const Parameter& parameter = space_->parameters()[index];
  const std::optional<std::uint64_t> values = cardinality(parameter.domain);
  if (values == 1) {
    return;
  }
  Branching& branching = branchings_[index];
  const bool all_known =
      parameter.active_if && parameter.active_if->names().size() == branching.parents.size();
  for (std::size_t code = 0; code < branching.heads.size(); ++code) {
    Configuration parents;
    std::string branch;
    std::size_t rest = code;
    for (auto parent = branching.parents.rbegin(); parent != branching.parents.rend(); ++parent) {
      const std::size_t digits = parent->index_of.size() + 1;
      const Parameter& known = space_->parameters()[parent->parameter];
      if (rest % digits + 1 < digits) {
        const Value value = nth_value(known.domain, rest % digits);
        parents.set(known.name, value);
        branch.insert(0, known.name + " = " + value_text(value) + (branch.empty() ? "" : ", "));
      }
      rest /= digits;
    }
    if (!all_known || space_->is_active(parameter, parents)) {
      branching.heads[code] = static_cast<std::ptrdiff_t>(heads_.size());
      heads_.push_back(
          {.parameter = index,
           .branch = std::move(branch),
           .choices = is_categorical(parameter.domain) ? static_cast<std::size_t>(*values) : 0});
    }
  }
}

std::optional<std::size_t> PolicyProcess::head_of(std::size_t parameter,
                                                  const Configuration& parents) const {
  const Branching& branching = branchings_[parameter];
  std::size_t code = 0;
  for (const Branching::Parent& parent : branching.parents) {
    const Value* value = parents.find(space_->parameters()[parent.parameter].name);
    const auto known =
        value == nullptr ? parent.index_of.end() : parent.index_of.find(value_key(*value));
    code = code * (parent.index_of.size() + 1) +
           (known == parent.index_of.end() ? parent.index_of.size() : known->second);
  }
  const std::ptrdiff_t head = branching.heads[code];
  return head < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(head));
}

PolicyStep PolicyProcess::step_at(std::size_t head, double position) const {
  const Domain& domain = parameter_of(head).domain;
  const std::optional<std::uint64_t> values = cardinality(domain);
  if (!values || *values > kCells) {
    return {head, position, position};
  }
  const auto* range = std::get_if<IntRange>(&domain);
  if (range != nullptr && range->log) {
    const auto [from, to] = log_cell(*range, std::get<std::int64_t>(value_at(domain, position)));
    return {head, from, to};
  }
  const auto count = static_cast<double>(*values);
  const double cell = std::clamp(std::floor(position * count), 0.0, count - 1);
  return {head, cell / count, (cell + 1) / count};
}

Episode PolicyProcess::episode_of(const Configuration& configuration) const {
  Episode episode;
  for (std::size_t i = 0; i < space_->size(); ++i) {
    const Parameter& parameter = space_->parameters()[i];
    const Value* value = configuration.find(parameter.name);
    const std::optional<std::size_t> head =
        value == nullptr ? std::nullopt : head_of(i, configuration);
    if (head) {
      episode.push_back(step_at(*head, position_of(parameter.domain, *value)));
    }
  }
  return episode;
}

Configuration PolicyProcess::play(const std::function<double(std::size_t)>& decide,
                                  const Configuration& fixed) const {
  Configuration parents;  // what was decided of the parameters that branches depend on
  return space_->build([&](std::size_t i, const Parameter& parameter) {
    const std::optional<std::size_t> head = head_of(i, parents);
    const Value* given = fixed.find(parameter.name);
    Value value = given != nullptr ? *given
                  : head           ? value_at(parameter.domain, decide(*head))
                                   : nth_value(parameter.domain, 0);
    parents.append(parameter.name, value);
    return value;
  });
}

}  // namespace autoglm
