#include "search_space/spec_reader.h"

#include <string>
#include <unordered_map>

#include "search_space/spec_cursor.h"
#include "search_space/spec_scalar.h"
#include "search_space/spec_syntax.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::size_t kMaxBytes = 64'000'000;
constexpr std::size_t kMaxDepth = 100;

std::string line_and_column(const SpecPlace& place) {
  return std::to_string(place.line) + ':' + std::to_string(place.column);
}

/// A parser by recursive descent.
class Reader {
 public:
  Reader(std::string_view text, const SpecPlace& start) : cursor_(text, start) {}

  SpecRoot read();

 private:
  using Seen = std::unordered_map<std::string, SpecPlace>;

  std::shared_ptr<const SpecNode> value();
  void array(SpecNode& node);
  void object(SpecNode& node);
  SpecMember member(Seen& seen);
  /// Over the bracket at the cursor; whether the list or object has anything in it.
  bool enter(char closing);
  /// After an element: whether another one follows.
  bool another(char closing);
  void leave();
  void require_more(char closing) const;
  void require_new(const SpecMember& member, Seen& seen) const;

  SpecCursor cursor_;
  std::vector<SpecPlace> open_{};  // the brackets that are not closed yet
};

SpecRoot Reader::read() {
  if (cursor_.rest().size() > kMaxBytes) {
    throw SpecError(SpecPlace{.source = cursor_.place().source},
                    "is larger than 64 MB, the most that is read; make it smaller");
  }
  cursor_.skip_mark();
  cursor_.skip_blank();
  if (cursor_.at_end()) {
    cursor_.fail("there is nothing here; a JSON value is needed, such as {}");
  }
  SpecRoot root = value();
  cursor_.skip_blank();
  if (!cursor_.offending().empty()) {
    cursor_.fail("more text after the end of the JSON; remove it, or mend the brackets before it");
  }
  return root;
}

std::shared_ptr<const SpecNode> Reader::value() {
  auto node = std::make_shared<SpecNode>();
  node->place = cursor_.place();
  switch (cursor_.peek()) {
    case '{':
      object(*node);
      break;
    case '[':
      array(*node);
      break;
    case '"':
      read_text(cursor_, *node);
      break;
    default:
      read_word(cursor_, *node);
  }
  return node;
}

bool Reader::enter(char closing) {
  if (open_.size() == kMaxDepth) {
    throw SpecError(cursor_.place(), "more than 100 brackets within each other; make it flatter");
  }
  open_.push_back(cursor_.place());
  cursor_.step();
  cursor_.skip_blank();
  require_more(closing);
  return cursor_.peek() != closing;
}

void Reader::leave() {
  cursor_.step();
  open_.pop_back();
}

void Reader::require_more(char closing) const {
  if (cursor_.at_end()) {
    cursor_.fail(std::string("the text ends within the ") + (closing == '}' ? "object" : "list") +
                 " that begins at " + line_and_column(open_.back()) + "; close it with \"" +
                 closing + '"');
  }
}

bool Reader::another(char closing) {
  cursor_.skip_blank();
  require_more(closing);
  if (cursor_.peek() == closing) {
    return false;
  }
  if (cursor_.peek() != ',') {
    cursor_.fail(complaint_about_separator(cursor_.offending(), closing));
  }
  const SpecPlace comma = cursor_.place();
  cursor_.step();
  cursor_.skip_blank();
  if (cursor_.peek() == closing) {
    throw SpecSyntaxError(comma, std::string("a comma before \"") + closing + "\"; remove it");
  }
  require_more(closing);
  return true;
}

void Reader::array(SpecNode& node) {
  node.kind = SpecNode::Kind::array;
  for (bool more = enter(']'); more; more = another(']')) {
    cursor_.set_pointer(node.place.pointer + '/' + std::to_string(node.elements.size()));
    node.elements.push_back(value());
    cursor_.set_pointer(node.place.pointer);
  }
  leave();
}

void Reader::object(SpecNode& node) {
  node.kind = SpecNode::Kind::object;
  Seen seen;
  for (bool more = enter('}'); more; more = another('}')) {
    node.members.push_back(member(seen));
    cursor_.set_pointer(node.place.pointer);
  }
  leave();
}

SpecMember Reader::member(Seen& seen) {
  if (cursor_.peek() != '"') {
    cursor_.fail(complaint_about_key(cursor_.offending()));
  }
  SpecMember result;
  result.key_place = cursor_.place();
  SpecNode key;
  read_text(cursor_, key);
  result.key = key.string;
  result.key_place.pointer = pointer_to(cursor_.place().pointer, result.key);
  require_new(result, seen);
  cursor_.skip_blank();
  if (cursor_.peek() != ':') {
    cursor_.fail(complaint_about_colon(cursor_.offending(), result.key));
  }
  cursor_.step();
  cursor_.skip_blank();
  require_more('}');
  cursor_.set_pointer(result.key_place.pointer);
  result.value = value();
  return result;
}

void Reader::require_new(const SpecMember& member, Seen& seen) const {
  const auto [first, is_new] = seen.emplace(member.key, member.key_place);
  if (is_new) {
    return;
  }
  const SpecPlace& other = first->second;
  throw SpecError(member.key_place,
                  "the key " + shown(json_quoted(member.key)) + " was already given" +
                      (other.line > 0 ? " at " + line_and_column(other) : std::string()) +
                      "; remove one of the two");
}

}  // namespace

SpecRoot read_json(std::string_view text, const SpecPlace& start) {
  return Reader(text, start).read();
}

SpecRoot read_spec(std::string_view text, const std::string& source) {
  return read_json(text, SpecPlace{.source = source, .line = 1, .column = 1});
}

}  // namespace autoglm
