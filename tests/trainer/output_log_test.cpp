#include "trainer/launch/output_log.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <string>
#include <vector>

#include "trainer/launch/text_tail.h"

namespace autoglm {
namespace {

constexpr OutputLog::Limits kSmall{.head = 100, .tail = 50, .total = 300};

/// What a log holds after these pieces were appended.
std::string log_of(const std::vector<std::string>& pieces) {
  FileDescriptor file(::memfd_create("log", MFD_CLOEXEC));
  const FileDescriptor reader(::dup(file.get()));
  OutputLog log(std::move(file), kSmall);
  for (const std::string& piece : pieces) {
    log.append(piece);
  }
  std::string text(1000, '\0');
  const ssize_t size = ::pread(reader.get(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string digits(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += static_cast<char>('0' + i % 10);
  }
  return text;
}

TEST_CASE("a log that stays within its size holds everything") {
  CHECK(log_of({}).empty());
  CHECK(log_of({"a\n", std::string("b\0c", 3)}) == std::string("a\nb\0c", 5));
  CHECK(log_of({digits(300)}) == digits(300));
}

TEST_CASE("a log that grew too long has its head, what was left out, and its tail") {
  // 301 bytes: head 100, then the last 50 of the first 300, then 1.
  const std::string text = log_of({digits(301)});
  CHECK(text.substr(0, 100) == digits(100));
  CHECK(text.substr(100, 64) ==
        "\n[autoglm left out 150 bytes here]" + std::string(29, ' ') + "\n");
  CHECK(text.substr(164) == digits(301).substr(250));
}

TEST_CASE("the bytes left out are counted over all that was written, in whatever pieces") {
  const std::string all = digits(10'000);
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < all.size(); i += 7) {
    pieces.push_back(all.substr(i, 7));
  }
  for (const std::string& text : {log_of({all}), log_of(pieces)}) {
    CHECK(text.size() <= 300);
    const std::size_t left_out = all.size() - (text.size() - 64);
    CHECK(text.find("[autoglm left out " + std::to_string(left_out) + " bytes here]") == 101);
    CHECK(text.substr(0, 100) == all.substr(0, 100));
    CHECK(text.substr(164) == all.substr(all.size() - (text.size() - 164)));
  }
}

std::string tail_of(const std::string& text) {
  TextTail tail;
  tail.append(text);
  return tail.text();
}

TEST_CASE("the tail of a stream is its last lines, without blank ones at the end") {
  CHECK(tail_of("") == "");
  CHECK(tail_of("first\nlast\n\n \n") == "first\nlast");
  const std::string long_text = std::string(5000, 'x') + "\nsecond\nlast\n";
  CHECK(tail_of(long_text) == "second\nlast");
  CHECK(tail_of(std::string(5000, 'x')) == std::string(4096, 'x'));
}

TEST_CASE("the tail of a stream that came in pieces is that of the whole") {
  TextTail tail;
  for (int i = 0; i < 100'000; ++i) {
    tail.append(std::to_string(i) + "\n");
  }
  const std::string text = tail.text();
  CHECK(text.size() <= TextTail::kBytes);
  CHECK(text.size() > TextTail::kBytes - 6);
  CHECK(text.ends_with("99998\n99999"));
}

TEST_CASE("the tail of a stream is valid UTF-8 whatever was written") {
  CHECK(tail_of("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
  CHECK(tail_of("a\xff"
                "b\xc3") ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd");
  CHECK(tail_of(std::string("a\0b\x1b[31m", 8)) ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd[31m");
  // A cut never goes through a character.
  std::string euros;
  for (int i = 0; i < 3000; ++i) {
    euros += "\xe2\x82\xac";
  }
  CHECK(tail_of(euros) == euros.substr(0, 4095));
}

}  // namespace
}  // namespace autoglm
