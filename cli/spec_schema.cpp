#include "cli/spec_schema.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>

#include <string_view>
#include <vector>

#include "cli/json_writer.h"
#include "cli/spec.h"
#include "optimizer/metric_keys.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/searchers/catalog.h"
#include "search_space/parse_domain.h"
#include "trainer/launch/command_spec.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

std::vector<std::string_view> names_of(const SpecKey& key) {
  std::vector<std::string_view> names{key.name};
  for (const std::string_view alias : key.aliases) {
    if (!alias.empty()) {
      names.push_back(alias);
    }
  }
  return names;
}

/// One of the names at least (a required key), and never two; a list that is not empty.
void write_rules(JsonWriter& json, const std::vector<SpecKey>& keys) {
  json.begin_array().begin_object().end_object();
  for (const SpecKey& key : keys) {
    const std::vector<std::string_view> names = names_of(key);
    if (key.required) {
      json.begin_object().key("anyOf").begin_array();
      for (const std::string_view name : names) {
        json.begin_object().key("required").begin_array().text(name).end_array().end_object();
      }
      json.end_array().end_object();
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (std::size_t j = i + 1; j < names.size(); ++j) {
        json.begin_object().key("not").begin_object().key("required").begin_array();
        json.text(names[i]).text(names[j]).end_array().end_object().end_object();
      }
    }
  }
  json.end_array();
}

/// An object of `keys` and of the user's own x-… ones. `type`: it has this "type"; empty: it has
/// none that the keys do not say.
std::string object_schema(const std::vector<SpecKey>& keys, std::string_view type = "") {
  JsonWriter json;
  json.begin_object().key("type").text("object").key("properties").begin_object();
  if (!type.empty()) {
    json.key("type").begin_object().key("const").text(type).end_object();
  }
  for (const SpecKey& key : keys) {
    for (const std::string_view name : names_of(key)) {
      json.key(name).raw(key.schema);
    }
  }
  json.end_object().key("patternProperties").raw(R"({"^x-": {}})");
  json.key("additionalProperties").boolean(false);
  if (!type.empty()) {
    json.key("required").begin_array().text("type").end_array();
  }
  write_rules(json.key("allOf"), keys);
  return json.end_object().take();
}

std::string choice_of(const std::vector<std::string>& schemas) {
  return fmt::format(R"({{"anyOf": [{}]}})", fmt::join(schemas, ", "));
}

/// The kind of value that an option has by default; null stands for a number that may be missing.
std::string_view schema_of_default(const SpecNode& value) {
  switch (value.kind) {
    case SpecNode::Kind::string:
      return kTextSchema;
    case SpecNode::Kind::boolean:
      return R"({"type": "boolean"})";
    case SpecNode::Kind::integer:
    case SpecNode::Kind::null:
      return kIntegerSchema;
    case SpecNode::Kind::number:
      return kNumberSchema;
    default:
      return R"({"type": "object"})";
  }
}

/// A strategy by its name, or as an object of `type` and the options that `defaults` lists.
std::vector<std::string> strategy_schemas(const std::string& name, const std::string& defaults) {
  const SpecRoot options = read_spec(defaults, name);
  std::vector<SpecKey> keys;
  for (const SpecMember& member : options->members) {
    keys.push_back({.name = member.key, .schema = schema_of_default(*member.value)});
  }
  return {fmt::format(R"({{"const": {}}})", json_quoted(name)), object_schema(keys, name)};
}

SpecRoot named(const std::string& name) {
  SpecNode node;
  node.kind = SpecNode::Kind::string;
  node.string = name;
  return std::make_shared<const SpecNode>(std::move(node));
}

std::string searcher_schema() {
  const SearchSpace space({{.name = "x", .domain = IntRange{.min = 0, .max = 1}}}, {});
  std::vector<std::string> schemas = strategy_schemas("auto", "{}");
  for (const auto& [name, summary] : searcher_names()) {
    if (name != "auto") {
      const std::string options = make_searcher(named(name).get(), space, {}).options;
      for (std::string& schema : strategy_schemas(name, options)) {
        schemas.push_back(std::move(schema));
      }
    }
  }
  return choice_of(schemas);
}

std::string rule_schema() {
  std::vector<std::string> schemas{R"({"type": "null"})"};
  for (const auto& [name, summary] : pruner_names()) {
    for (std::string& schema : strategy_schemas(name, make_pruner(named(name).get()).options)) {
      schemas.push_back(std::move(schema));
    }
  }
  return choice_of(schemas);
}

std::string parameters_schema() {
  std::vector<std::string> types;
  types.reserve(kParameterTypes.size());
  for (const ParameterType type : kParameterTypes) {
    types.push_back(object_schema(parameter_keys(type), type_name(type)));
  }
  return fmt::format(
      R"({{"type": "object", "minProperties": 1, "patternProperties": {{"^x-": {{}}}}, )"
      R"("propertyNames": {{"pattern": "^(?!trial\\.|study\\.)[^{{}}]+$"}}, )"
      R"("additionalProperties": {}}})",
      choice_of(types));
}

std::string metrics_schema() {
  const std::string one = object_schema(metric_keys());
  return fmt::format(R"({{"anyOf": [{0}, {{"type": "array", "minItems": 1, "items": {0}}}]}})",
                     one);
}

/// The definitions of a training trial's sections, each followed by a comma.
std::string train_definitions() {
  std::string definitions;
  for (const SectionDescription& section : train_sections()) {
    std::vector<SpecKey> keys;
    keys.reserve(section.keys.size());
    for (const SectionKey& key : section.keys) {
      keys.push_back({.name = key.name, .schema = key.schema, .required = key.required});
    }
    definitions += fmt::format("{}: {}, ", json_quoted(section.name), object_schema(keys));
  }
  return definitions;
}

/// `metric` or `metrics`, and what spec_keys() says.
std::string top_schema() {
  std::string schema = object_schema(spec_keys());
  schema.pop_back();
  return schema +
         R"(, "oneOf": [{"required": ["metric"]}, {"required": ["metrics"]}], "definitions": {)" +
         fmt::format(R"("metrics": {}, "parameters": {}, "searcher": {}, "early_stopping": {}, )"
                     R"({}"trial": {}}}, "$schema": "http://json-schema.org/draft-07/schema#", )"
                     R"("title": "autoglm spec"}})",
                     metrics_schema(), parameters_schema(), searcher_schema(), rule_schema(),
                     train_definitions(),
                     choice_of({object_schema(command_keys()), object_schema(train_trial_keys())}));
}

}  // namespace

std::string spec_schema() {
  rapidjson::Document document;
  const std::string schema = top_schema();
  document.Parse(schema.data(), schema.size());
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  writer.SetFormatOptions(rapidjson::kFormatSingleLineArray);
  document.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace autoglm
