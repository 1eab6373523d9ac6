#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "cli/line_channel.h"

using namespace autoglm;

namespace {

/// Two pipes with a channel between them.
class Pipes {
 public:
  Pipes() {
    REQUIRE(::pipe(in_) == 0);
    REQUIRE(::pipe(out_) == 0);
  }
  ~Pipes() {
    for (const int descriptor : {in_[0], in_[1], out_[0], out_[1]}) {
      ::close(descriptor);
    }
  }

  void send(std::string_view text) {
    REQUIRE(::write(in_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void end_input() { in_[1] = (::close(in_[1]), -1); }
  void stop_reading() { out_[0] = (::close(out_[0]), -1); }
  std::string received() {
    std::string text(65536, '\0');
    text.resize(static_cast<std::size_t>(::read(out_[0], text.data(), text.size())));
    return text;
  }
  LineChannel channel(std::size_t longest = 100) { return {in_[0], out_[1], longest}; }

 private:
  int in_[2]{};
  int out_[2]{};
};

using Lines = std::vector<std::string_view>;

}  // namespace

TEST_CASE("all lines that have arrived are read at once") {
  Pipes pipes;
  LineChannel channel = pipes.channel();
  pipes.send("one\ntwo\r\n\nthr");
  CHECK(channel.read_lines() == Lines{"one", "two\r", ""});
  pipes.send("ee\n");
  CHECK(channel.read_lines() == Lines{"three"});
}

TEST_CASE("a last line needs no newline, and then the input has ended") {
  Pipes pipes;
  LineChannel channel = pipes.channel();
  pipes.send("last");
  pipes.end_input();
  CHECK(channel.read_lines() == Lines{"last"});
  CHECK(channel.read_lines().empty());
  CHECK(channel.signal() == 0);
}

TEST_CASE("of a line that is too long the beginning is kept, and the next one is whole") {
  Pipes pipes;
  LineChannel channel = pipes.channel(10);
  pipes.send(std::string(300, 'a') + "\nnext\n" + std::string(40, 'b'));
  CHECK(channel.read_lines() == Lines{std::string(300, 'a'), "next"});
  pipes.send(std::string(40, 'b'));
  pipes.send("\nend\n");
  CHECK(channel.read_lines() == Lines{std::string(11, 'b'), "end"});
}

TEST_CASE("a signal ends the reading, before lines that wait") {
  Pipes pipes;
  LineChannel channel = pipes.channel();
  pipes.send("waiting\n");
  REQUIRE(std::raise(SIGTERM) == 0);
  CHECK(channel.read_lines().empty());
  CHECK(channel.signal() == SIGTERM);
}

TEST_CASE("answers go out, and a reader that went away ends the reading quietly") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipes pipes;
  LineChannel channel = pipes.channel();
  channel.write("answer\n");
  CHECK(pipes.received() == "answer\n");
  pipes.stop_reading();
  channel.write("nobody\n");
  pipes.send("line\n");
  CHECK(channel.read_lines().empty());
  CHECK(channel.signal() == 0);
}
