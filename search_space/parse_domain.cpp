#include "search_space/parse_domain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "search_space/parse_type.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::int64_t kGreatestInteger = std::int64_t{1} << 53;

/// A key of a parameter.
struct Key {
  SpecKey key;
  bool (*belongs_to)(ParameterType type);
  std::string_view types;  // that it belongs to, for people
};

bool is_linear(ParameterType type) {
  return type == ParameterType::uniform || type == ParameterType::integer;
}
bool is_range(ParameterType type) {
  return is_linear(type) || type == ParameterType::log_uniform ||
         type == ParameterType::log_integer;
}
bool is_list(ParameterType type) {
  return type == ParameterType::categorical || type == ParameterType::ordinal;
}
bool is_constant(ParameterType type) { return type == ParameterType::constant; }

constexpr std::string_view kRanges = "uniform, log_uniform, int and log_int";
constexpr Key kMin = {
    {.name = "min", .schema = kNumberSchema, .aliases = {"low"}, .required = true},
    is_range,
    kRanges};
constexpr Key kMax = {
    {.name = "max", .schema = kNumberSchema, .aliases = {"high"}, .required = true},
    is_range,
    kRanges};
constexpr Key kStep = {
    {.name = "step", .schema = R"({"type": "number", "exclusiveMinimum": 0})", .aliases = {"q"}},
    is_linear,
    "uniform and int"};
constexpr Key kChoices = {{.name = "choices",
                           .schema = R"({"type": "array", "minItems": 1, "items": )"
                                     R"({"type": ["string", "number", "boolean", "null"]}})",
                           .aliases = {"values"},
                           .required = true},
                          is_list,
                          "categorical and ordinal"};
constexpr Key kValue = {
    {.name = "value", .schema = kScalarSchema, .required = true}, is_constant, "constant"};
constexpr std::array<Key, 5> kKeys = {kMin, kMax, kStep, kChoices, kValue};
constexpr SpecKey kWhen{.name = "when", .schema = kTextSchema};

/// Reads the keys of one parameter.
class Section {
 public:
  Section(const SpecNode& node, ParameterType type, std::vector<std::string>* notes)
      : node_(node),
        type_(type),
        reader_(node, "a parameter of type " + std::string(type_name(type))),
        notes_(notes) {}

  ParsedDomain read() {
    check_keys();
    return ParsedDomain{.domain = domain(), .when = node_.member(kWhen.name)};
  }

 private:
  const SpecMember* find(const Key& key) { return find_member(reader_, key.key); }
  const SpecNode& require(const Key& key) { return autoglm::require(reader_, key.key); }
  void check_keys();
  Domain domain();
  Domain float_range(bool log);
  Domain int_range(bool log);
  Domain choice(bool ordered);
  template <class Range>
  void check_bounds(const Range& bounds) const;
  template <class Range>
  void note_grid(const Range& bounds, const Value& last);

  const SpecNode& node_;
  ParameterType type_;
  ObjectReader reader_;
  std::vector<std::string>* notes_;
};

std::string quoted(std::string_view text) { return shown(json_quoted(text)); }

Domain Section::domain() {
  switch (type_) {
    case ParameterType::uniform:
      return float_range(false);
    case ParameterType::log_uniform:
      return float_range(true);
    case ParameterType::integer:
      return int_range(false);
    case ParameterType::log_integer:
      return int_range(true);
    case ParameterType::categorical:
      return choice(false);
    case ParameterType::ordinal:
      return choice(true);
    case ParameterType::constant:
      break;
  }
  return Choice{.choices = {require(kValue).as_value()}};
}

// All keys first: a mistyped one is a better message than the missing one that it was meant as.
void Section::check_keys() {
  reader_.find("type");
  for (const Key& key : kKeys) {
    if (key.belongs_to(type_)) {
      find(key);
      continue;
    }
    for (const SpecMember& member : node_.members) {
      if (is_called(key.key, member.key)) {
        throw SpecError(member.key_place, quoted(member.key) + " does not go with the type " +
                                              std::string(type_name(type_)) + "; it belongs to " +
                                              std::string(key.types));
      }
    }
  }
  autoglm::find(reader_, kWhen);
  reader_.finish();
}

template <class Range>
void Section::check_bounds(const Range& bounds) const {
  if (bounds.min > bounds.max) {
    node_.fail("min (" + value_text(bounds.min) + ") must be below max (" + value_text(bounds.max) +
               "); swap them");
  }
}

template <class Range>
void Section::note_grid(const Range& bounds, const Value& last) {
  if (notes_ != nullptr && !same_value(last, bounds.max)) {
    notes_->push_back(node_.place.pointer + ": max " + value_text(bounds.max) +
                      " is not on the grid of step " + value_text(bounds.step) + "; " +
                      value_text(last) + " is the greatest");
  }
}

// The index of the last grid value that is not above max.
std::uint64_t last_on_grid(const FloatRange& bounds) {
  auto last = static_cast<std::uint64_t>((bounds.max - bounds.min) / bounds.step);
  if (grid_value(bounds, last + 1) <= bounds.max) {
    ++last;  // 0.3 / 0.1 is a little less than 3
  }
  return last;
}

Domain Section::float_range(bool log) {
  const SpecNode& min = require(kMin);
  const SpecNode& max = require(kMax);
  FloatRange bounds{.min = min.as_number(), .max = max.as_number(), .log = log};
  if (log && bounds.min <= 0) {
    min.fail("must be above 0 for log_uniform, not " + value_text(min.as_value()) +
             "; raise it, or use uniform");
  }
  check_bounds(bounds);
  if (!std::isfinite(bounds.max - bounds.min)) {
    node_.fail("max - min is beyond the numbers that a computer has; narrow the range");
  }
  const SpecMember* const member = log ? nullptr : find(kStep);
  if (member == nullptr) {
    return bounds;
  }
  const SpecNode& step = *member->value;
  bounds.step = step.as_number();
  const double width = bounds.max - bounds.min;
  if (bounds.step <= 0) {
    step.fail("must be above 0, not " + value_text(step.as_value()));
  }
  if (width > 0 && bounds.step > width) {
    step.fail("step (" + number_text(bounds.step) + ") is wider than the range from " +
              number_text(bounds.min) + " to " + number_text(bounds.max) + "; make it smaller");
  }
  if (width / bounds.step >= static_cast<double>(kGreatestInteger)) {
    step.fail("step (" + number_text(bounds.step) +
              ") makes more than 2^53 values; make it greater, or leave it out");
  }
  const double last = grid_value(bounds, last_on_grid(bounds));
  note_grid(bounds, last);
  bounds.max = last;
  return bounds;
}

std::int64_t integer_bound(const SpecNode& node) {
  const bool huge = node.is(SpecNode::Kind::number) && std::abs(node.number) >= 0x1p53;
  if (huge || node.as_integer() > kGreatestInteger || node.integer < -kGreatestInteger) {
    node.fail(value_text(node.as_value()) +
              " is beyond 2^53, up to which every program has exact integers; use uniform or "
              "log_uniform");
  }
  return node.integer;
}

Domain Section::int_range(bool log) {
  const SpecNode& min = require(kMin);
  const SpecNode& max = require(kMax);
  IntRange bounds{.min = integer_bound(min), .max = integer_bound(max), .log = log};
  if (log && bounds.min < 1) {
    min.fail("must be at least 1 for log_int, not " + std::to_string(bounds.min) +
             "; raise it, or use int");
  }
  check_bounds(bounds);
  if (const SpecMember* const member = log ? nullptr : find(kStep)) {
    const std::int64_t width = bounds.max - bounds.min;
    bounds.step = member->value->as_integer(1, std::numeric_limits<std::int64_t>::max());
    if (width > 0 && bounds.step > width) {
      member->value->fail("step (" + std::to_string(bounds.step) +
                          ") is wider than the range from " + std::to_string(bounds.min) + " to " +
                          std::to_string(bounds.max) + "; make it smaller");
    }
    const std::int64_t last = bounds.max - width % bounds.step;
    note_grid(bounds, last);
    bounds.max = last;
  }
  return bounds;
}

Domain Section::choice(bool ordered) {
  const SpecNode& node = require(kChoices);
  Choice result{.ordered = ordered};
  std::unordered_map<std::string, std::size_t> seen;
  for (const auto& element : node.as_array()) {
    const Value value = element->as_value();
    const auto [first, is_new] = seen.emplace(value_key(value), result.choices.size());
    if (!is_new) {
      element->fail(shown(value_json(value)) + " is the same value as " +
                    shown(value_json(result.choices[first->second])) + " (choice " +
                    std::to_string(first->second) + "); remove one of the two");
    }
    result.choices.push_back(value);
  }
  if (result.choices.empty()) {
    node.fail("the list is empty; add a choice");
  }
  return result;
}

/// Bounds and steps of integers are integers, those of log ranges above 0.
std::string_view narrowed_schema(const SpecKey& key, ParameterType type) {
  const bool is_integer = type == ParameterType::integer || type == ParameterType::log_integer;
  if (key.name == kStep.key.name) {
    return is_integer ? kCountSchema : key.schema;
  }
  if (!is_range(type)) {
    return key.schema;
  }
  if (type == ParameterType::log_uniform) {
    return R"({"type": "number", "exclusiveMinimum": 0})";
  }
  return type == ParameterType::log_integer ? kCountSchema
                                            : (is_integer ? kIntegerSchema : key.schema);
}

}  // namespace

std::vector<SpecKey> parameter_keys(ParameterType type) {
  std::vector<SpecKey> keys;
  for (const Key& key : kKeys) {
    if (key.belongs_to(type)) {
      keys.push_back(key.key);
      keys.back().schema = narrowed_schema(key.key, type);
    }
  }
  keys.push_back(kWhen);
  return keys;
}

ParsedDomain parse_domain(const SpecNode& node, std::vector<std::string>* notes) {
  if (node.is(SpecNode::Kind::array)) {
    node.fail("must be an object, not a list; write {\"type\": \"categorical\", \"choices\": " +
              shown(to_json(node)) + "}");
  }
  if (!node.is(SpecNode::Kind::object)) {
    node.fail("must be an object, not " + shown(value_json(node.as_value())) +
              "; write {\"type\": \"constant\", \"value\": " + shown(value_json(node.as_value())) +
              "}");
  }
  return Section(node, parse_type(node), notes).read();
}

}  // namespace autoglm
