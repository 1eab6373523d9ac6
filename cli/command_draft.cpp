#include "cli/command_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "trainer/launch/command_spec.h"

namespace autoglm {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

/// The number, or true or false, that a word is; nothing for other words.
std::optional<Value> value_in(const std::string& word) {
  const std::string lower = lower_case(word);
  if (lower == "true" || lower == "false") {
    return lower == "true";
  }
  const char* const begin = word.data() + (word.starts_with('+') ? 1 : 0);
  const char* const end = word.data() + word.size();
  std::int64_t integer = 0;
  if (const auto [rest, error] = std::from_chars(begin, end, integer);
      error == std::errc{} && rest == end && std::abs(static_cast<double>(integer)) < 1e15) {
    return integer;
  }
  double number = 0;
  if (const auto [rest, error] = std::from_chars(begin, end, number);
      error == std::errc{} && rest == end && std::abs(number) < 1e300) {
    return number;
  }
  return std::nullopt;
}

/// Whether one of the words of `name` (weight_decay has two) is in `words`.
template <std::size_t N>
bool speaks_of(const std::string& name, const std::array<std::string_view, N>& words) {
  std::string rest = lower_case(name) + "_";
  while (!rest.empty()) {
    const std::size_t end = rest.find('_');
    if (std::find(words.begin(), words.end(), rest.substr(0, end)) != words.end()) {
      return true;
    }
    rest = rest.substr(end + 1);
  }
  return false;
}

bool is_tuned_by_magnitude(const std::string& name) {
  constexpr std::array<std::string_view, 16> kWords{
      "lr",  "rate", "alpha", "eta", "decay", "wd",      "l1",     "l2",
      "reg", "c",    "gamma", "eps", "tol",   "epsilon", "lambda", "lam"};
  return speaks_of(name, kWords) && lower_case(name).find("dropout") == std::string::npos;
}

bool is_momentum(const std::string& name) {
  constexpr std::array<std::string_view, 5> kWords{"momentum", "beta", "beta1", "beta2", "rho"};
  return speaks_of(name, kWords);
}

Domain integer_range(std::int64_t value) {
  constexpr std::int64_t kLargeEnough = 8;
  if (value >= kLargeEnough) {
    return IntRange{.min = value / 4, .max = value * 4, .log = true};
  }
  if (value > 0) {
    return IntRange{.min = 1, .max = value * 2 + 1};
  }
  return IntRange{.min = value * 2, .max = value == 0 ? 10 : 0};
}

/// Short bounds: 3e-05 / 100 is a little off.
double rounded(double number) { return std::stod(fmt::format("{:.6g}", number)); }

Domain number_range(const std::string& name, double value) {
  if (value > 0 && is_tuned_by_magnitude(name)) {
    return FloatRange{.min = rounded(value / 100), .max = rounded(value * 10), .log = true};
  }
  if (value > 0.5 && value < 1 && is_momentum(name)) {
    return FloatRange{.min = 0.5, .max = 0.999};
  }
  if (value > 0 && (value < 0.01 || value > 100)) {
    return FloatRange{.min = rounded(value / 100), .max = rounded(value * 100), .log = true};
  }
  if (value >= 0 && value <= 1) {
    return FloatRange{.min = 0, .max = 1};
  }
  return value > 0 ? FloatRange{.min = 0, .max = rounded(2 * value)}
                   : FloatRange{.min = rounded(2 * value), .max = 0};
}

/// Letters, digits and _, so that expressions name it without quotes.
std::string parameter_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool is_kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    name += is_kept ? c : '_';
  }
  name.erase(0, name.find_first_not_of('_'));
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) {
    name.insert(0, "p");
  }
  return name;
}

/// Text of a command in which braces stand for themselves.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    safe.append(c == '{' || c == '}' ? 2 : 1, c);
  }
  return safe;
}

class Drafter {
 public:
  explicit Drafter(const std::vector<std::string>& command) : command_(command) {}

  void read() {
    add_word(escaped(command_[0]));
    for (std::size_t i = 1; i < command_.size(); ++i) {
      const std::string& word = command_[i];
      const bool is_flag = word.starts_with('-') && !value_in(word);
      const std::size_t equals = word.find('=');
      if (equals != std::string::npos && equals > 0) {
        add_assignment(word.substr(0, equals), word.substr(equals + 1));
      } else if (is_flag && i + 1 < command_.size() && value_in(command_[i + 1])) {
        add_word(escaped(word));
        add_value(word, command_[++i], "");
      } else if (value_in(word)) {
        add_value(fmt::format("arg{}", i), word, "");
      } else {
        add_word(escaped(word));
      }
    }
  }

  const std::vector<DraftMember>& parameters() const { return parameters_; }
  std::string initial() const { return "[" + configuration_json(first_) + "]"; }
  std::string command() const { return "[" + words_ + "]"; }

 private:
  void add_word(const std::string& text) {
    words_ += (words_.empty() ? "" : ", ") + json_quoted(text);
  }

  void add_assignment(const std::string& key, const std::string& text) {
    if (value_in(text)) {
      add_value(key, text, key + "=");
    } else {
      add_word(escaped(key + "=" + text));
    }
  }

  /// The word `before` + the parameter.
  void add_value(const std::string& key, const std::string& text, const std::string& before) {
    std::string name = parameter_name(key);
    if (lower_case(name) == "seed" || lower_case(name) == "random_seed") {
      add_word(escaped(before) + "{trial.seed}");
      return;
    }
    name = unique(name);
    const Value value = *value_in(text);
    const Domain domain = guessed_domain(name, value);
    parameters_.push_back({.key = name, .json = parameter_json(domain), .comment = "was " + text});
    first_.append(name, fit_value(domain, value).value_or(value));
    add_word(fmt::format("{}{{{}}}", escaped(before), name));
  }

  /// `name`, or with a number behind it where another one would be the same variable to a trial.
  std::string unique(const std::string& name) const {
    std::string candidate = name;
    const auto is_taken = [&candidate](const DraftMember& other) {
      return parameter_variable(other.key) == parameter_variable(candidate);
    };
    for (int i = 2; std::any_of(parameters_.begin(), parameters_.end(), is_taken); ++i) {
      candidate = fmt::format("{}_{}", name, i);
    }
    return candidate;
  }

  const std::vector<std::string>& command_;
  std::vector<DraftMember> parameters_{};
  Configuration first_{};
  std::string words_{};
};

/// Of the script, if an interpreter runs one: train.py gives "train".
std::string study_name(const std::vector<std::string>& command) {
  std::string name = std::filesystem::path(command[0]).stem().string();
  for (std::size_t i = 1; i < command.size(); ++i) {
    const std::filesystem::path path(command[i]);
    if (!command[i].starts_with('-') && path.has_extension() && !value_in(command[i]) &&
        command[i].find('=') == std::string::npos) {
      name = path.stem().string();
      break;
    }
  }
  const std::string safe = parameter_name(name.substr(0, 100));
  return safe.empty() ? "study" : safe;
}

}  // namespace

Domain guessed_domain(const std::string& name, const Value& value) {
  if (std::holds_alternative<bool>(value)) {
    return Choice{.choices = {true, false}};
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return integer_range(*integer);
  }
  return number_range(name, std::get<double>(value));
}

SpecDraft draft_of_command(const std::vector<std::string>& command,
                           const CommandDraftOptions& options) {
  Drafter drafter(command);
  drafter.read();
  SpecDraft draft;
  draft.comments = {"Drafted by `autoglm init`. Save it beside the program, edit what EDIT marks,",
                    "try it with `autoglm validate --run`, then start it with `autoglm tune`."};
  draft.name = options.name.empty() ? study_name(command) : options.name;
  draft.head = {{.key = "metric",
                 .json = fmt::format(R"({{"name": {}, "goal": "{}"}})", json_quoted(options.metric),
                                     options.goal),
                 .comment = "EDIT: the number that the program reports, by a line such as "
                            "{\"step\": 1, \"" +
                            options.metric + "\": 0.5} or `autoglm log`"},
                {.key = "max_trials", .json = "50", .comment = "EDIT: trials in all"}};
  draft.parameters = drafter.parameters();
  if (draft.parameters.empty()) {
    draft.parameters = {{.key = "lr",
                         .json = R"({"type": "log_uniform", "min": 0.0001, "max": 0.1})",
                         .comment = "EDIT: the command has no number; name what to tune, and put "
                                    "{lr} into the command"}};
  } else {
    draft.parameters.front().comment += "; EDIT: the ranges are guesses";
    draft.tail.push_back({.key = "initial",
                          .json = drafter.initial(),
                          .comment = "the first trial is the command as it was"});
  }
  draft.tail.push_back({.key = "trial",
                        .json = fmt::format(R"({{"command": {}}})", drafter.command()),
                        .comment = "{NAME} is a parameter; text options can become one of type "
                                   "\"categorical\""});
  draft.suggestions = {R"(, "parallel": 4)",
                       R"(, "early_stopping": {"type": "asha", "min_steps": 1, "reduction": 3})"};
  return draft;
}

}  // namespace autoglm
