#include "search_space/stable_hash.h"

#include <doctest/doctest.h>

namespace autoglm {

// Of the authors' own test vectors, fnv64a.
TEST_CASE("the stable hash gives its published answers") {
  CHECK(stable_hash("") == 0xcbf29ce484222325U);
  CHECK(stable_hash("a") == 0xaf63dc4c8601ec8cU);
  CHECK(stable_hash("foobar") == 0x85944171f73967e8U);
}

TEST_CASE("a byte above 127 counts as what it is without a sign") {
  // (0xcbf29ce484222325 ^ 0xff) * 0x100000001b3 modulo 2^64.
  CHECK(stable_hash("\xff") == 0xaf64724c8602eb6eU);
}

}  // namespace autoglm
