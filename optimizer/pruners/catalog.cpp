#include "optimizer/pruners/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "optimizer/pruners/pruners.h"

namespace autoglm {
namespace {

struct Entry {
  std::string_view name;
  std::string_view summary;
  ParsedPruner (*make)(ObjectReader* reader);
};

constexpr std::array<Entry, 3> kPruners = {
    {{"none", "every trial runs to its end", make_none},
     {"median", "stops a trial that is worse than the median of the complete ones", make_median},
     {"asha", "successive halving: at each rung only the best go on", make_asha}}};

const Entry& find_entry(const SpecNode& node) {
  const std::string& name = node.as_string();
  const auto* const found = std::find_if(kPruners.begin(), kPruners.end(),
                                         [&name](const Entry& one) { return one.name == name; });
  if (found != kPruners.end()) {
    return *found;
  }
  std::vector<std::string> names;
  names.reserve(kPruners.size());
  for (const Entry& entry : kPruners) {
    names.emplace_back(entry.name);
  }
  const std::optional<std::string> meant = did_you_mean(name, names);
  node.fail(fmt::format("no early stopping is called {}; {}there are {}", json_quoted(name),
                        meant ? fmt::format("did you mean {}? ", json_quoted(*meant)) : "",
                        fmt::join(names, ", ")));
}

PrunerChoice make(const Entry& entry, ObjectReader* reader) {
  ParsedPruner parsed = entry.make(reader);
  return {.pruner = std::move(parsed.pruner),
          .name = std::string(entry.name),
          .options = std::move(parsed.options)};
}

}  // namespace

PrunerChoice make_pruner(const SpecNode* section) {
  if (section == nullptr || section->is(SpecNode::Kind::null)) {
    return make(kPruners[0], nullptr);
  }
  if (section->is(SpecNode::Kind::string)) {
    return make(find_entry(*section), nullptr);
  }
  ObjectReader reader(*section, "early stopping");
  const Entry& entry = find_entry(reader.require("type"));
  PrunerChoice choice = make(entry, &reader);
  reader.finish();
  return choice;
}

std::vector<std::pair<std::string, std::string>> pruner_names() {
  std::vector<std::pair<std::string, std::string>> names;
  names.reserve(kPruners.size());
  for (const Entry& entry : kPruners) {
    names.emplace_back(entry.name, entry.summary);
  }
  return names;
}

}  // namespace autoglm
