#include "search_space/configuration.h"

#include <algorithm>

namespace autoglm {

const Value* Configuration::find(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) {
      return &value;
    }
  }
  return nullptr;
}

void Configuration::set(std::string_view name, Value value) {
  for (auto& [key, old] : items_) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  items_.emplace_back(name, std::move(value));
}

std::string configuration_key(const Configuration& configuration) {
  std::vector<const Configuration::Item*> items;
  items.reserve(configuration.size());
  for (const Configuration::Item& item : configuration) {
    items.push_back(&item);
  }
  std::sort(items.begin(), items.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  std::string key;
  for (const Configuration::Item* item : items) {
    key += json_quoted(item->first) + ':' + value_key(item->second) + ',';
  }
  return key;
}

std::string configuration_json(const Configuration& configuration) {
  std::string json = "{";
  for (const auto& [name, value] : configuration) {
    json += (json.size() > 1 ? ", " : "") + json_quoted(name) + ": " + value_json(value);
  }
  return json += '}';
}

}  // namespace autoglm
