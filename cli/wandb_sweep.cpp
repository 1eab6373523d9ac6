#include "cli/wandb_sweep.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <optional>

#include "cli/wandb_command.h"
#include "cli/wandb_distribution.h"
#include "cli/wandb_early_terminate.h"
#include "cli/wandb_members.h"
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
    if (const SpecNode* const rule = root_.member("early_terminate")) {
      add_tail(early_stopping_of_sweep(*rule, result_.notes));
    }
    add_tail(trial_of_sweep(root_, draft.parameters, result_.notes));
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
  void add_tail(std::optional<DraftMember> member);
  void note_other_keys();

  const SpecNode& root_;
  DraftWithNotes result_{};
};

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
  if (const std::optional<Domain> domain = domain_of_sweep(name, node, result_.notes)) {
    result_.draft.parameters.push_back({.key = name, .json = parameter_json(*domain)});
  }
}

void Sweep::add_tail(std::optional<DraftMember> member) {
  if (member) {
    result_.draft.tail.push_back(*std::move(member));
  }
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
