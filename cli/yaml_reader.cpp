#include "cli/yaml_reader.h"

#include <fmt/format.h>
#include <yaml.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <system_error>

namespace autoglm {
namespace {

constexpr int kDeepest = 100;

class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  yaml_event_t& get() { return event_; }

 private:
  yaml_event_t event_{};
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) {
      return true;
    }
  }
  return false;
}

/// A plain scalar by YAML's core schema.
void resolve(std::string_view text, SpecNode& node) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    node.kind = SpecNode::Kind::null;
    return;
  }
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    node.kind = SpecNode::Kind::boolean;
    node.boolean = text[0] == 't' || text[0] == 'T';
    return;
  }
  const std::string_view number = text[0] == '+' ? text.substr(1) : text;
  const char* const end = number.data() + number.size();
  if (const auto [rest, error] = std::from_chars(number.data(), end, node.integer);
      error == std::errc{} && rest == end) {
    node.kind = SpecNode::Kind::integer;
    node.number = static_cast<double>(node.integer);
    return;
  }
  if (const auto [rest, error] = std::from_chars(number.data(), end, node.number);
      error == std::errc{} && rest == end && std::isfinite(node.number)) {
    node.kind = SpecNode::Kind::number;
  }
}

class Reader {
 public:
  Reader(const std::string& text, std::string source) : source_(std::move(source)) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  SpecRoot read() {
    expect(YAML_STREAM_START_EVENT);
    expect(YAML_DOCUMENT_START_EVENT);
    SpecRoot root = value("", 0);
    expect(YAML_DOCUMENT_END_EVENT);
    expect(YAML_STREAM_END_EVENT);
    return root;
  }

 private:
  SpecPlace place(const yaml_mark_t& mark, const std::string& pointer) const {
    return {.source = source_,
            .line = static_cast<int>(mark.line) + 1,
            .column = static_cast<int>(mark.column) + 1,
            .pointer = pointer};
  }

  void next(Event& event, const std::string& pointer) {
    if (yaml_parser_parse(&parser_, &event.get()) == 0) {
      throw SpecError(place(parser_.problem_mark, pointer),
                      fmt::format("is no YAML: {}",
                                  parser_.problem == nullptr ? "unreadable" : parser_.problem));
    }
  }

  void expect(yaml_event_type_t type) {
    Event event;
    next(event, "");
    if (event.get().type != type) {
      throw SpecError(place(event.get().start_mark, ""),
                      "there must be exactly one document in the file");
    }
  }

  SpecRoot value(const std::string& pointer, int depth) {
    Event event;
    next(event, pointer);
    return value_of(event, pointer, depth);
  }

  SpecRoot value_of(Event& event, const std::string& pointer, int depth) {
    auto node = std::make_shared<SpecNode>();
    node->place = place(event.get().start_mark, pointer);
    if (depth > kDeepest) {
      node->fail(fmt::format("nested more than {} levels deep", kDeepest));
    }
    switch (event.get().type) {
      case YAML_SCALAR_EVENT:
        read_scalar(event.get(), *node);
        break;
      case YAML_SEQUENCE_START_EVENT:
        read_sequence(*node, depth);
        break;
      case YAML_MAPPING_START_EVENT:
        read_mapping(*node, depth);
        break;
      default:
        node->fail("aliases are not read; write the value out");
    }
    return node;
  }

  static void read_scalar(const yaml_event_t& event, SpecNode& node) {
    node.kind = SpecNode::Kind::string;
    node.string.assign(reinterpret_cast<const char*>(event.data.scalar.value),
                       event.data.scalar.length);
    if (event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
      resolve(node.string, node);
    }
  }

  void read_sequence(SpecNode& node, int depth) {
    node.kind = SpecNode::Kind::array;
    while (true) {
      Event event;
      const std::string pointer = fmt::format("{}/{}", node.place.pointer, node.elements.size());
      next(event, pointer);
      if (event.get().type == YAML_SEQUENCE_END_EVENT) {
        return;
      }
      node.elements.push_back(value_of(event, pointer, depth + 1));
    }
  }

  void read_mapping(SpecNode& node, int depth) {
    node.kind = SpecNode::Kind::object;
    while (true) {
      Event event;
      next(event, node.place.pointer);
      if (event.get().type == YAML_MAPPING_END_EVENT) {
        return;
      }
      const SpecPlace at = place(event.get().start_mark, node.place.pointer);
      if (event.get().type != YAML_SCALAR_EVENT) {
        throw SpecError(at, "a key must be text");
      }
      SpecMember member{.key = reinterpret_cast<const char*>(event.get().data.scalar.value)};
      member.key_place = at;
      member.key_place.pointer += "/" + member.key;
      if (node.member(member.key) != nullptr) {
        throw SpecError(member.key_place, fmt::format("the key {} is there twice; remove one",
                                                      json_quoted(member.key)));
      }
      member.value = value(member.key_place.pointer, depth + 1);
      node.members.push_back(std::move(member));
    }
  }

  std::string source_;
  yaml_parser_t parser_{};
};

}  // namespace

SpecRoot read_yaml_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw SpecError({.source = path}, fmt::format("cannot be read: {}; check the path",
                                                  std::generic_category().message(errno)));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return Reader(text, path).read();
}

}  // namespace autoglm
