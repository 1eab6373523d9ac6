#include "cli/spec_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace autoglm {
namespace {

struct Alias {
  std::string_view alias, key;
};

constexpr std::array kTopAliases = {
    Alias{"method", "searcher"},       Alias{"sampler", "searcher"},
    Alias{"algorithm", "searcher"},    Alias{"n_trials", "max_trials"},
    Alias{"run_cap", "max_trials"},    Alias{"early_terminate", "early_stopping"},
    Alias{"pruner", "early_stopping"}, Alias{"metrics", "metric"}};
constexpr std::array kMetricAliases = {Alias{"direction", "goal"}, Alias{"mode", "goal"}};
constexpr std::array kParameterAliases = {Alias{"low", "min"}, Alias{"high", "max"},
                                          Alias{"values", "choices"}, Alias{"q", "step"}};

using Path = std::vector<std::string>;

bool is_parameter(const Path& path) { return path.size() == 2 && path[0] == "parameters"; }

/// The key under which a member of the object at `path` is compared.
std::string canonical_key(const Path& path, const std::string& key) {
  const auto resolve = [&key](const auto& table) {
    for (const Alias& entry : table) {
      if (entry.alias == key) {
        return std::string(entry.key);
      }
    }
    return key;
  };
  if (path.empty()) {
    return resolve(kTopAliases);
  }
  if (path[0] == "metric") {
    return resolve(kMetricAliases);
  }
  return is_parameter(path) ? resolve(kParameterAliases) : key;
}

std::string joined(const Path& path) { return fmt::format("{}", fmt::join(path, ".")); }

std::string shown(const SpecNode* node) { return node == nullptr ? "(absent)" : to_json(*node); }

bool is_scalar(const SpecNode& node) {
  return !node.is(SpecNode::Kind::array) && !node.is(SpecNode::Kind::object);
}

/// Choices may be appended; what was there keeps its place.
bool is_extension(const SpecNode& before, const SpecNode& after) {
  if (!before.is(SpecNode::Kind::array) || !after.is(SpecNode::Kind::array) ||
      before.elements.size() > after.elements.size()) {
    return false;
  }
  for (std::size_t i = 0; i < before.elements.size(); ++i) {
    if (to_json(*before.elements[i]) != to_json(*after.elements[i])) {
      return false;
    }
  }
  return true;
}

/// Why a difference at `path` ends the study; empty: it does not. Null nodes are absent.
std::string refusal(const Path& path, const SpecNode* before, const SpecNode* after) {
  if (path[0] == "metric") {
    const bool is_target = path.back() == "target";
    return is_target ? "" : "the metric and its goal cannot change";
  }
  if (path[0] != "parameters") {
    return "";
  }
  if (path.size() == 2 && (before == nullptr || after == nullptr)) {
    return "parameters cannot be added or removed";
  }
  const std::string& key = path.back();
  if (key == "choices" && before != nullptr && after != nullptr) {
    return is_extension(*before, *after) ? "" : "choices can only be added at the end";
  }
  if (key == "min" || key == "max" || key == "step") {
    return "";
  }
  return fmt::format("a parameter's {} cannot change", key);
}

class Comparison {
 public:
  std::vector<SpecChange> changes{};

  void compare(const Path& path, const SpecNode* before, const SpecNode* after) {
    if (before != nullptr && after != nullptr) {
      if (before->is(SpecNode::Kind::object) && after->is(SpecNode::Kind::object)) {
        compare_members(path, *before, *after);
        return;
      }
      if (to_json(*before) == to_json(*after) || equal_scalars(*before, *after)) {
        return;
      }
    }
    changes.push_back({joined(path),
                       fmt::format("{}: {} → {}", joined(path), shown(before), shown(after)),
                       refusal(path, before, after)});
  }

 private:
  static bool equal_scalars(const SpecNode& a, const SpecNode& b) {
    return is_scalar(a) && is_scalar(b) && same_value(a.as_value(), b.as_value());
  }

  static const SpecNode* find(const Path& path, const SpecNode& object, const std::string& key) {
    for (const SpecMember& member : object.members) {
      if (canonical_key(path, member.key) == key) {
        return member.value.get();
      }
    }
    return nullptr;
  }

  void compare_members(const Path& path, const SpecNode& before, const SpecNode& after) {
    std::vector<std::string> keys;
    for (const SpecNode* object : {&before, &after}) {
      for (const SpecMember& member : object->members) {
        std::string key = canonical_key(path, member.key);
        if (std::find(keys.begin(), keys.end(), key) == keys.end() && !ignored(path, key)) {
          keys.push_back(std::move(key));
        }
      }
    }
    for (const std::string& key : keys) {
      Path below = path;
      below.push_back(key);
      compare(below, find(path, before, key), find(path, after, key));
    }
  }

  static bool ignored(const Path& path, const std::string& key) {
    return (path.empty() && (key == "$schema" || key == "name")) ||
           ((path.empty() || path[0] != "parameters") && key.starts_with("x-"));
  }
};

}  // namespace

std::vector<SpecChange> compare_specs(const SpecNode& before, const SpecNode& after) {
  Comparison comparison;
  comparison.compare({}, &before, &after);
  return std::move(comparison.changes);
}

}  // namespace autoglm
