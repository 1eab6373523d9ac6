#include "cli/spec.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/spec_overrides.h"
#include "cli/trial_text.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/searchers/catalog.h"

namespace autoglm {
namespace {

constexpr SpecKey kSchema{.name = "$schema", .schema = kTextSchema};
constexpr SpecKey kName{.name = "name",
                        .schema = R"({"type": "string", "minLength": 1, "maxLength": 512})"};
constexpr SpecKey kMetric{.name = "metric", .schema = R"({"$ref": "#/definitions/metrics"})"};
constexpr SpecKey kMetrics{.name = "metrics", .schema = R"({"$ref": "#/definitions/metrics"})"};
constexpr SpecKey kParameters{
    .name = "parameters", .schema = R"({"$ref": "#/definitions/parameters"})", .required = true};
constexpr SpecKey kConstraints{.name = "constraints",
                               .schema = R"({"type": "array", "items": {"type": "string"}})"};
constexpr SpecKey kSearcher{.name = "searcher",
                            .schema = R"({"$ref": "#/definitions/searcher"})",
                            .aliases = kSearcherAliases};
constexpr SpecKey kEarlyStopping{.name = "early_stopping",
                                 .schema = R"({"$ref": "#/definitions/early_stopping"})",
                                 .aliases = {kRuleAliases[0], kRuleAliases[1]}};
constexpr SpecKey kTrial{.name = "trial", .schema = R"({"$ref": "#/definitions/trial"})"};
constexpr SpecKey kMaxTrials{
    .name = "max_trials", .schema = kCountSchema, .aliases = {"n_trials", "run_cap"}};
constexpr SpecKey kMaxFailures{.name = "max_failures", .schema = kCountSchema};
constexpr SpecKey kTimeout{.name = "timeout", .schema = kDurationSchema};
constexpr SpecKey kSeed{.name = "seed", .schema = kIndexSchema};
constexpr SpecKey kParallel{.name = "parallel",
                            .schema = R"({"type": "integer", "minimum": 1, "maximum": 1024})"};
constexpr SpecKey kInitial{.name = "initial",
                           .schema = R"({"type": "array", "items": {"type": "object"}})"};

constexpr std::int64_t kMostTrials = 1'000'000'000;
constexpr std::int64_t kGreatestSeed = std::int64_t{1} << 53;

bool has_control_character(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return true;
    }
  }
  return false;
}

std::string read_name(const SpecNode* node, const std::string& path) {
  if (node == nullptr) {
    return path == "-" ? "study" : std::filesystem::path(path).stem().string();
  }
  const std::string& name = node->as_string();
  const std::size_t length = width_of(name);
  if (length < 1 || length > 512) {
    node->fail(
        fmt::format("a study's name has 1 to 512 characters, this one has {}; shorten it", length));
  }
  if (has_control_character(name)) {
    node->fail("a study's name must not hold control characters; remove them");
  }
  return name;
}

std::string read_text(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw UsageError(fmt::format("{}: is a directory; name the spec's file", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw UsageError(fmt::format("{}: cannot be read: {}; check the path", path,
                                 std::generic_category().message(errno)));
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Configuration> read_initial(const SpecNode* node, const SearchSpace& space) {
  std::vector<Configuration> initial;
  if (node != nullptr) {
    for (const auto& element : node->as_array()) {
      initial.push_back(parse_configuration(*element, space));
    }
  }
  return initial;
}

const SpecNode& require_metric(ObjectReader& reader, const SpecNode& root) {
  const SpecNode* one = find(reader, kMetric);
  const SpecNode* several = find(reader, kMetrics);
  if (one != nullptr && several != nullptr) {
    several->fail("\"metric\" is there too; keep one of them");
  }
  if (one == nullptr && several == nullptr) {
    root.fail(
        "\"metric\" is missing; add what to optimise: "
        "\"metric\": {\"name\": \"loss\", \"goal\": \"minimize\"}");
  }
  return one != nullptr ? *one : *several;
}

/// Makes and throws away the strategies, so that mistakes in their sections show before anything
/// is written.
void check_strategies(const StudySpec& spec) {
  PrunerChoice pruner;
  const SpecNode* section = spec.searcher;
  try {
    make_searcher(section, spec.space,
                  {.seed = 0,
                   .objectives = spec.objective.size(),
                   .parallel = spec.parallel,
                   .max_trials = spec.max_trials});
    section = spec.early_stopping;
    pruner = make_pruner(section);
  } catch (const SpecError& error) {
    fail_section(*section, error);
  }
  if (pruner.name != "none" && spec.objective.size() > 1) {
    spec.early_stopping->fail(fmt::format(
        "early stopping needs a study with one metric, this one has {}; remove early_stopping",
        spec.objective.size()));
  }
}

StudySpec read_keys(SpecRoot root, const std::string& path) {
  ObjectReader reader(*root, "the spec");
  find(reader, kSchema);
  const SpecNode* const name = find(reader, kName);
  const SpecNode& metric = require_metric(reader, *root);
  const SpecNode& parameters = require(reader, kParameters);
  const SpecNode* const constraints = find(reader, kConstraints);
  StudySpec spec{.objective = parse_objective(metric)};
  spec.path = path;
  spec.name = read_name(name, path);
  spec.space = parse_search_space(parameters, constraints, &spec.notes);
  spec.searcher = find(reader, kSearcher);
  spec.early_stopping = find(reader, kEarlyStopping);
  spec.trial = find(reader, kTrial);
  if (const SpecNode* node = find(reader, kMaxTrials)) {
    spec.max_trials = node->as_integer(1, kMostTrials);
  }
  if (const SpecNode* node = find(reader, kMaxFailures)) {
    spec.max_failures = node->as_integer(1, kMostTrials);
  }
  if (const SpecNode* node = find(reader, kTimeout)) {
    spec.timeout_seconds = node->as_seconds();
  }
  if (const SpecNode* node = find(reader, kSeed)) {
    spec.seed = static_cast<std::uint64_t>(node->as_integer(0, kGreatestSeed));
  }
  if (const SpecNode* node = find(reader, kParallel)) {
    spec.parallel = static_cast<int>(node->as_integer(1, kMostParallel));
  }
  const SpecNode* const initial = find(reader, kInitial);
  reader.finish();
  spec.initial = read_initial(initial, spec.space);
  spec.root = std::move(root);
  check_strategies(spec);
  return spec;
}

}  // namespace

std::vector<SpecKey> spec_keys() {
  return {kSchema,      kName,     kMetric,        kMetrics,  kParameters,
          kConstraints, kSearcher, kEarlyStopping, kTrial,    kMaxTrials,
          kMaxFailures, kTimeout,  kSeed,          kParallel, kInitial};
}

StudySpec load_spec(const StudyOptions& options) {
  std::string text = read_text(options.spec);
  StudySpec spec = read_keys(with_overrides(read_spec(text, options.spec), options), options.spec);
  spec.directory =
      std::filesystem::absolute(options.spec).lexically_normal().parent_path().string();
  spec.text = std::move(text);
  return spec;
}

StudySpec stored_spec(const StudyRecord& record, const std::string& study_path) {
  if (record.spec_json.empty()) {
    throw UsageError(fmt::format(
        "{}: study \"{}\" was made by another program and has no spec; go on with it once by "
        "`autoglm tune SPEC.json --study {}`",
        study_path, record.name, study_path));
  }
  try {
    StudySpec spec = read_keys(read_spec(record.spec_json, study_path), study_path);
    spec.text = record.spec_text;
    spec.name = record.name;
    return spec;
  } catch (const SpecError& error) {
    throw UsageError(fmt::format(
        "{}: study \"{}\": this autoglm cannot read its spec: {}; use the one that wrote it ({})",
        study_path, record.name, error.what(), record.version));
  }
}

std::string study_path(const StudySpec& spec, const StudyOptions& options) {
  if (!options.study.empty()) {
    return options.study;
  }
  const std::string& name = spec.name;
  if (name.find('/') != std::string::npos || name.front() == '.' || name.size() > 100) {
    throw UsageError(fmt::format(
        "{}: the study's name \"{}\" is not fit for a file name (a slash, a leading dot or over "
        "100 bytes); give --study FILE.db",
        spec.path, name.substr(0, 100)));
  }
  return (std::filesystem::path(options.spec).parent_path() / (name + ".db")).string();
}

}  // namespace autoglm
