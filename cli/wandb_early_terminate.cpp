#include "cli/wandb_early_terminate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/wandb_members.h"

namespace autoglm {
namespace {

constexpr std::size_t kRungsShown = 3;  // of those that never end

/// Either min_iter, or max_iter and s, says where the rungs are.
struct Hyperband {
  double eta = 3;  // > 1
  std::int64_t s = 1;
  std::optional<double> max_iter{};
  double min_iter = 1;
};

Hyperband read_hyperband(const SpecNode& rule) {
  Hyperband band{.eta = number_member(rule, "eta", 3)};
  if (band.eta <= 1) {
    rule.member("eta")->fail(fmt::format("must be above 1, not {}", band.eta));
  }
  if (const SpecNode* const brackets = rule.member("s")) {
    band.s = brackets->as_integer(1, 100);
  }
  if (const SpecNode* const most = rule.member("max_iter")) {
    band.max_iter = static_cast<double>(most->as_integer(1, std::int64_t{1} << 53));
  }
  band.min_iter = std::max(1.0, std::floor(number_member(rule, "min_iter", 1)));
  return band;
}

/// max_iter / eta^k for k from s down to 1, as far as that is not below 1; or min_iter * eta^k.
std::vector<double> rungs_there(const Hyperband& band) {
  std::vector<double> rungs;
  if (!band.max_iter) {
    for (std::size_t k = 0; k < kRungsShown; ++k) {
      rungs.push_back(std::floor(band.min_iter * std::pow(band.eta, static_cast<double>(k))));
    }
    return rungs;
  }
  double rung = *band.max_iter / band.eta;
  for (std::int64_t k = 0; k < band.s && rung >= 1; ++k) {
    rungs.insert(rungs.begin(), std::floor(rung));
    rung /= band.eta;
  }
  return rungs;
}

/// first * reduction^k below max_iter.
std::vector<double> rungs_here(const Hyperband& band, double first, double reduction) {
  std::vector<double> rungs;
  for (double rung = first; band.max_iter ? rung < *band.max_iter : rungs.size() < kRungsShown;
       rung *= reduction) {
    rungs.push_back(rung);
  }
  return rungs;
}

std::string comparison(const Hyperband& band, double first, double reduction) {
  const std::vector<double> there = rungs_there(band);
  const std::vector<double> here = rungs_here(band, first, reduction);
  const char* const more = band.max_iter ? "" : ", …";
  std::string text =
      there == here ? fmt::format("which has the same rungs ({}{})", fmt::join(here, ", "), more)
                    : fmt::format("with rungs at {}{}; those of W&B are at {}{}",
                                  fmt::join(here, ", "), more, fmt::join(there, ", "), more);
  if (reduction != band.eta) {
    text += fmt::format("; of {} trials one goes on, of W&B's one of {}", reduction, band.eta);
  }
  return text;
}

void note_other_keys(const SpecNode& rule, std::vector<std::string>& notes) {
  constexpr std::array<std::string_view, 5> kRead{"type", "min_iter", "max_iter", "s", "eta"};
  for (const SpecMember& member : rule.as_object()) {
    if (std::find(kRead.begin(), kRead.end(), member.key) == kRead.end()) {
      notes.push_back("early_terminate." + member.key);
    }
  }
}

}  // namespace

std::optional<DraftMember> early_stopping_of_sweep(const SpecNode& rule,
                                                   std::vector<std::string>& notes) {
  const std::string type = text_member(rule, "type");
  if (type != "hyperband") {
    notes.push_back(fmt::format("early_terminate {}", json_quoted(type)));
    return std::nullopt;
  }
  note_other_keys(rule, notes);
  const Hyperband band = read_hyperband(rule);
  const std::vector<double> rungs = rungs_there(band);
  if (rungs.empty()) {
    notes.emplace_back("early_terminate hyperband: has no rung between 1 and max_iter");
    return std::nullopt;
  }
  const double reduction = std::max(2.0, std::round(band.eta));
  notes.push_back("early_terminate hyperband: asha is drafted, " +
                  comparison(band, rungs.front(), reduction));
  return DraftMember{
      .key = "early_stopping",
      .json = fmt::format(
          R"({{"type": "asha", "min_steps": {:.0f}{}, "reduction": {:.0f}}})", rungs.front(),
          band.max_iter ? fmt::format(", \"max_steps\": {:.0f}", *band.max_iter) : "", reduction)};
}

}  // namespace autoglm
