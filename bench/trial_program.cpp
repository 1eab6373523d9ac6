// The least that a trial can be: it reports its value and ends.
#include <unistd.h>

int main() {
  constexpr char kReport[] = "{\"value\": 1}\n";
  return write(STDOUT_FILENO, kReport, sizeof kReport - 1) > 0 ? 0 : 1;
}
