#include "search_space/spec_key.h"

#include <algorithm>

namespace autoglm {
namespace {

/// Calls `read` with the key's aliases as ObjectReader takes them.
template <typename Read>
auto with_aliases(const SpecKey& key, const Read& read) {
  const auto& aliases = key.aliases;
  if (!aliases[2].empty()) {
    return read({aliases[0], aliases[1], aliases[2]});
  }
  if (!aliases[1].empty()) {
    return read({aliases[0], aliases[1]});
  }
  return aliases[0].empty() ? read({}) : read({aliases[0]});
}

}  // namespace

const SpecMember* find_member(ObjectReader& reader, const SpecKey& key) {
  return with_aliases(
      key, [&](ObjectReader::Aliases aliases) { return reader.find_member(key.name, aliases); });
}

const SpecNode* find(ObjectReader& reader, const SpecKey& key) {
  const SpecMember* const member = find_member(reader, key);
  return member == nullptr ? nullptr : member->value.get();
}

const SpecNode& require(ObjectReader& reader, const SpecKey& key) {
  return *with_aliases(
      key, [&](ObjectReader::Aliases aliases) { return &reader.require(key.name, aliases); });
}

bool is_called(const SpecKey& key, std::string_view name) {
  return name == key.name || (!name.empty() && std::find(key.aliases.begin(), key.aliases.end(),
                                                         name) != key.aliases.end());
}

}  // namespace autoglm
