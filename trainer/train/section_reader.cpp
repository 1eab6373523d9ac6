#include "trainer/train/section_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

namespace autoglm {
namespace {

std::string bounds_text(const NumberBounds& bounds) {
  std::vector<std::string> rules;
  if (std::isfinite(bounds.at_least)) {
    rules.push_back(fmt::format("{} {}", bounds.above ? "above" : "at least", bounds.at_least));
  }
  if (std::isfinite(bounds.at_most)) {
    rules.push_back(fmt::format("{} {}", bounds.below ? "below" : "at most", bounds.at_most));
  }
  return fmt::format("{}{}", fmt::join(rules, " and "), bounds.or_zero ? ", or 0" : "");
}

bool keeps_to(const NumberBounds& bounds, double number) {
  const bool low = bounds.above ? number <= bounds.at_least : number < bounds.at_least;
  const bool high = bounds.below ? number >= bounds.at_most : number > bounds.at_most;
  return !(low || high) || (bounds.or_zero && number == 0);
}

}  // namespace

double bounded_number(const SpecNode& node, const NumberBounds& bounds) {
  const double number = node.as_number();
  if (!keeps_to(bounds, number)) {
    node.fail(fmt::format("must be {}, not {}", bounds_text(bounds), number));
  }
  if (!bounds.f32) {
    return number;
  }
  if (std::abs(number) > std::numeric_limits<float>::max()) {
    node.fail(fmt::format("must fit into an f32, of a size up to 3.4e38, and {} does not", number));
  }
  const auto nearest = static_cast<float>(number);
  if (!keeps_to(bounds, nearest)) {
    node.fail(fmt::format("must be {} also as an f32, and {} is {} then", bounds_text(bounds),
                          number, nearest));
  }
  return number;
}

SectionReader SectionReader::describing() {
  static const SpecRoot nothing = read_spec("{}", "");
  SectionReader reader(*nothing, "");
  reader.describing_ = true;
  return reader;
}

const SpecNode* SectionReader::find(std::string_view key, const Schema& schema) {
  if (describing_) {
    keys_.push_back({.name = std::string(key), .schema = schema()});
    return nullptr;
  }
  return reader_.find(key);
}

const SpecNode* SectionReader::require(std::string_view key, const Schema& schema) {
  if (describing_) {
    keys_.push_back({.name = std::string(key), .schema = schema(), .required = true});
    return nullptr;
  }
  return &reader_.require(key);
}

void SectionReader::number(std::string_view key, const NumberBounds& bounds, double& target) {
  if (const SpecNode* node = find(key, number_schema(bounds))) {
    target = bounded_number(*node, bounds);
  }
}

void SectionReader::integer(std::string_view key, std::int64_t at_least, std::int64_t at_most,
                            std::int64_t& target) {
  if (const SpecNode* node = find(key, integer_schema(at_least, at_most))) {
    target = node->as_integer(at_least, at_most);
  }
}

void SectionReader::seed(std::string_view key, std::uint64_t& target) {
  auto signed_seed = static_cast<std::int64_t>(target);
  integer(key, 0, std::int64_t{1} << 53, signed_seed);
  target = static_cast<std::uint64_t>(signed_seed);
}

void SectionReader::flag(std::string_view key, bool& target) {
  if (const SpecNode* node = find(key, flag_schema())) {
    target = node->as_bool();
  }
}

void SectionReader::bytes(std::string_view key, std::int64_t& target) {
  if (const SpecNode* node = find(key, bytes_schema())) {
    target = bytes_of(*node);
  }
}

void SectionReader::fail_word(const SpecNode& node, const std::vector<std::string>& words) {
  const std::string& given = node.as_string();
  const auto meant = did_you_mean(given, words);
  node.fail(fmt::format("there is no {}; {}", json_quoted(given),
                        meant ? fmt::format("did you mean {}?", json_quoted(*meant))
                              : fmt::format("write one of {}", fmt::join(words, ", "))));
}

std::int64_t bytes_of(const SpecNode& node) {
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  if (node.is(SpecNode::Kind::integer)) {
    return node.as_integer(1, kMost);
  }
  const std::string& text = node.as_string();
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  double factor = 0;
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"B", 1},        {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},    {"TB", 1e12},
      {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
  for (const auto& [name, value] : kUnits) {
    factor = unit == name ? value : factor;
  }
  if (error != std::errc() || factor == 0 || !(number * factor >= 1) ||
      number * factor > static_cast<double>(kMost)) {
    node.fail(fmt::format("{} is no amount of memory; write 512MB or 2GiB", json_quoted(text)));
  }
  return static_cast<std::int64_t>(number * factor);
}

std::vector<std::int64_t> integers_of(const SpecNode& node, std::int64_t at_least,
                                      std::int64_t at_most) {
  if (!node.is(SpecNode::Kind::array)) {
    return {node.as_integer(at_least, at_most)};
  }
  std::vector<std::int64_t> numbers;
  for (const auto& element : node.elements) {
    numbers.push_back(element->as_integer(at_least, at_most));
  }
  return numbers;
}

}  // namespace autoglm
