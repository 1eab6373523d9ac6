#include "trainer/nn/check/check_record.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace autoglm::nn {
namespace {

using nlohmann::json;

constexpr int kSchemaVersion = 1;

// Infinity, the error of NaN in the place of a number, is null.
json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }
double number(const json& value) { return value.is_null() ? INFINITY : value.get<double>(); }

DType type_called(const std::string& name) {
  for (const DType type : {DType::f32, DType::bf16, DType::f16}) {
    if (name == name_of(type)) {
      return type;
    }
  }
  throw std::runtime_error("there is no type \"" + name + "\"");
}

OperationCheck parse_operation(const json& from) {
  return {.cases = from.at("cases").get<int>(),
          .error = number(from.at("error")),
          .limit = number(from.at("limit")),
          .part_of_limit = number(from.at("part_of_limit")),
          .repeatable = from.at("repeatable").get<bool>(),
          .faults = from.at("faults").get<std::vector<std::string>>()};
}

CheckRecord parse(const json& from) {
  if (const int version = from.at("schema_version").get<int>(); version != kSchemaVersion) {
    throw std::runtime_error("schema_version is " + std::to_string(version) + ", must be 1");
  }
  CheckRecord record{.of = {.identity = from.at("identity").get<std::string>(),
                            .driver = from.at("driver").get<std::string>(),
                            .libraries = from.at("libraries").get<std::string>(),
                            .build = from.at("build").get<std::string>(),
                            .program = from.at("autoglm").get<std::string>()},
                     .device = from.at("device").get<std::string>(),
                     .date = from.at("date").get<std::string>()};
  for (const json& operation : from.at("operations")) {
    record.operations[{operation.at("operation").get<std::string>(),
                       type_called(operation.at("type").get<std::string>())}] =
        parse_operation(operation);
  }
  return record;
}

}  // namespace

std::set<Comparison::Key> CheckRecord::wrong() const {
  std::set<Comparison::Key> found;
  for (const auto& [key, check] : operations) {
    if (!check.faults.empty()) {
      found.insert(key);
    }
  }
  return found;
}

std::string CheckRecord::first_fault() const {
  for (const auto& [key, check] : operations) {
    if (!check.faults.empty()) {
      return check.faults.front();
    }
  }
  return "";
}

std::string to_json(const CheckRecord& record) {
  json operations = json::array();
  for (const auto& [key, check] : record.operations) {
    operations.push_back({{"operation", key.first},
                          {"type", name_of(key.second)},
                          {"cases", check.cases},
                          {"error", number(check.error)},
                          {"limit", number(check.limit)},
                          {"part_of_limit", number(check.part_of_limit)},
                          {"repeatable", check.repeatable},
                          {"faults", check.faults}});
  }
  const json whole = {{"schema_version", kSchemaVersion}, {"device", record.device},
                      {"identity", record.of.identity},   {"driver", record.of.driver},
                      {"libraries", record.of.libraries}, {"build", record.of.build},
                      {"autoglm", record.of.program},     {"date", record.date},
                      {"operations", operations}};
  // What a driver says may be no UTF-8.
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

CheckRecord parse_check_record(std::string_view text) {
  try {
    return parse(json::parse(text));
  } catch (const json::exception& error) {
    throw std::runtime_error(error.what());
  }
}

}  // namespace autoglm::nn
