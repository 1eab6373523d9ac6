// Thousands of spoilt texts: nothing but the announced errors may come out, and nlohmann/json must
// agree on what is JSON.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "random_space.h"
#include "search_space/search_space.h"
#include "search_space/spec_reader.h"

using namespace autoglm;

namespace {

/// Spoils texts by a few bytes or words.
class Mutator {
 public:
  Mutator(Rng& rng, std::vector<std::string> words) : rng_(rng), words_(std::move(words)) {}

  std::string spoilt(std::string text) {
    for (std::uint64_t edits = 1 + rng_.below(3); edits > 0; --edits) {
      const std::size_t at = rng_.below(text.size() + 1);
      switch (rng_.below(5)) {
        case 0:
          text.insert(at, 1, static_cast<char>(rng_.below(256)));
          break;
        case 1:
          text.erase(at, 1 + rng_.below(3));
          break;
        case 2:
          text.insert(at, words_[rng_.below(words_.size())]);
          break;
        case 3:
          text.insert(at, text.substr(rng_.below(text.size() + 1), rng_.below(12)));
          break;
        default:
          text.replace(at, at < text.size() ? 1 : 0, words_[rng_.below(words_.size())]);
      }
    }
    return text;
  }

 private:
  Rng& rng_;
  std::vector<std::string> words_;
};

std::vector<std::string> json_words() {
  return {"{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\\u00e9",
          "\\ud800",
          "//",
          "/*",
          "*/",
          "\n",
          "\r\n",
          "\t",
          "true",
          "null",
          "NaN",
          "0x1",
          "1e9",
          "1e999",
          "-",
          ".5",
          "\"a\":",
          "{\"a\":1}",
          "\xc3\xa9",
          "\xff",
          "'",
          "9007199254740993",
          "\xef\xbb\xbf",
          "-0",
          "1e-400",
          "\"x-\":",
          "\"when\":",
          "\"type\":"};
}

enum class Verdict { json, not_json, broken_rule };

// What read_spec says; `json` is what it read.
Verdict our_verdict(const std::string& text, std::string& json) {
  try {
    json = to_json(*read_spec(text, "s.json"));
    return Verdict::json;
  } catch (const SpecSyntaxError&) {
    return Verdict::not_json;
  } catch (const SpecError&) {
    return Verdict::broken_rule;
  }
}

// REQUIRES: no exception but SpecError comes out of anything a spec can say.
void use_as_spec(const std::string& text) {
  try {
    const SpecRoot root = read_spec(text, "s.json");
    const SpecNode* const parameters = root->member("parameters");
    if (parameters == nullptr) {
      return;
    }
    const SearchSpace space = parse_search_space(*parameters, root->member("constraints"), nullptr);
    Rng rng(1, 1);
    const Configuration drawn = space.build([&rng](std::size_t, const Parameter& parameter) {
      return value_at(parameter.domain, rng.uniform());
    });
    space.violated_constraint(drawn);
    const Configuration given = parse_configuration(*parameters, space);
    CHECK(given.empty());  // a parameter's object is no value of it
  } catch (const SpecError& error) {
    CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
  }
}

}  // namespace

TEST_CASE("what is JSON is decided as by another parser, and read alike") {
  Rng rng(11, 0);
  Mutator mutator(rng, json_words());
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = mutator.spoilt(random_spec(rng, {.parameters = 2}));
    std::string json;
    const Verdict verdict = our_verdict(text, json);
    const auto theirs = nlohmann::ordered_json::parse(text, nullptr, false, true);
    CAPTURE(text);
    if (verdict == Verdict::json) {
      ++read;
      REQUIRE_FALSE(theirs.is_discarded());
      CHECK(nlohmann::ordered_json::parse(json) == theirs);
    } else if (verdict == Verdict::not_json) {
      CHECK(theirs.is_discarded());
    }
  }
  CHECK(read > 1000);
}

TEST_CASE("a spoilt spec is refused in one line, whatever is wrong with it") {
  Rng rng(12, 0);
  Mutator mutator(rng, json_words());
  for (int i = 0; i < 20'000; ++i) {
    use_as_spec(mutator.spoilt(random_spec(rng, {.parameters = 3})));
  }
}

TEST_CASE("a spoilt expression is refused or has a value") {
  const std::vector<std::string> words = {
      "and", "or", "not ", "in",   "[",    "]", "(",  ")",  "'", "\"",  "`",  "\\",
      "==",  "<",  ">=",   "**",   "%",    "/", "-",  "+",  ",", "1",   ".5", "1e99",
      "a",   "b",  "true", "min(", "log(", "=", "&&", "\t", "é", "\xff"};
  const std::vector<std::string> seeds = {
      "a == 'sgd' and not (b in [1, 2.5, 'x'] or `long name` >= -3)",
      "min(a, 2 * b) ** 2 - abs(c) % 3 <= 4096 or floor(a / b) == 1",
      "0.7 * f1 + 0.3 / latency_ms - exp(-log(a))"};
  const Value one = std::int64_t{1};
  const Value text = std::string("sgd");
  Rng rng(13, 0);
  Mutator mutator(rng, words);
  int parsed = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string spoilt = mutator.spoilt(seeds[rng.below(seeds.size())]);
    const Dialect dialect = rng.below(2) == 0 ? Dialect::condition : Dialect::arithmetic;
    CAPTURE(spoilt);
    try {
      const Expression expression = Expression::parse(spoilt, dialect);
      const bool held = expression.holds([&](std::string_view name) -> const Value* {
        return name == "a" ? &one : name == "b" ? &text : nullptr;
      });
      CHECK((!held || expression.is_logical() || expression.names().size() == 1));
      ++parsed;
    } catch (const ExpressionError& error) {
      CHECK(error.offset <= spoilt.size());
    }
  }
  CHECK(parsed > 500);
}

TEST_CASE("a spoilt --set is refused in one line, or taken") {
  const SpecRoot root = read_spec(
      R"({"name": "s", "parameters": {"a.b": {"type": "int", "min": 1, "max": 2}}, "l": [1, {}]})",
      "s.json");
  const std::vector<std::string> seeds = {"parameters.a.b.max=3", "l.1.x=[1, {\"a\": 2}]", "name=x",
                                          "searcher.type=\"gp\""};
  Rng rng(14, 0);
  Mutator mutator(rng, json_words());
  for (int i = 0; i < 10'000; ++i) {
    const std::string spoilt = mutator.spoilt(seeds[rng.below(seeds.size())]);
    try {
      const SpecRoot changed = with_override(root, spoilt);
      CHECK_FALSE(to_json(*changed).empty());
    } catch (const SpecError& error) {
      CHECK(std::string_view(error.what()).starts_with("--set "));
    }
  }
}
