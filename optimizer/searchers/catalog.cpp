#include "optimizer/searchers/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "optimizer/searchers/auto.h"
#include "optimizer/searchers/gaussian_process.h"
#include "optimizer/searchers/grid.h"
#include "optimizer/searchers/policy_gradient.h"
#include "optimizer/searchers/random.h"
#include "optimizer/searchers/sobol.h"

namespace autoglm {

namespace {

struct FactoryArguments {
  ObjectReader* options;  // nullptr: the user gave none
  const SearchSpace& space;
  const SearcherContext& context;

  const SpecNode* option(std::string_view key) const {
    return options == nullptr ? nullptr : options->find(key);
  }
};

struct Entry {
  const char* name;
  const char* summary;
  int revision;
  // Fills in `searcher` and `options`.
  void (*make)(const FactoryArguments& arguments, SearcherChoice& choice);
};

void make_random(const FactoryArguments& arguments, SearcherChoice& choice) {
  choice.searcher = make_random_searcher(arguments.context.seed);
  choice.options = "{}";
}

void make_sobol(const FactoryArguments& arguments, SearcherChoice& choice) {
  choice.searcher = make_sobol_searcher(arguments.space, arguments.context.seed);
  choice.options = "{}";
}

void make_grid(const FactoryArguments& arguments, SearcherChoice& choice) {
  GridOptions options{.share = arguments.context.share};
  if (const SpecNode* points = arguments.option("points")) {
    options.points = points->as_integer(2, 1000);
  }
  choice.searcher = make_grid_searcher(arguments.space, options);
  choice.options = fmt::format(R"({{"points": {}}})", options.points);
}

double number_up_to(double most, const SpecNode& option) {
  const double number = option.as_number();
  if (!(number >= 0 && number <= most)) {
    option.fail(fmt::format("must be from 0 to {}, not {}", most, number_text(number)));
  }
  return number;
}

void make_gp(const FactoryArguments& arguments, SearcherChoice& choice) {
  using Rule = GaussianProcessOptions::Rule;
  static const std::vector<std::pair<std::string, Rule>> rules = {
      {"mixture", Rule::mixture}, {"ei", Rule::ei}, {"ucb", Rule::ucb}};
  GaussianProcessOptions options;
  std::string rule = rules.front().first;
  if (const SpecNode* acquisition = arguments.option("acquisition")) {
    rule = acquisition->as_string();
    const auto named = std::find_if(rules.begin(), rules.end(),
                                    [&](const auto& known) { return known.first == rule; });
    if (named == rules.end()) {
      acquisition->fail(fmt::format("no acquisition is called {}; there are mixture, ei, ucb",
                                    json_quoted(rule)));
    }
    options.acquisition = named->second;
  }
  if (const SpecNode* startup = arguments.option("startup")) {
    options.startup = startup->as_integer(0, 10'000);
  }
  if (const SpecNode* kappa = arguments.option("kappa")) {
    options.kappa = kappa->as_number();
    if (!(options.kappa > 0 && options.kappa <= 1000)) {
      kappa->fail(
          fmt::format("must be above 0 and at most 1000, not {}", number_text(options.kappa)));
    }
  }
  if (const SpecNode* neglected = arguments.option("neglected")) {
    options.neglect.trials = number_up_to(1, *neglected);
  }
  if (const SpecNode* below = arguments.option("neglected_below")) {
    options.neglect.below = number_up_to(1, *below);
  }
  if (const SpecNode* weight = arguments.option("duration_weight")) {
    options.duration_weight = number_up_to(100, *weight);
  }
  choice.searcher = make_gaussian_process_searcher(
      arguments.space, options, {arguments.context.seed, arguments.context.objectives});
  choice.options = fmt::format(
      R"({{"acquisition": {}, "startup": {}, "kappa": {}, "neglected": {}, "neglected_below": {}, )"
      R"("duration_weight": {}}})",
      json_quoted(rule), options.startup, number_text(options.kappa),
      number_text(options.neglect.trials), number_text(options.neglect.below),
      number_text(options.duration_weight));
}

void make_policy_gradient(const FactoryArguments& arguments, SearcherChoice& choice) {
  const PolicyGradientOptions options = read_policy_gradient_options(arguments.options);
  choice.searcher = make_policy_gradient_searcher(
      arguments.space, options,
      {arguments.context.seed, arguments.context.objectives, choice.revision});
  choice.options = to_json(options);
}

constexpr const char* kAuto = "auto";

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = {
      {"gp", "Bayesian optimization: a Gaussian process models the past trials", 4, make_gp},
      {"policy_gradient", "reinforcement learning: a policy that each trial improves", 5,
       make_policy_gradient},
      {"sobol", "a scrambled Sobol sequence: an even cover of the space", 1, make_sobol},
      {"random", "independent random configurations", 1, make_random},
      {"grid", "every combination of values, in order", 1, make_grid},
  };
  return all;
}

[[noreturn]] void fail_unknown(const SpecNode& type) {
  std::vector<std::string> names;
  for (const auto& [name, summary] : searcher_names()) {
    names.push_back(name);
  }
  std::string message = fmt::format("no searcher is called {}; this version has {}",
                                    json_quoted(type.as_string()), fmt::join(names, ", "));
  if (const std::optional<std::string> meant = did_you_mean(type.as_string(), names)) {
    message += fmt::format("; did you mean {}?", json_quoted(*meant));
  }
  type.fail(message);
}

SearcherChoice make(const std::string& name, const FactoryArguments& arguments) {
  SearcherChoice choice;
  for (const Entry& entry : entries()) {
    if (name == entry.name) {
      choice.name = name;
      choice.revision = entry.revision;
      entry.make(arguments, choice);
    }
  }
  return choice;
}

// The options of an automatic choice are defaults: they belong to searchers that users name.
SearcherChoice make_auto(const SearchSpace& space, const SearcherContext& context) {
  AutoChoice chosen = choose_searcher(space, context);
  SearcherChoice choice = make(chosen.name, {nullptr, space, context});
  choice.reason = std::move(chosen.reason);
  return choice;
}

}  // namespace

SearcherChoice make_searcher(const SpecNode* section, const SearchSpace& space,
                             const SearcherContext& context) {
  if (section == nullptr) {
    return make_auto(space, context);
  }
  std::optional<ObjectReader> reader;
  if (section->is(SpecNode::Kind::object)) {
    const SpecNode* named = section->member("type");
    reader.emplace(*section, named != nullptr && named->is(SpecNode::Kind::string)
                                 ? "the searcher " + named->string
                                 : "the searcher");
  }
  const SpecNode& type = reader ? reader->require("type") : *section;
  const bool automatic = type.as_string() == kAuto;
  SearcherChoice choice =
      automatic ? make_auto(space, context)
                : make(type.as_string(), {reader ? &*reader : nullptr, space, context});
  if (!choice.searcher) {
    fail_unknown(type);
  }
  if (reader) {
    reader->finish();
  }
  return choice;
}

std::vector<std::pair<std::string, std::string>> searcher_names() {
  std::vector<std::pair<std::string, std::string>> names = {
      {kAuto, "chooses one of the others for the space and the budget"}};
  for (const Entry& entry : entries()) {
    names.emplace_back(entry.name, entry.summary);
  }
  return names;
}

}  // namespace autoglm
