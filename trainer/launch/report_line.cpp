#include "trainer/launch/report_line.h"

#include <fmt/format.h>

#include <cmath>
#include <deque>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "search_space/value.h"

namespace autoglm {
namespace {

using nlohmann::json;

/// JSON text in which every NaN, Infinity and -Infinity has become a null; `nulls` tells, for each
/// null in turn, the number it stands for (nothing for one that was a null before).
struct PlainJson {
  std::string text{};
  std::deque<std::optional<double>> nulls{};
};

PlainJson without_bare_numbers(std::string_view line) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::pair<std::string_view, std::optional<double>> words[] = {
      {"NaN", std::numeric_limits<double>::quiet_NaN()},
      {"-Infinity", -kInfinity},
      {"Infinity", kInfinity},
      {"null", std::nullopt}};
  PlainJson plain;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t length = 1;
    std::string_view replacement = line.substr(i, 1);
    if (in_string && line[i] == '\\') {
      length = 2;
      replacement = line.substr(i, 2);
    } else if (line[i] == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      for (const auto& [word, number] : words) {
        if (line.substr(i, word.size()) == word) {
          plain.nulls.push_back(number);
          length = word.size();
          replacement = "null";
          break;
        }
      }
    }
    plain.text += replacement;
    i += length;
  }
  return plain;
}

/// Collects the numbers of the top level; every callback says whether the line still fits.
class ReportReader : public nlohmann::json_sax<json> {
 public:
  explicit ReportReader(std::deque<std::optional<double>> nulls) : nulls_(std::move(nulls)) {}

  ReportLine take() { return std::move(report_); }

  bool null() override {
    std::optional<double> number;
    if (!nulls_.empty()) {
      number = nulls_.front();
      nulls_.pop_front();
    }
    return number ? take_number(*number) : take_other();
  }
  bool boolean(bool) override { return take_other(); }
  bool number_integer(number_integer_t value) override {
    return is_step() ? false : take_number(static_cast<double>(value));  // negative by the parser
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (!is_step()) {
      return take_number(static_cast<double>(value));
    }
    report_.step = static_cast<std::int64_t>(value);
    return value <= static_cast<std::uint64_t>(kMaxStep);
  }
  bool number_float(number_float_t value, const string_t&) override { return take_number(value); }
  bool string(string_t&) override { return take_other(); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return take_other() && ++depth_ > 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      key_ = name;
    }
    return true;
  }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return depth_ > 0 && take_other() && ++depth_ > 0; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  bool is_step() const { return depth_ == 1 && key_ == "step"; }
  bool take_other() const { return !is_step(); }
  bool take_number(double number) {
    if (depth_ != 1) {
      return true;
    }
    if (!is_step()) {
      set_metric(report_.metrics, key_, number);
      return true;
    }
    const bool fits =
        number >= 0 && number <= static_cast<double>(kMaxStep) && std::trunc(number) == number;
    report_.step = fits ? static_cast<std::int64_t>(number) : 0;
    return fits;
  }

  ReportLine report_{};
  std::deque<std::optional<double>> nulls_;
  std::string key_{};
  int depth_ = 0;
};

bool ends_like_a_tag(std::string_view text) {
  return text.empty() || std::string_view(":] \t").find(text.back()) != std::string_view::npos;
}

}  // namespace

std::optional<ReportLine> parse_report_line(std::string_view line) {
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  const std::size_t first = line.find('{');
  const bool may_fit = line.size() <= kMaxReportLine && first != std::string_view::npos &&
                       line[last] == '}' && ends_like_a_tag(line.substr(0, first));
  if (!may_fit) {
    return std::nullopt;
  }
  const std::string_view object = line.substr(first, last + 1 - first);
  const bool has_bare_number = object.find("NaN") != std::string_view::npos ||
                               object.find("Infinity") != std::string_view::npos;
  PlainJson plain;
  if (has_bare_number) {
    plain = without_bare_numbers(object);
  }
  ReportReader reader(std::move(plain.nulls));
  const std::string_view text = has_bare_number ? std::string_view(plain.text) : object;
  if (!json::sax_parse(text, &reader)) {
    return std::nullopt;
  }
  ReportLine report = reader.take();
  return report.metrics.empty() ? std::nullopt : std::optional(std::move(report));
}

std::string format_report_line(const ReportLine& report) {
  std::string line = "{";
  if (report.step) {
    line += fmt::format("\"step\": {}, ", *report.step);
  }
  for (const auto& [name, number] : report.metrics) {
    std::string text = number_text(number);
    if (!std::isfinite(number)) {
      text = std::isnan(number) ? "NaN" : (number > 0 ? "Infinity" : "-Infinity");
    }
    line += fmt::format("{}: {}, ", json_quoted(name), text);
  }
  line.resize(line.size() - 2);
  return line + "}";
}

}  // namespace autoglm
