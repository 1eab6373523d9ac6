#include "optimizer/searchers/initial_design.h"

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "optimizer/searchers/point_configuration.h"

namespace autoglm {

namespace {

constexpr std::uint64_t kBranchValues = 16;  // of a parameter, beyond which it counts as a range
constexpr std::uint64_t kLookAhead = 64;     // points of the sequence

// Trials whose configuration is known and stays so, apart from the one asked for.
bool counts(const Trial& trial, const Request& request) {
  return trial.number != request.number() && !trial.partial && trial.state != TrialState::abandoned;
}

std::int64_t trials_before(const Request& request) {
  const std::vector<Trial>& trials = request.history().trials();
  return std::count_if(trials.begin(), trials.end(),
                       [&](const Trial& trial) { return counts(trial, request); });
}

bool holds(const Configuration& configuration, const std::string& name, const Value& value) {
  const Value* found = configuration.find(name);
  return found != nullptr && same_value(*found, value);
}

// A list of choices without order has no middle; people put the usual one first.
std::vector<double> centre(const SearchSpace& space) {
  std::vector<double> point;
  for (const Parameter& parameter : space.parameters()) {
    const auto* choice = std::get_if<Choice>(&parameter.domain);
    point.push_back(choice != nullptr && !choice->ordered ? 0 : 0.5);
  }
  return point;
}

}  // namespace

InitialDesign::InitialDesign(const SearchSpace& space, std::uint64_t seed, std::int64_t size)
    : space_(space),
      sequence_(space.size(), seed),
      size_(size > 0
                ? size
                : std::clamp<std::int64_t>(static_cast<std::int64_t>(space.size()) + 1, 4, 10)) {
  std::set<std::string> named;
  for (const Parameter& parameter : space.parameters()) {
    if (parameter.active_if) {
      named.insert(parameter.active_if->names().begin(), parameter.active_if->names().end());
    }
  }
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Parameter& parameter = space.parameters()[i];
    const std::optional<std::uint64_t> values = cardinality(parameter.domain);
    if (named.count(parameter.name) == 0 || !values || *values > kBranchValues) {
      continue;
    }
    for (std::uint64_t k = 0; k < *values; ++k) {
      branches_.emplace_back(i, nth_value(parameter.domain, k));
    }
  }
}

std::vector<InitialDesign::Branch> InitialDesign::untried(const Request& request) const {
  std::vector<Branch> untried = branches_;
  for (const Trial& trial : request.history().trials()) {
    if (!counts(trial, request)) {
      continue;
    }
    const auto seen = [&](const Branch& branch) {
      return holds(trial.configuration, space_.parameters()[branch.first].name, branch.second);
    };
    untried.erase(std::remove_if(untried.begin(), untried.end(), seen), untried.end());
  }
  return untried;
}

bool InitialDesign::is_wanted(const Request& request) const {
  const std::int64_t before = trials_before(request);
  return before < size_ || (before < 2 * size_ && !untried(request).empty());
}

std::optional<Configuration> InitialDesign::next(const Request& request) const {
  const auto before = static_cast<std::uint64_t>(trials_before(request));
  if (before == 0) {
    Configuration middle = configuration_at(space_, centre(space_), request.fixed());
    if (request.is_open(middle)) {
      return middle;
    }
  }
  const std::vector<Branch> wanted = untried(request);
  std::optional<Configuration> best;
  std::ptrdiff_t most = -1;
  for (std::uint64_t index = before; index < before + kLookAhead; ++index) {
    Configuration configuration = configuration_at(space_, sequence_.point(index), request.fixed());
    if (!request.is_open(configuration)) {
      continue;
    }
    const std::ptrdiff_t covered =
        std::count_if(wanted.begin(), wanted.end(), [&](const Branch& branch) {
          return holds(configuration, space_.parameters()[branch.first].name, branch.second);
        });
    if (covered > most) {
      most = covered;
      best = std::move(configuration);
    }
    if (wanted.empty()) {
      break;
    }
  }
  return best;
}

}  // namespace autoglm
