// A configuration: the active parameters of one trial with their values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search_space/value.h"

namespace autoglm {

/// Ordered as the search space orders its parameters. An inactive parameter is absent. It knows no
/// search space, so it also holds what another program stored (an Optuna study, say).
class Configuration {
 public:
  using Item = std::pair<std::string, Value>;

  Configuration() = default;
  explicit Configuration(std::vector<Item> items) : items_(std::move(items)) {}

  /// nullptr when there is no such parameter.
  const Value* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  /// Replaces the value of `name` or appends it.
  void set(std::string_view name, Value value);
  /// The same where `name` is known to be new.
  void append(const std::string& name, Value value) { items_.emplace_back(name, std::move(value)); }
  void reserve(std::size_t size) { items_.reserve(size); }

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<Item> items_;
};

/// Two configurations are equal if their active parameters are, in whatever order; this text is
/// equal exactly then (1 and 1.0 are equal). For hash sets.
std::string configuration_key(const Configuration& configuration);

/// One JSON object on one line, in the configuration's order.
std::string configuration_json(const Configuration& configuration);

}  // namespace autoglm
