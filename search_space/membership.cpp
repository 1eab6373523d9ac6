// Whether a configuration belongs to a search space, and why not.
#include <algorithm>

#include "search_space/search_space.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

enum class Activity { active, inactive, undecided };

/// What is certain about each parameter's activity when some values are still open.
class PartialActivity {
 public:
  PartialActivity(const SearchSpace& space, const Configuration& given)
      : space_(space), given_(given) {
    for (const Parameter& parameter : space.parameters()) {
      activities_.push_back(judge(parameter));
    }
  }

  Activity of(const Parameter& parameter) const {
    return activities_[static_cast<std::size_t>(&parameter - space_.parameters().data())];
  }

 private:
  Activity judge(const Parameter& parameter) const {
    if (!parameter.active_if) {
      return Activity::active;
    }
    const auto holds =
        parameter.active_if->evaluate([this](std::string_view name) { return given_.find(name); });
    if (holds) {
      return *holds == Value(true) ? Activity::active : Activity::inactive;
    }
    // Open, unless all the values that are missing will stay so.
    const auto& names = parameter.active_if->names();
    const bool settled = std::all_of(names.begin(), names.end(), [this](const std::string& name) {
      const Parameter* const parent = space_.find(name);
      return given_.contains(name) || (parent != nullptr && of(*parent) == Activity::inactive);
    });
    return settled ? Activity::inactive : Activity::undecided;
  }

  const SearchSpace& space_;
  const Configuration& given_;
  std::vector<Activity> activities_{};
};

}  // namespace

std::optional<std::string> SearchSpace::problem_with(const Configuration& configuration,
                                                     Completeness completeness) const {
  for (const auto& [name, value] : configuration) {
    const Parameter* const parameter = find(name);
    if (parameter == nullptr) {
      return unknown_parameter(name);
    }
    if (!fit_value(parameter->domain, value)) {
      return shown(name) + ": " + misfit(parameter->domain, value);
    }
  }
  if (const Parameter* const parameter = inactive_parameter(configuration)) {
    return shown(parameter->name) + " is inactive; it takes part only when " +
           shown(parameter->active_if->text());
  }
  if (completeness == Completeness::whole) {
    for (const Parameter& parameter : parameters_) {
      if (!configuration.contains(parameter.name) && is_active(parameter, configuration)) {
        return shown(parameter.name) + " is missing; give it a value of " +
               describe(parameter.domain);
      }
    }
  }
  if (const std::string* constraint = violated_constraint(configuration)) {
    return "the constraint " + shown(*constraint) + " does not hold";
  }
  return std::nullopt;
}

std::string SearchSpace::unknown_parameter(std::string_view name) const {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters_) {
    names.push_back(parameter.name);
  }
  const auto near = did_you_mean(name, names);
  return "no parameter is called " + shown(json_quoted(name)) +
         (near ? "; did you mean " + shown(json_quoted(*near)) + "?" : "");
}

const Parameter* SearchSpace::inactive_parameter(const Configuration& configuration) const {
  if (!is_conditional()) {
    return nullptr;
  }
  const PartialActivity activity(*this, configuration);
  for (const Parameter& parameter : parameters_) {
    if (configuration.contains(parameter.name) && activity.of(parameter) == Activity::inactive) {
      return &parameter;
    }
  }
  return nullptr;
}

}  // namespace autoglm
