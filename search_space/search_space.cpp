#include "search_space/search_space.h"

#include <algorithm>
#include <map>
#include <queue>
#include <utility>

namespace autoglm {
namespace {

using Index = std::size_t;

std::optional<Index> index_of(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [name](const Parameter& p) { return p.name == name; });
  return found == parameters.end() ? std::nullopt
                                   : std::optional<Index>(found - parameters.begin());
}

// Parents first; of those that could come next always the one that the spec names first.
std::vector<Parameter> parents_first(std::vector<Parameter> parameters) {
  std::vector<std::vector<Index>> children(parameters.size());
  std::vector<std::size_t> parents_left(parameters.size(), 0);
  std::priority_queue<Index, std::vector<Index>, std::greater<>> ready;
  for (Index i = 0; i < parameters.size(); ++i) {
    const std::vector<std::string> none;
    for (const std::string& name :
         parameters[i].active_if ? parameters[i].active_if->names() : none) {
      if (const auto parent = index_of(parameters, name)) {
        children[*parent].push_back(i);
        ++parents_left[i];
      }
    }
    if (parents_left[i] == 0) {
      ready.push(i);
    }
  }
  std::vector<Parameter> sorted;
  while (!ready.empty()) {
    const Index next = ready.top();
    ready.pop();
    sorted.push_back(std::move(parameters[next]));
    for (const Index child : children[next]) {
      if (--parents_left[child] == 0) {
        ready.push(child);
      }
    }
  }
  return sorted;
}

Expression::Lookup lookup_in(const Configuration& configuration) {
  return [&configuration](std::string_view name) { return configuration.find(name); };
}

bool names_all_in(const Expression& expression, const Configuration& configuration) {
  const auto& names = expression.names();
  return std::all_of(names.begin(), names.end(), [&configuration](const std::string& name) {
    return configuration.contains(name);
  });
}

// The text of a condition that keeps out a parameter of `fixed`; nullptr when `drawn` has them all.
const std::string* violated_condition(const SearchSpace& space, const Configuration& fixed,
                                      const Configuration& drawn) {
  for (const auto& [name, value] : fixed) {
    const Parameter* const parameter = drawn.contains(name) ? nullptr : space.find(name);
    if (parameter != nullptr && parameter->active_if) {
      return &parameter->active_if->text();
    }
  }
  return nullptr;
}

/// Counts what draws were rejected for.
class Rejections {
 public:
  void add(const std::string& rule) { ++counts_[rule]; }
  std::string most_frequent() const {
    const auto most =
        std::max_element(counts_.begin(), counts_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == counts_.end() ? std::string() : most->first;
  }

 private:
  std::map<std::string, int> counts_{};
};

}  // namespace

SearchSpace::SearchSpace(std::vector<Parameter> parameters, std::vector<Expression> constraints)
    : parameters_(parents_first(std::move(parameters))), constraints_(std::move(constraints)) {}

const Parameter* SearchSpace::find(std::string_view name) const {
  const auto index = index_of(parameters_, name);
  return index ? &parameters_[*index] : nullptr;
}

bool SearchSpace::is_conditional() const {
  return std::any_of(parameters_.begin(), parameters_.end(),
                     [](const Parameter& p) { return p.active_if.has_value(); });
}

bool SearchSpace::is_active(const Parameter& parameter, const Configuration& configuration) const {
  return !parameter.active_if || parameter.active_if->holds(lookup_in(configuration));
}

const std::string* SearchSpace::violated_constraint(const Configuration& configuration) const {
  for (const Expression& constraint : constraints_) {
    if (names_all_in(constraint, configuration) && !constraint.holds(lookup_in(configuration))) {
      return &constraint.text();
    }
  }
  return nullptr;
}

Configuration SearchSpace::build(const Chooser& choose) const {
  Configuration configuration;
  configuration.reserve(parameters_.size());
  for (Index i = 0; i < parameters_.size(); ++i) {
    if (is_active(parameters_[i], configuration)) {
      configuration.append(parameters_[i].name, choose(i, parameters_[i]));
    }
  }
  return configuration;
}

std::optional<Configuration> SearchSpace::sample(Rng& rng, const Configuration& fixed,
                                                 std::string* blame) const {
  constexpr int kDraws = 100'000;
  Rejections rejections;
  for (int draw = 0; draw < kDraws; ++draw) {
    Configuration drawn = build([&rng, &fixed](Index, const Parameter& parameter) {
      const Value* const given = fixed.find(parameter.name);
      return given != nullptr ? *given : value_at(parameter.domain, rng.uniform());
    });
    const std::string* violated = violated_condition(*this, fixed, drawn);
    if (violated == nullptr) {
      violated = violated_constraint(drawn);
    }
    if (violated == nullptr) {
      return drawn;
    }
    rejections.add(*violated);
  }
  if (blame != nullptr) {
    *blame = rejections.most_frequent();
  }
  return std::nullopt;
}

void SearchSpace::enumerate(const std::function<bool(const Configuration&)>& visit) const {
  enumerate_all([this, &visit](const Configuration& configuration) {
    return violated_constraint(configuration) != nullptr || visit(configuration);
  });
}

// An odometer: the last parameter turns fastest.
void SearchSpace::enumerate_all(const std::function<bool(const Configuration&)>& visit) const {
  std::vector<std::uint64_t> digits(parameters_.size(), 0);
  for (bool more = true; more;) {
    const Configuration configuration = build([&digits](Index i, const Parameter& parameter) {
      return nth_value(parameter.domain, digits[i]);
    });
    if (!visit(configuration)) {
      return;
    }
    more = false;
    for (Index i = parameters_.size(); i-- > 0 && !more;) {
      more = configuration.contains(parameters_[i].name) &&
             digits[i] + 1 < cardinality(parameters_[i].domain).value_or(1);
      digits[i] = more ? digits[i] + 1 : 0;
    }
  }
}

std::optional<std::uint64_t> SearchSpace::count(std::uint64_t limit) const {
  // What no condition and no constraint names multiplies; only the others are walked through.
  std::vector<Parameter> named;
  std::vector<const Parameter*> others;
  for (const Parameter& parameter : parameters_) {
    if (is_named(parameter.name)) {
      named.push_back(parameter);
    } else {
      others.push_back(&parameter);
    }
  }
  for (const Parameter& parameter : named) {
    if (!cardinality(parameter.domain)) {
      return std::nullopt;
    }
  }
  std::uint64_t total = 0;
  std::uint64_t steps = 0;
  bool exact = true;
  SearchSpace(std::move(named), {}).enumerate_all([&](const Configuration& configuration) {
    std::uint64_t product = violated_constraint(configuration) == nullptr ? 1 : 0;
    for (const Parameter* parameter : others) {
      if (product > 0 && is_active(*parameter, configuration)) {
        const std::optional<std::uint64_t> values = cardinality(parameter->domain);
        exact = exact && values && !__builtin_mul_overflow(product, *values, &product);
      }
    }
    exact = exact && !__builtin_add_overflow(total, product, &total) && ++steps <= limit;
    return exact;
  });
  return exact ? std::optional(total) : std::nullopt;
}

bool SearchSpace::is_named(const std::string& name) const {
  const auto names_it = [&name](const Expression& expression) {
    const auto& names = expression.names();
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return std::any_of(constraints_.begin(), constraints_.end(), names_it) ||
         std::any_of(parameters_.begin(), parameters_.end(), [&names_it](const Parameter& p) {
           return p.active_if && names_it(*p.active_if);
         });
}

}  // namespace autoglm
