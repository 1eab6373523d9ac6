#include "storage/json_text.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "search_space/value.h"

namespace autoglm {
namespace {

rapidjson::Document parse(std::string_view text) {
  constexpr unsigned kFlags = rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag;
  rapidjson::Document document;
  document.Parse<kFlags>(text.data(), text.size());
  return document;
}

std::string text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

std::string json_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                    rapidjson::CrtAllocator, rapidjson::kWriteNanAndInfFlag>
      writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

Value scalar(const rapidjson::Value& value) {
  if (value.IsNull()) {
    return std::monostate{};
  }
  if (value.IsBool()) {
    return value.GetBool();
  }
  if (value.IsInt64()) {
    return std::int64_t{value.GetInt64()};
  }
  if (value.IsNumber()) {
    return value.GetDouble();
  }
  return value.IsString() ? text_of(value) : json_of(value);
}

double number(const rapidjson::Value& value) {
  if (value.IsNumber()) {
    return value.GetDouble();
  }
  if (value.IsString() && text_of(value) == "inf") {
    return std::numeric_limits<double>::infinity();
  }
  if (value.IsString() && text_of(value) == "-inf") {
    return -std::numeric_limits<double>::infinity();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::string quoted_number(double value) {
  if (std::isnan(value)) {
    return "\"nan\"";
  }
  if (std::isinf(value)) {
    return value > 0 ? "\"inf\"" : "\"-inf\"";
  }
  return lossless_json(Value(value));
}

// The shortest text that reads back as the same floating-point number, told from an integer.
std::string double_json(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "Infinity" : "-Infinity";
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text(buffer.data(), end.ptr);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

template <typename Items, typename Json>
std::string array_json(const Items& items, const Json& json) {
  std::string text = "[";
  for (const auto& item : items) {
    text += (text.size() == 1 ? "" : ", ") + json(item);
  }
  return text + "]";
}

template <typename Items, typename Json>
std::string object_json(const Items& items, const Json& json) {
  std::string text = "{";
  for (const auto& [name, item] : items) {
    text += (text.size() == 1 ? "" : ", ") + json_quoted(name) + ": " + json(item);
  }
  return text + "}";
}

}  // namespace

Configuration configuration_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  std::vector<Configuration::Item> items;
  if (document.IsObject()) {
    for (const auto& member : document.GetObject()) {
      items.emplace_back(text_of(member.name), scalar(member.value));
    }
  }
  return Configuration(std::move(items));
}

std::string lossless_json(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    return double_json(*number);
  }
  return value_json(value);
}

std::string lossless_json(const Configuration& configuration) {
  return object_json(configuration, [](const Value& value) { return lossless_json(value); });
}

MetricValues metrics_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  MetricValues metrics;
  if (document.IsObject()) {
    for (const auto& member : document.GetObject()) {
      metrics.emplace_back(text_of(member.name), number(member.value));
    }
  }
  return metrics;
}

std::string metrics_json(const MetricValues& metrics) {
  return object_json(metrics, quoted_number);
}

std::vector<double> numbers_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  std::vector<double> numbers;
  if (document.IsArray()) {
    for (const auto& element : document.GetArray()) {
      numbers.push_back(number(element));
    }
  }
  return numbers;
}

std::string numbers_json(const std::vector<double>& numbers) {
  return array_json(numbers, quoted_number);
}

std::vector<std::string> strings_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  std::vector<std::string> strings;
  if (document.IsArray()) {
    for (const auto& element : document.GetArray()) {
      strings.push_back(element.IsString() ? text_of(element) : json_of(element));
    }
  }
  return strings;
}

std::string strings_json(const std::vector<std::string>& strings) {
  return array_json(strings, [](const std::string& string) { return json_quoted(string); });
}

std::string string_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  return document.IsString() ? text_of(document) : std::string();
}

Distribution distribution_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  Distribution distribution;
  if (!document.IsObject()) {
    return distribution;
  }
  const auto name = document.FindMember("name");
  const auto type = document.FindMember("type");  // the short form: {"type": "int", "low": …}
  const auto& kind = name != document.MemberEnd() ? name : type;
  const std::string word =
      kind != document.MemberEnd() && kind->value.IsString() ? text_of(kind->value) : "";
  if (word.starts_with("Int") || word == "int") {
    distribution.kind = Distribution::Kind::integer;
  } else if (word == "CategoricalDistribution" || word == "categorical") {
    distribution.kind = Distribution::Kind::categorical;
  }
  const auto attributes = document.FindMember("attributes");
  const rapidjson::Value& members =
      attributes != document.MemberEnd() ? attributes->value : document;
  if (members.IsObject() && members.HasMember("choices") && members["choices"].IsArray()) {
    for (const auto& choice : members["choices"].GetArray()) {
      distribution.choices.push_back(scalar(choice));
    }
  }
  return distribution;
}

std::optional<Domain> domain_from_json(std::string_view text) {
  const rapidjson::Document document = parse(text);
  if (!document.IsObject()) {
    return std::nullopt;
  }
  const Distribution distribution = distribution_from_json(text);
  if (distribution.kind == Distribution::Kind::categorical) {
    return Choice{.choices = distribution.choices};
  }
  const auto attributes = document.FindMember("attributes");
  const rapidjson::Value& members =
      attributes != document.MemberEnd() ? attributes->value : document;
  if (!members.IsObject() || !members.HasMember("low") || !members.HasMember("high")) {
    return std::nullopt;
  }
  const std::string word(document.HasMember("name") ? text_of(document["name"]) : "");
  const bool log = word.find("Log") != std::string::npos ||
                   (members.HasMember("log") && members["log"].IsTrue());
  double step = 0;
  for (const char* const key : {"step", "q"}) {
    if (members.HasMember(key) && members[key].IsNumber()) {
      step = members[key].GetDouble();
    }
  }
  const double low = number(members["low"]);
  const double high = number(members["high"]);
  if (distribution.kind == Distribution::Kind::integer) {
    return IntRange{.min = static_cast<std::int64_t>(low),
                    .max = static_cast<std::int64_t>(high),
                    .step = log || step < 1 ? 1 : static_cast<std::int64_t>(step),
                    .log = log};
  }
  return FloatRange{.min = low, .max = high, .step = log ? 0 : step, .log = log};
}

bool has_odd_choices(std::string_view text) {
  const rapidjson::Document document = parse(text);
  const auto attributes = document.IsObject() ? document.FindMember("attributes")
                                              : rapidjson::Value::ConstMemberIterator{};
  if (!document.IsObject() || attributes == document.MemberEnd() || !attributes->value.IsObject() ||
      !attributes->value.HasMember("choices")) {
    return false;
  }
  const rapidjson::Value& choices = attributes->value["choices"];
  return choices.IsArray() && std::any_of(choices.Begin(), choices.End(), [](const auto& choice) {
           return choice.IsArray() || choice.IsObject() ||
                  (choice.IsDouble() && !std::isfinite(choice.GetDouble()));
         });
}

}  // namespace autoglm
