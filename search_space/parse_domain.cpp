#include "search_space/parse_domain.h"

#include <array>
#include <cmath>
#include <unordered_map>

#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::int64_t kGreatestInteger = std::int64_t{1} << 53;

// The kinds of domain; a key belongs to some of them.
enum Kind : unsigned { range = 1, log_range = 2, list = 4, single = 8 };

/// A key of a parameter and its name in other tools' specs.
struct Key {
  std::string_view name;
  std::string_view alias;  // empty: none
  unsigned kinds;
  std::string_view types;  // that have it, for people
};

constexpr Key kMin = {"min", "low", range | log_range, "uniform, log_uniform, int and log_int"};
constexpr Key kMax = {"max", "high", range | log_range, "uniform, log_uniform, int and log_int"};
constexpr Key kStep = {"step", "q", range, "uniform and int"};
constexpr Key kChoices = {"choices", "values", list, "categorical and ordinal"};
constexpr Key kValue = {"value", "", single, "constant"};

/// Reads the keys of one parameter.
class Section {
 public:
  Section(const SpecNode& node, std::vector<std::string>* notes)
      : node_(node), reader_(node, "a parameter"), notes_(notes) {}

  ParsedDomain read();

  Domain uniform() { return float_range(false); }
  Domain log_uniform() { return float_range(true); }
  Domain integers() { return int_range(false); }
  Domain log_integers() { return int_range(true); }
  Domain categorical() { return choice(false); }
  Domain ordinal() { return choice(true); }
  Domain constant() { return Choice{.choices = {require(kValue).as_value()}}; }

 private:
  const SpecMember* find(const Key& key) {
    return key.alias.empty() ? reader_.find_member(key.name)
                             : reader_.find_member(key.name, {key.alias});
  }
  const SpecNode& require(const Key& key);
  void refuse_misplaced(unsigned kind);
  void refuse_distribution() const;
  [[noreturn]] void fail_without_type() const;
  Domain float_range(bool log);
  Domain int_range(bool log);
  Domain choice(bool ordered);
  template <class Range>
  void check_bounds(const Range& bounds) const;
  template <class Range>
  void note_grid(const Range& bounds, const Value& last);

  const SpecNode& node_;
  ObjectReader reader_;
  std::vector<std::string>* notes_;
  std::string type_;
};

struct Type {
  std::string_view name;
  Kind kind;
  Domain (Section::*read)();
};

constexpr std::array<Type, 7> kTypes = {{{"uniform", range, &Section::uniform},
                                         {"log_uniform", log_range, &Section::log_uniform},
                                         {"int", range, &Section::integers},
                                         {"log_int", log_range, &Section::log_integers},
                                         {"categorical", list, &Section::categorical},
                                         {"ordinal", list, &Section::ordinal},
                                         {"constant", single, &Section::constant}}};

std::string quoted(std::string_view text) { return shown(json_quoted(text)); }

const Type& type_named(const SpecNode& node) {
  std::vector<std::string> names;
  for (const Type& type : kTypes) {
    if (type.name == node.as_string()) {
      return type;
    }
    names.emplace_back(type.name);
  }
  const auto near = did_you_mean(node.string, names);
  node.fail("no parameter type is called " + quoted(node.string) +
            (near ? "; did you mean " + quoted(*near) + "?"
                  : "; there are uniform, log_uniform, int, log_int, categorical, ordinal and "
                    "constant"));
}

ParsedDomain Section::read() {
  refuse_distribution();
  const SpecNode* const type_node = reader_.find("type");
  if (type_node == nullptr) {
    fail_without_type();
  }
  const Type& type = type_named(*type_node);
  type_ = type.name;
  refuse_misplaced(type.kind);
  ParsedDomain parsed{.domain = (this->*type.read)(), .when = reader_.find("when")};
  reader_.finish();
  return parsed;
}

const SpecNode& Section::require(const Key& key) {
  const SpecMember* const member = find(key);
  if (member == nullptr) {
    node_.fail(quoted(key.name) + " is missing; " + type_ + " needs it");
  }
  return *member->value;
}

void Section::refuse_misplaced(unsigned kind) {
  for (const Key& key : {kMin, kMax, kStep, kChoices, kValue}) {
    const SpecMember* const member = (key.kinds & kind) == 0 ? find(key) : nullptr;
    if (member != nullptr) {
      throw SpecError(member->key_place, quoted(member->key) + " does not go with the type " +
                                             type_ + "; it is for " + std::string(key.types));
    }
  }
}

// Sweeps of W&B have the same outer shape, but their log_uniform takes exponents.
void Section::refuse_distribution() const {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOurs = {
      {{"log_uniform", "log_uniform"},
       {"log_uniform_values", "log_uniform"},
       {"q_log_uniform", "log_int"},
       {"q_log_uniform_values", "log_int"},
       {"q_uniform", "uniform"},
       {"uniform", "uniform"},
       {"int_uniform", "int"},
       {"categorical", "categorical"},
       {"constant", "constant"}}};
  for (const SpecMember& member : node_.members) {
    if (member.key != "distribution") {
      continue;
    }
    const std::string& theirs = member.value->string;
    std::string remedy = "use \"type\" with one of autoglm's types";
    for (const auto& [their_name, our_name] : kOurs) {
      if (theirs == their_name) {
        remedy = "write \"type\": " + quoted(our_name);
      }
    }
    if (theirs == "log_uniform" || theirs == "q_log_uniform") {
      remedy += " and as bounds the values themselves: W&B's " + theirs +
                " has exponents (min -5 means exp(-5)), ours does not";
    }
    throw SpecError(member.key_place, "\"distribution\" is a word of W&B; " + remedy);
  }
}

void Section::fail_without_type() const {
  std::string likely = "uniform";
  if (node_.member("choices") != nullptr || node_.member("values") != nullptr) {
    likely = "categorical";
  } else if (node_.member("value") != nullptr) {
    likely = "constant";
  } else if (const SpecNode* min = node_.member("min");
             min != nullptr && min->is(SpecNode::Kind::integer)) {
    likely = "int";
  }
  node_.fail("\"type\" is missing; every parameter needs it, here probably " + quoted(likely));
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
    min.fail("must be above 0 for log_uniform, not " + number_text(bounds.min));
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
    step.fail("must be above 0, not " + number_text(bounds.step));
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
  if (huge || std::abs(node.as_integer()) > kGreatestInteger) {
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
    min.fail("must be at least 1 for log_int, not " + std::to_string(bounds.min));
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
      element->fail(shown(value_json(value)) + " is the same value as choice " +
                    std::to_string(first->second) + ", " +
                    shown(value_json(result.choices[first->second])) + "; remove one of the two");
    }
    result.choices.push_back(value);
  }
  if (result.choices.empty()) {
    node.fail("must have at least one choice");
  }
  return result;
}

}  // namespace

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
  return Section(node, notes).read();
}

}  // namespace autoglm
