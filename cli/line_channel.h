// A conversation's two ends: lines in, text out, until the input ends or a signal comes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace autoglm {

/// SIGINT, SIGTERM and SIGHUP are blocked from its making on and seen by it alone.
class LineChannel {
 public:
  /// Nothing is owned. Of a line longer than `longest` bytes the beginning is kept, at least
  /// `longest` + 1 bytes.
  LineChannel(int input, int output, std::size_t longest);
  ~LineChannel();
  LineChannel(const LineChannel&) = delete;
  LineChannel& operator=(const LineChannel&) = delete;

  /// Waits until a line is there, then takes all that are: valid until the next call. Empty: the
  /// input ended, nobody reads the output any more, or a signal came. A last line needs no newline.
  const std::vector<std::string_view>& read_lines();

  /// Throws OutputError where it cannot be written. A reader that went away is no error.
  void write(std::string_view text);

  /// The signal that ended it; 0: none.
  int signal() const { return signal_; }

 private:
  enum class Wake { ready, signal };
  Wake wait_for(int descriptor, short events);
  void read_more();
  void split();

  int input_;
  int output_;
  std::size_t longest_;
  int signals_;  // a signalfd
  int signal_ = 0;
  bool ended_ = false;
  bool skipping_ = false;  // the rest of a line that was too long
  std::string buffer_{};
  std::size_t used_ = 0;  // of the buffer, by the lines last returned
  std::vector<std::string_view> lines_{};
};

}  // namespace autoglm
