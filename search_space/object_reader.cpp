#include <algorithm>
#include <numeric>

#include "search_space/spec_document.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

std::string quoted(std::string_view key) { return shown(json_quoted(key)); }

std::string unknown_key(std::string_view key, std::string_view meant) {
  return "unknown key " + quoted(key) + "; did you mean " + quoted(meant) + "?";
}

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Insertions, deletions, replacements and swaps of neighbours, each 1 (Damerau 1964, restricted: no
// place is edited twice). Capitals count as small letters.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = lower_case(a[i - 1]);
      const char y = lower_case(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (x == y ? 0U : 1U)});
      if (i > 1 && j > 1 && x == lower_case(b[j - 2]) && lower_case(a[i - 2]) == y) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 100;
  std::optional<std::string> nearest;
  std::size_t least = kLongest;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer > kLongest) {
      continue;
    }
    const std::size_t distance = edit_distance(word, candidate);
    const bool near = distance <= std::max<std::size_t>(1, longer / 3) && distance < longer;
    if (near && distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

ObjectReader::ObjectReader(const SpecNode& object, std::string what)
    : object_(object), what_(std::move(what)) {
  object_.as_object();
}

const SpecMember* ObjectReader::find_member(std::string_view key, Aliases aliases) {
  known_.emplace_back(key);
  aliases_.insert(aliases_.end(), aliases.begin(), aliases.end());
  const SpecMember* found = nullptr;
  for (const SpecMember& member : object_.members) {
    if (member.key != key &&
        std::find(aliases.begin(), aliases.end(), member.key) == aliases.end()) {
      continue;
    }
    if (found != nullptr) {
      throw SpecError(member.key_place, quoted(member.key) + " means the same as " +
                                            quoted(found->key) + "; remove one of the two");
    }
    found = &member;
  }
  if (found != nullptr) {
    used_.push_back(found);
  }
  return found;
}

const SpecNode* ObjectReader::find(std::string_view key, Aliases aliases) {
  const SpecMember* const member = find_member(key, aliases);
  return member == nullptr ? nullptr : member->value.get();
}

const SpecNode& ObjectReader::require(std::string_view key, Aliases aliases) {
  const SpecNode* const node = find(key, aliases);
  if (node == nullptr) {
    fail_missing(key, aliases, what_ + " needs " + quoted(key) + "; add it");
  }
  return *node;
}

void ObjectReader::fail_missing(std::string_view key, Aliases aliases,
                                const std::string& message) const {
  std::vector<std::string> names(aliases.begin(), aliases.end());
  names.emplace_back(key);
  for (const SpecMember& member : object_.members) {
    const bool known = std::find(known_.begin(), known_.end(), member.key) != known_.end();
    const auto near = known ? std::nullopt : did_you_mean(member.key, names);
    if (near) {
      throw SpecError(member.key_place, unknown_key(member.key, *near));
    }
  }
  object_.fail(message);
}

void ObjectReader::finish() const {
  for (const SpecMember& member : object_.members) {
    if (member.key.starts_with("x-") ||
        std::find(used_.begin(), used_.end(), &member) != used_.end()) {
      continue;
    }
    std::vector<std::string> candidates = known_;
    candidates.insert(candidates.end(), aliases_.begin(), aliases_.end());
    if (const auto near = did_you_mean(member.key, candidates)) {
      throw SpecError(member.key_place, unknown_key(member.key, *near));
    }
    std::string message = "unknown key " + quoted(member.key) + " of " + what_ + "; known are ";
    for (const std::string& key : known_) {
      message += (&key == &known_.front() ? "" : ", ") + key;
    }
    throw SpecError(member.key_place, message);
  }
}

}  // namespace autoglm
