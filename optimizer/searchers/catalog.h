// From a searcher's name in a spec to the searcher.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/searcher.h"
#include "optimizer/searchers/share.h"
#include "search_space/search_space.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// What a searcher may know of the study besides its history.
struct SearcherContext {
  std::uint64_t seed = 0;
  std::size_t objectives = 1;
  int parallel = 1;
  std::optional<std::int64_t> max_trials{};
  Share share{};  // of a grid
};

struct SearcherChoice {
  std::unique_ptr<Searcher> searcher{};
  std::string name{};     // never "auto": what auto chose
  std::string options{};  // one JSON object with every option, defaults included; stored
  int revision = 1;       // changes when the same options would suggest something else
  std::string reason{};   // why auto chose it; empty when the user did
};

/// `section` is the spec's `searcher`: null (auto), a name or an object with `type` and options.
/// Throws SpecError. `space` must outlive the searcher.
SearcherChoice make_searcher(const SpecNode* section, const SearchSpace& space,
                             const SearcherContext& context);

/// With a line about each, for messages and help.
std::vector<std::pair<std::string, std::string>> searcher_names();

}  // namespace autoglm
