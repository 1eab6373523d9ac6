#include "cli/spec_overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace autoglm {
namespace {

bool is_searcher(std::string_view key) {
  return key == "searcher" ||
         std::find(kSearcherAliases.begin(), kSearcherAliases.end(), key) != kSearcherAliases.end();
}

bool is_rule(std::string_view key) {
  return key == "early_stopping" ||
         std::find(kRuleAliases.begin(), kRuleAliases.end(), key) != kRuleAliases.end();
}

bool is_override(const SpecPlace& place) { return place.line == 0; }

const SpecMember* searcher_of(const SpecNode& root) {
  for (const SpecMember& member : root.members) {
    if (is_searcher(member.key)) {
      return &member;
    }
  }
  return nullptr;
}

/// `root` with `value` as its member `key`.
SpecRoot with_member(const SpecNode& root, const std::string& key, const SpecRoot& value) {
  auto copy = std::make_shared<SpecNode>(root);
  for (SpecMember& member : copy->members) {
    if (member.key == key) {
      member.value = value;
      return copy;
    }
  }
  copy->members.push_back({.key = key, .key_place = value->place, .value = value});
  return copy;
}

std::string source_of(const std::string& searcher) { return "--searcher " + searcher; }

SpecRoot with_searcher(const SpecRoot& root, const std::string& searcher) {
  const SpecMember* const present = searcher_of(*root);
  const std::string key = present == nullptr ? "searcher" : present->key;
  auto name = std::make_shared<SpecNode>();
  name->kind = SpecNode::Kind::string;
  name->place = {.source = source_of(searcher), .pointer = "/" + key};
  name->string = searcher;
  return with_member(*root, key, name);
}

/// Makes an object of the name that `assignment` goes into.
SpecRoot with_section_opened(const SpecRoot& root, const std::string& assignment) {
  const std::string key = assignment.substr(0, assignment.find_first_of(".="));
  const SpecNode* const section = root->member(key);
  if (section == nullptr || !section->is(SpecNode::Kind::string) ||
      !(is_searcher(key) || is_rule(key)) || !assignment.starts_with(key + ".")) {
    return root;
  }
  auto opened = std::make_shared<SpecNode>();
  opened->kind = SpecNode::Kind::object;
  opened->place = section->place;
  opened->members.push_back(
      {.key = "type", .key_place = section->place, .value = std::make_shared<SpecNode>(*section)});
  return with_member(*root, key, opened);
}

/// --set must not name another searcher than --searcher.
void check_one_searcher(const SpecNode& root, const std::string& searcher) {
  const SpecMember* const section = searcher_of(root);
  const SpecNode* const type = section == nullptr ? nullptr : named_type(section->value.get());
  if (type == nullptr || type->place.source != source_of(searcher)) {
    const SpecNode& other = type != nullptr ? *type : section == nullptr ? root : *section->value;
    other.fail(source_of(searcher) + " is given too; keep one of the two");
  }
}

}  // namespace

const SpecNode* named_type(const SpecNode* section) {
  return section != nullptr && section->is(SpecNode::Kind::object) ? section->member("type")
                                                                   : section;
}

SpecRoot with_overrides(SpecRoot root, const StudyOptions& options) {
  if (!options.searcher.empty()) {
    root = with_searcher(root, options.searcher);
  }
  for (const std::string& assignment : options.set) {
    root = with_override(with_section_opened(root, assignment), assignment);
  }
  if (!options.searcher.empty()) {
    check_one_searcher(*root, options.searcher);
  }
  return root;
}

void fail_section(const SpecNode& section, const SpecError& error) {
  const SpecNode* const type = named_type(&section);
  if (type == nullptr || !is_override(type->place) || is_override(error.place)) {
    throw error;
  }
  type->fail(fmt::format(
      "the spec gives options that do not go with {}: {}; --set {}={} replaces "
      "the whole section",
      json_quoted(type->string), error.what(), section.place.pointer.substr(1), type->string));
}

}  // namespace autoglm
