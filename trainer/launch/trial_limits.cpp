#include "trainer/launch/trial_limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "trainer/launch/text_template.h"

namespace autoglm {
namespace {

constexpr SpecKey kTimeout{.name = "timeout", .schema = kDurationSchema};
constexpr SpecKey kGrace{.name = "grace", .schema = kDurationSchema};
constexpr SpecKey kRetries{.name = "retries", .schema = kIndexSchema};
constexpr SpecKey kMaxAttempts{.name = "max_attempts", .schema = kCountSchema};
constexpr SpecKey kSeeds{.name = "seeds", .schema = kCountSchema};
constexpr SpecKey kGpus{.name = "gpus", .schema = kIndexSchema};
constexpr SpecKey kGpuDevices{.name = "gpu_devices",
                              .schema = R"({"type": "array", "uniqueItems": true, )"
                                        R"("items": {"type": "integer", "minimum": 0}})"};
constexpr SpecKey kEnv{
    .name = "env", .schema = R"({"type": "object", "additionalProperties": {"type": "string"}})"};

constexpr std::int64_t kManyTimes = 1'000'000;
constexpr std::int64_t kManyDevices = 1024;

int as_int(const SpecNode& node, std::int64_t at_least, std::int64_t at_most) {
  return static_cast<int>(node.as_integer(at_least, at_most));
}

void read_environment(const SpecNode& node, const SearchSpace& space, CommandSpec& spec) {
  for (const SpecMember& variable : node.as_object()) {
    if (variable.key.empty() || variable.key.find('=') != std::string::npos) {
      throw SpecError(variable.key_place,
                      fmt::format("{} cannot be a variable's name; it must not be empty nor have "
                                  "\"=\" in it",
                                  json_quoted(variable.key)));
    }
    spec.env.emplace_back(variable.key, parse_template(*variable.value, space));
  }
}

void read_devices(const SpecNode& node, CommandSpec& spec) {
  for (const auto& element : node.as_array()) {
    const int device = as_int(*element, 0, kManyDevices);
    if (std::count(spec.gpu_devices.begin(), spec.gpu_devices.end(), device) > 0) {
      element->fail(fmt::format("device {} is named twice", device));
    }
    spec.gpu_devices.push_back(device);
  }
  if (spec.gpus == 0) {
    node.fail("needs \"gpus\": how many devices a trial gets");
  }
  if (spec.gpu_devices.size() < static_cast<std::size_t>(spec.gpus)) {
    node.fail(fmt::format("names {} of the {} devices that a trial asks for (\"gpus\")",
                          spec.gpu_devices.size(), spec.gpus));
  }
}

}  // namespace

void read_trial_limits(ObjectReader& reader, CommandSpec& spec) {
  if (const SpecNode* timeout = find(reader, kTimeout)) {
    spec.timeout_seconds = timeout->as_seconds();
    spec.timeout_text = timeout->string;
    if (*spec.timeout_seconds <= 0) {
      timeout->fail("must be longer than 0");
    }
  }
  if (const SpecNode* grace = find(reader, kGrace)) {
    spec.grace_seconds = grace->as_seconds();
  }
  const auto read_count = [&](const SpecKey& key, std::int64_t least, std::int64_t most,
                              int& count) {
    if (const SpecNode* node = find(reader, key)) {
      count = as_int(*node, least, most);
    }
  };
  read_count(kRetries, 0, kManyTimes, spec.retries);
  read_count(kMaxAttempts, 1, kManyTimes, spec.max_attempts);
  read_count(kSeeds, 1, kManyTimes, spec.seeds);
  read_count(kGpus, 0, kManyDevices, spec.gpus);
  if (const SpecNode* devices = find(reader, kGpuDevices)) {
    read_devices(*devices, spec);
  }
}

void read_trial_environment(ObjectReader& reader, const SearchSpace& space, CommandSpec& spec) {
  if (const SpecNode* env = find(reader, kEnv)) {
    read_environment(*env, space, spec);
  }
}

std::vector<SpecKey> trial_limit_keys() {
  return {kTimeout, kGrace, kRetries, kMaxAttempts, kSeeds, kGpus, kGpuDevices, kEnv};
}

void check_variables(const SpecNode& section, const SearchSpace& space) {
  std::vector<std::pair<std::string, std::string>> seen;
  for (const Parameter& parameter : space.parameters()) {
    const std::string variable = parameter_variable(parameter.name);
    const auto twin = std::find_if(seen.begin(), seen.end(),
                                   [&](const auto& other) { return other.first == variable; });
    if (!variable.empty() && twin != seen.end()) {
      section.fail(fmt::format("parameters {} and {} would both be {} to a trial; rename one",
                               json_quoted(twin->second), json_quoted(parameter.name), variable));
    }
    seen.emplace_back(variable, parameter.name);
  }
}

}  // namespace autoglm
