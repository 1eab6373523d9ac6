// Values inside a shell's text, so that the shell never expands one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

/// Follows the text of a command for /bin/sh far enough to know how a value must be quoted where it
/// is inserted. What it does not follow (backquotes, here-documents, $'…', ${a:-b}, `case` within
/// $(…), comments) it calls unknown, and from there on all that follows, except after a comment.
class ShellScanner {
 public:
  enum class Context { unquoted, single_quoted, double_quoted, unknown };

  void scan(std::string_view text);
  /// How a value inserted here would be read.
  Context context() const;
  /// Whether the text so far ends in an unquoted "$" or one in double quotes: the shell would read
  /// what follows as a name.
  bool after_dollar() const { return previous_ == '$' && context() != Context::single_quoted; }
  /// A value was inserted here.
  void inserted() { previous_ = 'x'; }

 private:
  enum class Frame { command, parenthesis, single_quotes, double_quotes, comment };

  void scan(char c);
  void scan_command(char c);
  void scan_double_quotes(char c);
  void scan_after_dollar(char c);
  Frame frame() const { return frames_.back(); }

  std::vector<Frame> frames_{Frame::command};
  char previous_ = '\n';  // of the text, unescaped; 'x' where it does not matter
  bool escaped_ = false;
  bool in_braces_ = false;  // of ${name}
  bool unknown_ = false;
  std::string word_{};  // the unquoted word so far, to see `case`
};

/// Whether a shell reads `text` as one word and as it is, unquoted and within any quotes.
bool is_plain_in_shell(std::string_view text);

/// Throws SpecError at `node` where a name's value could not be quoted safely.
void check_shell_template(const TextTemplate& text, const SpecNode& node, const SearchSpace& space);

/// The text with every value quoted as its place needs; an inactive name is empty.
std::string render_shell(const TextTemplate& text, const Configuration& configuration,
                         const TrialFacts& facts);

}  // namespace autoglm
