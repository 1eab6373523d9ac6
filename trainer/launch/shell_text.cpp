#include "trainer/launch/shell_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "trainer/launch/text_template.h"

namespace autoglm {
namespace {

bool is_ascii_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string single_quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result;
}

std::string double_quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"' || c == '$' || c == '`') {
      result += '\\';
    }
    result += c;
  }
  return result;
}

std::string quoted_for(ShellScanner::Context context, std::string_view value) {
  if (is_plain_in_shell(value)) {
    return std::string(value);
  }
  switch (context) {
    case ShellScanner::Context::single_quoted:
      return single_quoted(value);
    case ShellScanner::Context::double_quoted:
      return double_quoted(value);
    case ShellScanner::Context::unquoted:
    case ShellScanner::Context::unknown:  // check_shell_template refuses what is not plain here
      break;
  }
  return "'" + single_quoted(value) + "'";
}

bool is_always_plain(const std::string& name, const SearchSpace& space) {
  const Parameter* parameter = space.find(name);
  if (parameter == nullptr) {
    return name == "trial.number" || name == "trial.seed";
  }
  const auto* choice = std::get_if<Choice>(&parameter->domain);
  return choice == nullptr ||
         std::all_of(choice->choices.begin(), choice->choices.end(),
                     [](const Value& value) { return is_plain_in_shell(value_text(value)); });
}

std::string variable_of(const std::string& name) {
  if (name == "trial.dir") {
    return "AUTOGLM_TRIAL_DIR";
  }
  return parameter_variable(name);
}

}  // namespace

void ShellScanner::scan(std::string_view text) {
  for (const char c : text) {
    scan(c);
  }
}

ShellScanner::Context ShellScanner::context() const {
  if (unknown_ || escaped_ || in_braces_ || frame() == Frame::comment) {
    return Context::unknown;
  }
  if (frame() == Frame::single_quotes) {
    return Context::single_quoted;
  }
  return frame() == Frame::double_quotes ? Context::double_quoted : Context::unquoted;
}

void ShellScanner::scan(char c) {
  if (escaped_) {
    escaped_ = false;
    previous_ = 'x';
    return;
  }
  switch (frame()) {
    case Frame::single_quotes:
      if (c == '\'') {
        frames_.pop_back();
      }
      previous_ = 'x';
      return;
    case Frame::comment:
      if (c == '\n') {
        frames_.pop_back();
        previous_ = c;
      }
      return;
    case Frame::double_quotes:
      scan_double_quotes(c);
      break;
    case Frame::command:
    case Frame::parenthesis:
      scan_command(c);
      break;
  }
  previous_ = escaped_ ? 'x' : c;
}

void ShellScanner::scan_after_dollar(char c) {
  if (in_braces_) {
    in_braces_ = c != '}';
    unknown_ = unknown_ || (c != '}' && c != '_' && !is_ascii_alphanumeric(c));
  } else if (previous_ == '$' && c == '{') {
    in_braces_ = true;
  } else if (previous_ == '$' && c == '(') {
    frames_.push_back(Frame::parenthesis);
    word_.clear();
  }
}

void ShellScanner::scan_double_quotes(char c) {
  escaped_ = c == '\\';
  unknown_ = unknown_ || c == '`';
  if (c == '"' && !in_braces_) {
    frames_.pop_back();
  } else {
    scan_after_dollar(c);
  }
}

void ShellScanner::scan_command(char c) {
  escaped_ = c == '\\';
  const bool here_document = c == '<' && previous_ == '<';
  const bool ansi_quotes = c == '\'' && previous_ == '$';
  unknown_ = unknown_ || c == '`' || here_document || ansi_quotes;
  const bool starts_word = std::string_view(" \t\n;&|()").find(previous_) != std::string_view::npos;
  word_ = is_ascii_alphanumeric(c) ? word_ + c : "";
  unknown_ = unknown_ || (frames_.size() > 1 && word_ == "case");
  if (in_braces_ || previous_ == '$') {
    scan_after_dollar(c);
  } else if (c == '(' && frame() == Frame::parenthesis) {
    frames_.push_back(Frame::parenthesis);
  } else if (c == ')' && frame() == Frame::parenthesis) {
    frames_.pop_back();
  } else if (c == '#' && starts_word) {
    frames_.push_back(Frame::comment);
  }
  if (c == '\'' || (c == '"' && !in_braces_)) {
    frames_.push_back(c == '"' ? Frame::double_quotes : Frame::single_quotes);
  }
}

bool is_plain_in_shell(std::string_view text) {
  constexpr std::string_view kPlain = "_./:=@%+,-";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_ascii_alphanumeric(c) || kPlain.find(c) != std::string_view::npos;
  });
}

void check_shell_template(const TextTemplate& text, const SpecNode& node,
                          const SearchSpace& space) {
  ShellScanner scanner;
  for (const TextTemplate::Piece& piece : text.pieces) {
    if (!piece.is_name) {
      scanner.scan(piece.text);
      continue;
    }
    if (scanner.after_dollar()) {
      node.fail(
          fmt::format("the shell would expand the value in ${{{0}}}; write {{{0}}}", piece.text));
    }
    if (scanner.context() == ShellScanner::Context::unknown &&
        !is_always_plain(piece.text, space)) {
      const std::string variable = variable_of(piece.text);
      node.fail(fmt::format(
          "{{{}}} stands where its value cannot be quoted safely (backquotes, a here-document, a "
          "comment, $'…' or ${{…}}); {}",
          piece.text,
          variable.empty() ? "move it" : fmt::format("write \"${}\" instead", variable)));
    }
    scanner.inserted();
  }
}

std::string render_shell(const TextTemplate& text, const Configuration& configuration,
                         const TrialFacts& facts) {
  ShellScanner scanner;
  std::string result;
  for (const TextTemplate::Piece& piece : text.pieces) {
    if (!piece.is_name) {
      scanner.scan(piece.text);
      result += piece.text;
    } else if (const auto value = named_text(piece.text, configuration, facts)) {
      result += quoted_for(scanner.context(), *value);
      scanner.inserted();
    }
  }
  return result;
}

std::string shell_quoted(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) {
    line += line.empty() ? "" : " ";
    line += quoted_for(ShellScanner::Context::unquoted, argument);
  }
  return line;
}

}  // namespace autoglm
