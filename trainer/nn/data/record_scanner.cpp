#include "trainer/nn/data/record_scanner.h"

#include <algorithm>
#include <cstring>

#include "search_space/utf8.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20U;

/// RFC 4180, but a quote inside a field that does not begin with one is a character like others.
class Quotes {
 public:
  explicit Quotes(char separator) : separator_(separator) {}

  bool open() const { return state_ == State::quoted; }

  /// False for text after a closing quote.
  bool step(char c) {
    switch (state_) {
      case State::begin:
        state_ = c == '"' ? State::quoted : c == separator_ ? State::begin : State::plain;
        return true;
      case State::plain:
        state_ = c == separator_ ? State::begin : State::plain;
        return true;
      case State::quoted:
        state_ = c == '"' ? State::closed : State::quoted;
        return true;
      case State::closed:
        state_ = c == '"' ? State::quoted : State::begin;
        return c == '"' || c == separator_;
    }
    return false;
  }

 private:
  enum class State { begin, plain, quoted, closed };
  State state_ = State::begin;
  char separator_;
};

std::string problem_with_text(std::string_view text) {
  const auto plain = [](char c) { return c != 0 && static_cast<unsigned char>(c) < 0x80; };
  for (std::size_t at = 0; at < text.size();) {
    at = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), plain) -
        text.begin());
    if (at == text.size()) {
      break;
    }
    const std::size_t length = utf8_length(text, at);
    if (text[at] == 0 || length == 0) {
      return "byte " + std::to_string(at + 1) + " of the record is " +
             (length == 0 ? "no UTF-8; save the file as UTF-8" : "zero; this is no text");
    }
    at += length;
  }
  return {};
}

/// Without a field: a line of separators alone has several, if empty ones.
bool is_blank(std::string_view line, std::optional<char> separator) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos &&
         (!separator || line.find(*separator) == std::string_view::npos);
}

std::string_view without_return(std::string_view line) {
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace

RecordScanner::RecordScanner(const DataFile& file, std::optional<char> separator, Position start)
    : file_(&file), separator_(separator), offset_(start.offset), line_(start.line) {}

// More bytes behind those that are there; false at the end of the file.
bool RecordScanner::refill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, available());
    end_ -= begin_;
    begin_ = 0;
  }
  const std::uint64_t at = offset_ + end_;
  const std::uint64_t left = file_->size() - std::min(at, file_->size());
  const auto chunk = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, left));
  if (buffer_.size() - end_ < chunk) {
    buffer_.resize(std::max(end_ + chunk, 2 * buffer_.size()));
  }
  const std::size_t got = file_->read(at, buffer_.data() + end_, chunk);
  end_ += got;
  return got > 0;
}

// Where the line ends that goes on at `from`, both counted from begin_; what is available when the
// file ends first, or more than the longest record is there.
std::size_t RecordScanner::line_end(std::size_t from) {
  for (;;) {
    const std::string_view rest = view(available()).substr(from);
    const std::size_t found = rest.find('\n');
    if (found != std::string_view::npos) {
      return from + found;
    }
    from = available();
    if (from > kLongest || !refill()) {
      return available();
    }
  }
}

// Over a record that ends at `end`, and its line end.
void RecordScanner::advance(std::size_t end, std::int64_t lines) {
  const std::size_t bytes = std::min(end + 1, available());
  begin_ += bytes;
  offset_ += bytes;
  line_ += lines;
}

// Over a line of any length.
void RecordScanner::skip_line() {
  for (;;) {
    const std::size_t found = view(available()).find('\n');
    const bool ends = found != std::string_view::npos;
    const std::size_t bytes = ends ? found + 1 : available();
    begin_ += bytes;
    offset_ += bytes;
    if (ends || !refill()) {
      break;
    }
  }
  ++line_;
}

bool RecordScanner::next(Record& record) {
  for (;;) {
    const std::size_t end = line_end(0);
    if (available() == 0) {
      return false;
    }
    record = {.offset = offset_, .line = line_};
    if (end > kLongest) {
      record.problem = "the line is longer than 64 MiB; is this a text file, one record a line?";
      skip_line();
      return true;
    }
    if (is_blank(view(end), separator_)) {
      advance(end, 1);
      continue;
    }
    if (separator_ && view(end).find('"') != std::string_view::npos) {
      find_quoted(record, end);
    } else {
      finish(record, end, 1);
    }
    return true;
  }
}

void RecordScanner::finish(Record& record, std::size_t end, std::int64_t lines) {
  record.bytes = without_return(view(end));
  record.problem = problem_with_text(record.bytes);
  advance(end, lines);
}

void RecordScanner::give_up(Record& record, std::size_t first_end, std::size_t scanned,
                            std::string problem) {
  record.problem = std::move(problem);
  rescanned_ += std::max(scanned, first_end) - first_end;
  if (rescanned_ > file_->size() + kLongest) {
    fail_with(file_->path(), line_,
              "the quotes of this file do not fit together; write fields that hold quotes, "
              "separators or line ends as RFC 4180 says");
  }
  advance(first_end, 1);
}

// The record begins here; its first line ends at `first_end` and holds a quote.
void RecordScanner::find_quoted(Record& record, std::size_t first_end) {
  Quotes quotes(*separator_);
  std::size_t end = first_end;
  std::int64_t lines = 1;
  for (std::size_t at = 0;; ++lines) {
    const std::size_t text_end = without_return(view(end)).size();
    for (; at < text_end; ++at) {
      if (!quotes.step(buffer_[begin_ + at])) {
        give_up(record, first_end, at,
                "text stands behind a closing quote; write a quote within a field twice");
        return;
      }
    }
    if (!quotes.open()) {
      finish(record, end, lines);
      return;
    }
    at = end + 1;
    const bool at_end = at >= available() && !refill();
    end = at_end ? available() : line_end(at);
    if (at_end || end > kLongest) {
      give_up(record, first_end, end,
              "a quote is opened here and never closed; close it, or write it twice");
      return;
    }
  }
}

}  // namespace autoglm::nn
