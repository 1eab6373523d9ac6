#include "trainer/train/train_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "trainer/launch/section_template.h"
#include "trainer/launch/trial_limits.h"
#include "trainer/train/parse_train_spec.h"

namespace autoglm {
namespace {

constexpr std::array<std::string_view, 6> kPaths{
    "path", "labels", "validation_path", "validation_labels", "test_path", "test_labels"};

constexpr SpecKey kKind{.name = "kind", .schema = R"({"const": "train"})", .required = true};
constexpr std::array<SpecKey, 3> kSections{
    {{.name = "model", .schema = R"({"$ref": "#/definitions/model"})", .required = true},
     {.name = "data", .schema = R"({"$ref": "#/definitions/data"})", .required = true},
     {.name = "training", .schema = R"({"$ref": "#/definitions/training"})", .required = true}}};

/// Configurations that between them have every parameter at its ends, and every choice: all
/// parameters at once, whatever their conditions, since a condition may hold for any of them.
std::vector<Configuration> corners(const SearchSpace& space) {
  const auto all_at = [&](double position) {
    Configuration all;
    for (const Parameter& parameter : space.parameters()) {
      all.append(parameter.name, value_at(parameter.domain, position));
    }
    return all;
  };
  std::vector<Configuration> found{all_at(0), all_at(1)};
  for (const Parameter& parameter : space.parameters()) {
    if (const auto* choice = std::get_if<Choice>(&parameter.domain)) {
      for (const Value& value : choice->choices) {
        found.push_back(found.front());
        found.back().set(parameter.name, value);
      }
    }
  }
  // What is always there must do where nothing else is.
  Configuration least;
  for (const Parameter& parameter : space.parameters()) {
    if (!parameter.active_if) {
      least.append(parameter.name, value_at(parameter.domain, 0));
    }
  }
  found.push_back(std::move(least));
  return found;
}

/// `section` with the seed of the attempt, so that its file alone gives the same run again; not
/// where the section has one of its own.
SpecRoot with_seed(const SpecNode& section, std::uint64_t seed) {
  SpecNode changed = section;
  for (SpecMember& member : changed.members) {
    if (member.key == "training" && member.value->member("seed") == nullptr) {
      SpecNode number;
      number.kind = SpecNode::Kind::integer;
      number.integer = static_cast<std::int64_t>(seed);
      SpecNode training = *member.value;
      training.members.push_back(
          {.key = "seed", .value = std::make_shared<const SpecNode>(std::move(number))});
      member.value = std::make_shared<const SpecNode>(std::move(training));
    }
  }
  return std::make_shared<const SpecNode>(std::move(changed));
}

SpecRoot text_node(std::string text) {
  SpecNode node;
  node.kind = SpecNode::Kind::string;
  node.string = std::move(text);
  return std::make_shared<const SpecNode>(std::move(node));
}

/// Repeats of one seed would be one run several times.
void check_repeats(const SpecNode& trial, int repeats) {
  const SpecNode* const seed = trial.member("training")->member("seed");
  if (repeats > 1 && seed != nullptr) {
    seed->fail(fmt::format(
        "would be that of all {} repeats (\"seeds\"), which so would be the same run; take one of "
        "the two keys away",
        repeats));
  }
}

/// `data` with absolute paths, so that the trial's file means the same wherever it lies.
SpecRoot with_absolute_paths(const SpecNode& data, const std::string& directory) {
  SpecNode changed = data;
  for (SpecMember& member : changed.members) {
    const bool is_path = std::find(kPaths.begin(), kPaths.end(), member.key) != kPaths.end();
    if (is_path && member.value->is(SpecNode::Kind::string)) {
      const std::filesystem::path path = std::filesystem::path(directory) / member.value->string;
      member.value = text_node(path.lexically_normal().string());
    }
  }
  return std::make_shared<const SpecNode>(std::move(changed));
}

/// The sections that a training run reads.
SpecRoot training_part(const SpecNode& trial) {
  SpecNode part = trial;
  std::erase_if(part.members, [](const SpecMember& member) {
    return member.key != "kind" && member.key != "model" && member.key != "data" &&
           member.key != "training" && !member.key.starts_with("x-");
  });
  return std::make_shared<const SpecNode>(std::move(part));
}

}  // namespace

bool is_train_trial(const SpecNode& trial) {
  const SpecNode* const kind = trial.member("kind");
  if (kind == nullptr || kind->as_string() == "command") {
    return false;
  }
  if (kind->string != "train") {
    const auto meant = did_you_mean(kind->string, {"command", "train"});
    kind->fail(fmt::format("no kind of trial is called {}; {}", json_quoted(kind->string),
                           meant ? fmt::format("did you mean {}?", json_quoted(*meant))
                                 : "there are \"command\" and \"train\""));
  }
  return true;
}

std::vector<SpecKey> train_trial_keys() {
  std::vector<SpecKey> keys = trial_limit_keys();
  keys.insert(keys.begin(), kSections.begin(), kSections.end());
  keys.insert(keys.begin(), kKind);
  return keys;
}

std::vector<SectionDescription> train_sections() {
  std::vector<SectionDescription> sections = training_sections();
  sections.push_back({.name = "model", .keys = model_keys()});
  sections.push_back({.name = "data", .keys = data_keys()});
  return sections;
}

std::vector<SpecRoot> example_sections(const SpecNode& trial, const SearchSpace& space) {
  const SpecRoot part = training_part(trial);
  check_names(*part, space);
  std::vector<SpecRoot> sections;
  for (const Configuration& configuration : corners(space)) {
    sections.push_back(filled_section(*part, space, configuration, {}));
  }
  return sections;
}

CommandSpec parse_train_trial(const SpecNode& trial, const SearchSpace& space,
                              const std::string& spec_directory, const std::string& program) {
  CommandSpec spec;
  ObjectReader reader(trial, "the trial");
  find(reader, kKind);
  for (const SpecKey& key : kSections) {
    require(reader, key).as_object();
  }
  read_trial_environment(reader, space, spec);
  read_trial_limits(reader, spec);
  reader.finish();
  if (spec.gpus > 1) {
    trial.member("gpus")->fail(
        fmt::format("is {}, but the built-in trainer uses one GPU; write 1", spec.gpus));
  }
  check_repeats(trial, spec.seeds);
  check_variables(trial, space);

  for (const SpecRoot& section : example_sections(trial, space)) {
    parse_train_spec(*section, spec_directory);
  }
  spec.cwd = spec_directory;
  const auto argument = [](std::string text, bool is_name = false) {
    return TextTemplate{.pieces = {{.text = std::move(text), .is_name = is_name}}};
  };
  TextTemplate file = argument("trial.dir", true);
  file.pieces.push_back({.text = std::string("/") + kSectionFile, .is_name = false});
  spec.arguments = {{argument(program)}, {argument("train")}, {std::move(file)}};
  spec.section = [part = training_part(trial), space, spec_directory](
                     const Configuration& configuration, const TrialFacts& facts) {
    SpecNode filled = *with_seed(*filled_section(*part, space, configuration, facts), facts.seed);
    for (SpecMember& member : filled.members) {
      if (member.key == "data") {
        member.value = with_absolute_paths(*member.value, spec_directory);
      }
    }
    return to_json(filled);
  };
  return spec;
}

CommandSpec parse_trial(const SpecNode& trial, const SearchSpace& space,
                        const std::string& spec_directory, const std::string& program) {
  return is_train_trial(trial) ? parse_train_trial(trial, space, spec_directory, program)
                               : parse_command_spec(trial, space, spec_directory);
}

}  // namespace autoglm
