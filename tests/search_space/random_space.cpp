#include "random_space.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "search_space/spec_document.h"
#include "search_space/value.h"

namespace autoglm {
namespace {

/// A parameter as far as conditions and constraints on it need to know.
struct Drawn {
  std::string name{};   // as expressions write it
  std::string json{};   // its object without the last brace
  bool numeric = true;  // a range
  double low = 0;       // of ranges
  double high = 0;
  std::vector<Value> choices{};
};

class Generator {
 public:
  Generator(Rng& rng, const RandomSpaceOptions& options) : rng_(rng), options_(options) {}

  std::string spec();

 private:
  Drawn parameter();
  Drawn float_range();
  Drawn grid();
  Drawn int_range();
  Drawn choice();
  std::string comparison(const Drawn& on);
  std::string condition(std::size_t index);
  std::string constraint();

  bool chance(double p) { return rng_.uniform() < p; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(high - low + 1)));
  }

  Rng& rng_;
  const RandomSpaceOptions& options_;
  std::vector<Drawn> drawn_{};
};

// A number as people write it.
double short_number(double x) {
  return std::strtod(number_text(std::round(x * 1000) / 1000).c_str(), nullptr);
}

std::string range_json(const std::string& type, const std::string& low, const std::string& high) {
  return "{\"type\": \"" + type + "\", \"min\": " + low + ", \"max\": " + high;
}

Drawn Generator::float_range() {
  Drawn result;
  const bool log = chance(0.5);
  if (log) {
    result.low = std::pow(10.0, static_cast<double>(between(-12, 3)));
    result.high = result.low * std::pow(10.0, static_cast<double>(between(0, 9)));
  } else {
    result.low = short_number(200 * rng_.uniform() - 100);
    result.high = chance(0.1) ? result.low : result.low + 0.001 + 1000 * rng_.uniform();
  }
  result.json = range_json(log ? "log_uniform" : "uniform", number_text(result.low),
                           number_text(result.high));
  return result;
}

Drawn Generator::grid() {
  Drawn result;
  const double step = static_cast<double>(between(1, 40)) / 100;
  result.low = short_number(20 * rng_.uniform() - 10);
  result.high = result.low + step * (1 + 4 * rng_.uniform());
  result.json = range_json("uniform", number_text(result.low), number_text(result.high)) +
                ", \"step\": " + number_text(step);
  return result;
}

Drawn Generator::int_range() {
  Drawn result;
  const bool log = chance(0.5);
  const std::int64_t low = log ? between(1, 50) : between(-20, 20);
  const std::int64_t width = between(0, options_.continuous ? 1000 : 5);
  result.low = static_cast<double>(low);
  result.high = static_cast<double>(low + width);
  result.json =
      range_json(log ? "log_int" : "int", std::to_string(low), std::to_string(low + width));
  if (!log && width > 1 && chance(0.4)) {
    result.json += ", \"step\": " + std::to_string(between(1, width));
  }
  return result;
}

Drawn Generator::choice() {
  const std::vector<Value> all = {std::string("adam"),
                                  std::string("sgd"),
                                  std::string("a 'b' \"c\""),
                                  std::string("é{}"),
                                  std::int64_t{16},
                                  std::int64_t{1},
                                  2.5,
                                  false};
  Drawn result{.numeric = false};
  const auto first = static_cast<std::size_t>(between(0, 7));
  const auto count = static_cast<std::size_t>(between(1, 5));
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    result.choices.push_back(all[(first + i) % all.size()]);
    list += (i == 0 ? "" : ", ") + value_json(result.choices.back());
  }
  if (count == 1) {
    result.json = "{\"type\": \"constant\", \"value\": " + list;
    return result;
  }
  result.json = std::string("{\"type\": \"") + (chance(0.5) ? "categorical" : "ordinal") +
                "\", \"choices\": [" + list + "]";
  return result;
}

Drawn Generator::parameter() {
  const std::int64_t kind = between(options_.continuous ? 0 : 1, 3);
  Drawn result = kind == 0   ? float_range()
                 : kind == 1 ? grid()
                 : kind == 2 ? int_range()
                             : choice();
  const std::vector<std::string> shapes = {"p", "learning rate ", "Größe-", "a.b/", "in "};
  const auto shape = static_cast<std::size_t>(chance(0.6) ? 0 : between(1, 4));
  result.name = shapes[shape] + std::to_string(drawn_.size());
  return result;
}

std::string in_expression(const std::string& name) { return "`" + name + "`"; }

std::string literal(const Value& value) {
  const auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    return value_text(value);
  }
  std::string quoted = "'";
  for (const char c : *text) {
    quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return quoted + "'";
}

// Holds for some values of `on` and, unless there is but one, not for others.
std::string Generator::comparison(const Drawn& on) {
  const std::string name = in_expression(on.name);
  if (on.numeric) {
    const double bound = on.low + (on.high - on.low) * rng_.uniform();
    return name + (chance(0.5) ? " <= " : " > ") + number_text(bound);
  }
  const Value& one = on.choices[rng_.below(on.choices.size())];
  const Value& other = on.choices[rng_.below(on.choices.size())];
  switch (between(0, 3)) {
    case 0:
      return name + " == " + literal(one);
    case 1:
      return name + " != " + literal(one);
    case 2:
      return "not " + name + " == " + literal(one);
    default:
      return name + (chance(0.5) ? " in [" : " not in [") + literal(one) + ", " + literal(other) +
             "]";
  }
}

// On parameters before `index`.
std::string Generator::condition(std::size_t index) {
  std::string first = comparison(drawn_[rng_.below(index)]);
  if (chance(0.6)) {
    return first;
  }
  return first + (chance(0.5) ? " and " : " or ") + comparison(drawn_[rng_.below(index)]);
}

std::string Generator::constraint() {
  std::vector<const Drawn*> ranges;
  for (const Drawn& drawn : drawn_) {
    if (drawn.numeric) {
      ranges.push_back(&drawn);
    }
  }
  if (ranges.empty()) {
    return "true";
  }
  const Drawn& a = *ranges[rng_.below(ranges.size())];
  const Drawn& b = *ranges[rng_.below(ranges.size())];
  const double low = a.low + b.low;
  const double high = a.high + b.high;
  return in_expression(a.name) + " + " + in_expression(b.name) +
         " <= " + number_text(low + (high - low) * (0.5 + 0.4 * rng_.uniform()));
}

std::string Generator::spec() {
  for (int i = 0; i < options_.parameters; ++i) {
    drawn_.push_back(parameter());
  }
  std::vector<std::string> members;
  for (std::size_t i = 0; i < drawn_.size(); ++i) {
    std::string member = json_quoted(drawn_[i].name) + ": " + drawn_[i].json;
    if (options_.conditions && i > 0 && chance(0.5)) {
      member += ", \"when\": " + json_quoted(condition(i));
    }
    members.push_back(member + "}");
  }
  for (std::size_t i = members.size(); i > 1; --i) {
    std::swap(members[i - 1], members[rng_.below(i)]);
  }
  std::string json = "{\"parameters\": {\n";
  for (const std::string& member : members) {
    json += (&member == &members.front() ? "  " : ",\n  ") + member;
  }
  json += "},\n\"constraints\": [";
  const std::int64_t constraints = options_.constraints ? between(0, 2) : 0;
  for (std::int64_t i = 0; i < constraints; ++i) {
    json += (i == 0 ? "" : ", ") + json_quoted(constraint());
  }
  return json + "]}\n";
}

}  // namespace

std::string random_spec(Rng& rng, const RandomSpaceOptions& options) {
  return Generator(rng, options).spec();
}

SearchSpace random_space(Rng& rng, const RandomSpaceOptions& options) {
  const SpecRoot root = read_spec(random_spec(rng, options), "random.json");
  return parse_search_space(*root->member("parameters"), root->member("constraints"), nullptr);
}

}  // namespace autoglm
