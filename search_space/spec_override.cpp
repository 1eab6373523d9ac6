// --set KEY=VALUE.
#include <algorithm>
#include <charconv>

#include "search_space/spec_document.h"
#include "search_space/spec_reader.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

using Node = std::shared_ptr<const SpecNode>;

/// Copies the path from the root to what is set; all else is shared with the old tree.
class Override {
 public:
  explicit Override(const std::string& assignment);
  Node apply(const Node& root) const { return replaced(root, key_, ""); }

 private:
  Node replaced(const Node& old, std::string_view path, const std::string& pointer) const;
  Node in_object(const SpecNode& old, std::string_view path, const std::string& pointer) const;
  Node in_array(const SpecNode& old, std::string_view path, const std::string& pointer) const;
  Node value_at(const std::string& pointer) const;
  SpecPlace place(const std::string& pointer) const {
    return SpecPlace{.source = source_, .pointer = pointer};
  }

  std::string source_;
  std::string key_;
  std::string text_;
};

// Where the first step of a dotted path ends. Names may hold dots: the longest that `object` has.
std::size_t first_step(const SpecNode& object, std::string_view path) {
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0;
       end = path.rfind('.', end - 1)) {
    if (object.member(path.substr(0, end)) != nullptr) {
      return end;
    }
  }
  return std::min(path.find('.'), path.size());
}

std::string_view after_step(std::string_view path, std::size_t end) {
  return end == path.size() ? std::string_view() : path.substr(end + 1);
}

Override::Override(const std::string& assignment) : source_("--set " + shown(assignment)) {
  const std::size_t equals = assignment.find('=');
  const std::string key = assignment.substr(0, equals);
  if (equals == std::string::npos) {
    throw SpecError(place(""), "must be KEY=VALUE, such as --set searcher=gp");
  }
  if (key.empty() || key.front() == '.' || key.back() == '.' ||
      key.find("..") != std::string::npos) {
    throw SpecError(place(""), "the key " + shown(json_quoted(key)) +
                                   " has an empty step; write it like parameters.lr.max");
  }
  if (std::count(key.begin(), key.end(), '.') >= 100) {
    throw SpecError(place(""), "has more than 100 steps; make it flatter");
  }
  key_ = key;
  text_ = assignment.substr(equals + 1);
}

Node Override::value_at(const std::string& pointer) const {
  try {
    return read_json(text_, place(pointer));
  } catch (const SpecSyntaxError&) {
    auto node = std::make_shared<SpecNode>();
    node->kind = SpecNode::Kind::string;
    node->place = place(pointer);
    node->string = text_;
    return node;
  }
}

// `old` is null where nothing is yet. An empty `path` ends at this value.
Node Override::replaced(const Node& old, std::string_view path, const std::string& pointer) const {
  if (path.empty()) {
    return value_at(pointer);
  }
  if (old == nullptr) {
    SpecNode made;
    made.kind = SpecNode::Kind::object;
    made.place = place(pointer);
    return in_object(made, path, pointer);
  }
  if (old->is(SpecNode::Kind::object)) {
    return in_object(*old, path, pointer);
  }
  if (old->is(SpecNode::Kind::array)) {
    return in_array(*old, path, pointer);
  }
  throw SpecError(place(pointer), "is " + shown(value_json(old->as_value())) + " and has no key " +
                                      shown(json_quoted(path)) + "; set it to an object first");
}

Node Override::in_object(const SpecNode& old, std::string_view path,
                         const std::string& pointer) const {
  const std::size_t end = first_step(old, path);
  const std::string key(path.substr(0, end));
  const std::string inner = pointer_to(pointer, key);
  auto copy = std::make_shared<SpecNode>(old);
  auto member = std::find_if(copy->members.begin(), copy->members.end(),
                             [&key](const SpecMember& m) { return m.key == key; });
  if (member == copy->members.end()) {
    member = copy->members.insert(member, SpecMember{.key = key, .key_place = place(inner)});
  }
  const std::string_view further = after_step(path, end);
  if (further.empty()) {
    member->key_place = place(inner);
  }
  member->value = replaced(member->value, further, inner);
  return copy;
}

Node Override::in_array(const SpecNode& old, std::string_view path,
                        const std::string& pointer) const {
  const std::size_t end = std::min(path.find('.'), path.size());
  const std::string_view step = path.substr(0, end);
  const std::string inner = pointer_to(pointer, step);
  std::size_t index = 0;
  const auto [stop, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || stop != step.data() + step.size() || index >= old.elements.size()) {
    throw SpecError(place(inner), "no such element; the list has " +
                                      std::to_string(old.elements.size()) + ", counted from 0");
  }
  auto copy = std::make_shared<SpecNode>(old);
  copy->elements[index] = replaced(old.elements[index], after_step(path, end), inner);
  return copy;
}

}  // namespace

SpecRoot with_override(const SpecRoot& root, const std::string& assignment) {
  return Override(assignment).apply(root);
}

}  // namespace autoglm
