#include "cli/wandb_sweep.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <optional>

#include "cli/yaml_reader.h"

namespace autoglm {
namespace {

/// Reads one sweep; gathers what has no counterpart.
class Sweep {
 public:
  Sweep(const SpecNode& root, const std::string& path) : root_(root) {
    result_.draft.name = std::filesystem::path(path).stem().string();
  }

  DraftWithNotes read() {
    SpecDraft& draft = result_.draft;
    draft.comments = {"Drafted by `autoglm import` from a sweep of W&B."};
    if (const SpecNode* name = root_.member("name")) {
      draft.name = name->as_string();
    }
    read_metric();
    read_method();
    read_budget();
    const SpecNode* const parameters = root_.member("parameters");
    if (parameters == nullptr) {
      root_.fail("is no sweep: \"parameters\" is missing");
    }
    read_parameters(*parameters, "");
    read_early_terminate();
    read_command();
    note_other_keys();
    return std::move(result_);
  }

 private:
  void note(const std::string& text) { result_.notes.push_back(text); }
  void add_head(const char* key, const std::string& json, const std::string& comment = "") {
    result_.draft.head.push_back({.key = key, .json = json, .comment = comment});
  }
  void read_metric();
  void read_method();
  void read_budget();
  void read_parameters(const SpecNode& node, const std::string& prefix);
  void read_parameter(const std::string& name, const SpecNode& node);
  std::optional<Domain> domain_of(const std::string& name, const SpecNode& node);
  Domain listed(const std::string& name, const SpecNode& node);
  Domain log_range(const std::string& name, const std::string& distribution, const SpecNode& node);
  Domain bell(const std::string& name, const std::string& distribution, const SpecNode& node);
  void read_early_terminate();
  void read_command();
  std::string arguments(const char* form) const;
  void add_argument(const std::string& text, std::vector<std::string>& command);
  void note_other_keys();

  const SpecNode& root_;
  DraftWithNotes result_{};
};

std::string text_member(const SpecNode& node, const char* key) {
  const SpecNode* const member = node.member(key);
  return member == nullptr ? "" : member->as_string();
}

double number_member(const SpecNode& node, const char* key, double otherwise) {
  const SpecNode* const member = node.member(key);
  return member == nullptr ? otherwise : member->as_number();
}

void Sweep::read_metric() {
  const SpecNode* const metric = root_.member("metric");
  if (metric == nullptr) {
    add_head("metric", R"({"name": "loss", "goal": "minimize"})",
             "the sweep names none: what does the program report?");
    note("metric: the sweep has none; \"loss\" is drafted");
    return;
  }
  const std::string goal = text_member(*metric, "goal");
  const SpecNode* const target = metric->member("target");
  add_head(
      "metric",
      fmt::format(R"({{"name": {}, "goal": "{}"{}}})", json_quoted(text_member(*metric, "name")),
                  goal == "maximize" ? "maximize" : "minimize",
                  target == nullptr ? "" : ", \"target\": " + number_text(target->as_number())));
}

void Sweep::read_method() {
  const std::string method = text_member(root_, "method");
  if (method == "bayes") {
    add_head("searcher", R"("gp")");
  } else if (method == "grid" || method == "random") {
    add_head("searcher", json_quoted(method));
  } else if (!method.empty()) {
    note(fmt::format("method {}: autoglm chooses the searcher", json_quoted(method)));
  }
}

void Sweep::read_budget() {
  if (const SpecNode* const cap = root_.member("run_cap")) {
    add_head("max_trials", std::to_string(cap->as_integer(1, 1'000'000'000)));
  } else {
    add_head("max_trials", "50", "the sweep has no end: choose one");
    note("an end: the sweep has no run_cap; 50 trials are drafted");
  }
}

void Sweep::read_parameters(const SpecNode& node, const std::string& prefix) {
  for (const SpecMember& member : node.as_object()) {
    const std::string name = prefix + member.key;
    const SpecNode* const nested = member.value->member("parameters");
    if (nested != nullptr) {
      note(fmt::format("parameter {}: is a group; its members are called {}.NAME here",
                       json_quoted(name), name));
      read_parameters(*nested, name + ".");
    } else {
      read_parameter(name, *member.value);
    }
  }
}

void Sweep::read_parameter(const std::string& name, const SpecNode& node) {
  if (const std::optional<Domain> domain = domain_of(name, node)) {
    result_.draft.parameters.push_back({.key = name, .json = parameter_json(*domain)});
  }
}

Domain Sweep::listed(const std::string& name, const SpecNode& node) {
  Choice choice;
  if (const SpecNode* const value = node.member("value")) {
    choice.choices.push_back(value->as_value());
    return choice;
  }
  const SpecNode* const values = node.member("values");
  if (values == nullptr) {
    node.fail("has neither values nor bounds");
  }
  for (const auto& element : values->as_array()) {
    choice.choices.push_back(element->as_value());
  }
  if (node.member("probabilities") != nullptr) {
    note(fmt::format("parameter {}: probabilities of its values", json_quoted(name)));
  }
  return choice;
}

double as_it_is(double x) { return x; }
double power_of_e(double x) { return std::exp(x); }

/// `min` and `max` of the node, through `scale`.
FloatRange range_of(const SpecNode& node, double (*scale)(double), bool log) {
  return {.min = scale(number_member(node, "min", 0)),
          .max = scale(number_member(node, "max", 1)),
          .log = log};
}

bool has_integer_bounds(const SpecNode& node) {
  const SpecNode* const min = node.member("min");
  const SpecNode* const max = node.member("max");
  return min != nullptr && max != nullptr && min->is(SpecNode::Kind::integer) &&
         max->is(SpecNode::Kind::integer);
}

/// Values with a whole step are integers.
Domain with_step(const FloatRange& range, double q) {
  if (q == std::floor(q) && range.min == std::floor(range.min)) {
    return IntRange{.min = static_cast<std::int64_t>(range.min),
                    .max = static_cast<std::int64_t>(std::floor(range.max)),
                    .step = range.log ? 1 : static_cast<std::int64_t>(q),
                    .log = range.log && range.min >= 1};
  }
  FloatRange stepped = range;
  stepped.step = range.log ? 0 : q;
  return stepped;
}

std::optional<Domain> Sweep::domain_of(const std::string& name, const SpecNode& node) {
  std::string distribution = text_member(node, "distribution");
  if (distribution.empty() && node.member("min") != nullptr) {
    distribution = has_integer_bounds(node) ? "int_uniform" : "uniform";
  }
  if (distribution.empty() || distribution == "constant" || distribution == "categorical" ||
      distribution == "categorical_w_probabilities") {
    return listed(name, node);
  }
  if (distribution == "int_uniform") {
    return with_step(range_of(node, as_it_is, false), 1);
  }
  if (distribution == "uniform") {
    return range_of(node, as_it_is, false);
  }
  if (distribution == "q_uniform") {
    return with_step(range_of(node, as_it_is, false), number_member(node, "q", 1));
  }
  if (distribution.find("log_uniform") != std::string::npos) {
    return log_range(name, distribution, node);
  }
  if (distribution.ends_with("normal")) {
    return bell(name, distribution, node);
  }
  note(fmt::format("parameter {}: the distribution {}; the parameter is left out",
                   json_quoted(name), json_quoted(distribution)));
  return std::nullopt;
}

/// log_uniform, q_log_uniform and inv_log_uniform have exponents as bounds, those that end in
/// _values the values themselves.
Domain Sweep::log_range(const std::string& name, const std::string& distribution,
                        const SpecNode& node) {
  const bool by_exponent = !distribution.ends_with("_values");
  const FloatRange range = range_of(node, by_exponent ? power_of_e : as_it_is, /*log=*/true);
  if (distribution.starts_with("inv_")) {
    note(fmt::format("parameter {}: {} is log_uniform here", json_quoted(name), distribution));
  }
  if (!distribution.starts_with("q_")) {
    return range;
  }
  const double q = number_member(node, "q", 1);
  if (q != 1) {
    note(fmt::format("parameter {}: the step {} of a log range", json_quoted(name), q));
  }
  return with_step(range, q);
}

/// normal, log_normal and their stepped forms.
Domain Sweep::bell(const std::string& name, const std::string& distribution, const SpecNode& node) {
  const bool log = distribution.find("log_") != std::string::npos;
  const double mu = number_member(node, "mu", 0);
  const double spread = 3 * number_member(node, "sigma", 1);
  note(fmt::format("parameter {}: {} is {} within three sigma here", json_quoted(name),
                   distribution, log ? "log_uniform" : "uniform"));
  return log ? FloatRange{.min = std::exp(mu - spread), .max = std::exp(mu + spread), .log = true}
             : FloatRange{.min = mu - spread, .max = mu + spread};
}

/// Hyperband of W&B: brackets from min_iter on by eta, or max_iter / eta^s.
void Sweep::read_early_terminate() {
  const SpecNode* const rule = root_.member("early_terminate");
  if (rule == nullptr) {
    return;
  }
  const std::string type = text_member(*rule, "type");
  if (type != "hyperband") {
    note(fmt::format("early_terminate {}", json_quoted(type)));
    return;
  }
  const double eta = std::max(2.0, std::round(number_member(*rule, "eta", 3)));
  double first = number_member(*rule, "min_iter", 1);
  if (const SpecNode* const most = rule->member("max_iter")) {
    first =
        std::max(1.0, std::floor(most->as_number() / std::pow(eta, number_member(*rule, "s", 1))));
  }
  result_.draft.tail.push_back(
      {.key = "early_stopping",
       .json = fmt::format(R"({{"type": "asha", "min_steps": {:.0f}, "reduction": {:.0f}}})", first,
                           eta)});
  note("early_terminate hyperband: asha is drafted, which has the same rungs");
}

/// The parameters in one of the forms of W&B's macros.
std::string Sweep::arguments(const char* form) const {
  std::string text;
  for (const DraftMember& parameter : result_.draft.parameters) {
    text += (text.empty() ? "" : ", ") +
            json_quoted(fmt::format("{}{}={{{}}}", form, parameter.key, parameter.key));
  }
  return text;
}

void Sweep::add_argument(const std::string& text, std::vector<std::string>& command) {
  if (text == "${env}") {
    return;  // commands run without a shell, and find their program by PATH
  }
  if (text == "${interpreter}") {
    command.emplace_back(R"("python3")");
  } else if (text == "${program}") {
    command.push_back(json_quoted(text_member(root_, "program")));
  } else if (text == "${args}") {
    command.push_back(arguments("--"));
  } else if (text == "${args_no_hyphens}") {
    command.push_back(arguments(""));
  } else if (text.starts_with("${")) {
    note(
        fmt::format("command: {}; a trial finds its parameters in AUTOGLM_PARAMS, a JSON file, "
                    "and its environment",
                    text));
  } else {
    command.push_back(json_quoted(text));
  }
}

void Sweep::read_command() {
  std::vector<std::string> words;
  if (const SpecNode* const given = root_.member("command")) {
    for (const auto& element : given->as_array()) {
      words.push_back(value_text(element->as_value()));
    }
  } else if (root_.member("program") != nullptr) {
    words = {"${env}", "${interpreter}", "${program}", "${args}"};
  } else {
    note("program: the sweep names none; add \"trial\" with its \"command\"");
    return;
  }
  std::vector<std::string> command;
  for (const std::string& word : words) {
    add_argument(word, command);
  }
  result_.draft.tail.push_back(
      {.key = "trial",
       .json = fmt::format("{{\"command\": [{}]}}", fmt::join(command, ", ")),
       .comment = "have it print {\"step\": 1, \"METRIC\": 0.5} lines, or "
                  "use `autoglm log`, where it calls wandb.log"});
}

void Sweep::note_other_keys() {
  constexpr std::array<std::string_view, 9> kRead{"name",    "metric",          "method",
                                                  "run_cap", "parameters",      "command",
                                                  "program", "early_terminate", "description"};
  for (const SpecMember& member : root_.as_object()) {
    bool is_read = false;
    for (const std::string_view key : kRead) {
      is_read = is_read || member.key == key;
    }
    if (!is_read) {
      note(member.key);
    }
  }
}

}  // namespace

DraftWithNotes draft_of_sweep(const std::string& path) {
  const SpecRoot root = read_yaml_file(path);
  return Sweep(*root, path).read();
}

}  // namespace autoglm
