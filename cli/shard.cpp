#include "cli/shard.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "optimizer/searchers/catalog.h"

namespace autoglm {
namespace {

constexpr std::int64_t kMostShares = 100'000;

bool is_grid(const StudySpec& spec) {
  return make_searcher(spec.searcher, spec.space,
                       {.objectives = spec.objective.size(),
                        .parallel = spec.parallel,
                        .max_trials = spec.max_trials})
             .name == "grid";
}

/// Far from the seeds of the others, and the same each time.
std::uint64_t seed_of(const Share& share, std::uint64_t seed) {
  constexpr std::uint64_t kSpread = 1'000'003;
  constexpr std::uint64_t kGreatest = std::uint64_t{1} << 53U;
  return (seed * kSpread + static_cast<std::uint64_t>(share.index)) % kGreatest;
}

std::string path_of(const Share& share, const std::string& path) {
  std::filesystem::path file(path);
  file.replace_extension(fmt::format("shard-{}-of-{}.db", share.index + 1, share.count));
  return file.string();
}

std::int64_t part_of(const Share& share, std::int64_t total) {
  return total / share.count + (share.index < total % share.count ? 1 : 0);
}

}  // namespace

Share parse_shard(const std::string& text) {
  Share share;
  const char* const end = text.data() + text.size();
  const auto [slash, bad_index] = std::from_chars(text.data(), end, share.index);
  const auto [rest, bad_count] = slash == end
                                     ? std::from_chars_result{end, std::errc::invalid_argument}
                                     : std::from_chars(slash + 1, end, share.count);
  if (bad_index != std::errc{} || bad_count != std::errc{} || *slash != '/' || rest != end ||
      share.index < 1 || share.index > share.count || share.count > kMostShares) {
    throw UsageError(fmt::format(
        "--shard {}: must be I/N, this share and how many there are, such as 1/4", text));
  }
  --share.index;
  return share;
}

std::string shard_text(const Share& share) {
  return share.count == 1 ? "" : fmt::format("{}/{}", share.index + 1, share.count);
}

Share share_of(const std::string& shard) { return shard.empty() ? Share{} : parse_shard(shard); }

void take_share(const Share& share, StudySpec& spec, StudyOptions& options,
                std::optional<std::int64_t>& trials) {
  if (options.study.empty()) {
    options.study = path_of(share, study_path(spec, options));
  }
  if (const auto seed = options.seed ? options.seed : spec.seed) {
    options.seed = seed_of(share, *seed);
  }
  std::vector<Configuration> initial;
  for (std::size_t i = 0; i < spec.initial.size(); ++i) {
    if (static_cast<std::int64_t>(i) % share.count == share.index) {
      initial.push_back(spec.initial[i]);
    }
  }
  spec.initial = std::move(initial);
  spec.share = share;
  trials = trials ? trials : spec.max_trials;
  if (!trials || is_grid(spec)) {
    return;
  }
  const std::int64_t total = *trials;
  trials = part_of(share, total);
  if (*trials == 0) {
    throw UsageError(fmt::format("--shard {}: of {} trials none is left for it; give fewer shards",
                                 shard_text(share), total));
  }
}

}  // namespace autoglm
