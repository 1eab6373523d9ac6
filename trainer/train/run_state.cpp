#include "trainer/train/run_state.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "trainer/launch/report_line.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint.h"

namespace autoglm {
namespace {

constexpr const char* kPlace = "place";  // epoch, fold, seconds
constexpr const char* kWatch = "watch";
constexpr const char* kEnded = "ended";
constexpr const char* kTold = "told";

std::string prefix_of(std::size_t fold) { return fmt::format("fold{}.", fold); }

/// Reports as lines of JSON.
std::string told_text(const std::vector<Report>& told) {
  std::string text;
  for (const Report& report : told) {
    text += format_report_line({.step = report.step, .metrics = report.metrics}) + "\n";
  }
  return text;
}

std::vector<Report> told_of(const std::string& text) {
  std::vector<Report> told;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (auto report = parse_report_line(line); report && report->step) {
      told.push_back({.step = *report->step, .metrics = std::move(report->metrics)});
    }
  }
  return told;
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> place_bytes(const RunState& state) {
  nn::ByteWriter writer;
  writer.number(state.epoch);
  writer.number(static_cast<std::uint64_t>(state.fold));
  writer.number(state.seconds);
  return writer.bytes();
}

/// Throws CheckpointError unless load() can do with it.
void require(const nn::Checkpoint& checkpoint, const RunState& state) {
  checkpoint.require(kPlace, place_bytes(state).size());
  checkpoint.require(kWatch, state.watch.save().size());
  checkpoint.bytes(kEnded);
  checkpoint.bytes(kTold);
  const std::vector<std::byte> bytes = checkpoint.bytes(kPlace);
  nn::ByteReader place(bytes);
  place.number<std::int64_t>();
  if (place.number<std::uint64_t>() > state.folds.size()) {
    checkpoint.refuse(kPlace);
  }
  for (std::size_t i = 0; i < state.folds.size(); ++i) {
    state.folds[i]->require(prefix_of(i), checkpoint);
  }
}

void load(const nn::Checkpoint& checkpoint, RunState& state) {
  const std::vector<std::byte> bytes = checkpoint.bytes(kPlace);
  nn::ByteReader place(bytes);
  state.epoch = place.number<std::int64_t>();
  state.fold = place.number<std::uint64_t>();
  state.seconds = place.number<double>();
  state.watch.restore(checkpoint.bytes(kWatch));
  state.ended = nn::text_of(checkpoint.bytes(kEnded));
  state.told = told_of(nn::text_of(checkpoint.bytes(kTold)));
  for (std::size_t i = 0; i < state.folds.size(); ++i) {
    state.folds[i]->load(prefix_of(i), checkpoint);
  }
}

/// None: there is no such file, or it is no checkpoint of this run, which is said.
std::optional<nn::Checkpoint> find_checkpoint(const std::string& path, std::uint64_t fingerprint,
                                              const RunState& state, RunReporter& reporter) {
  try {
    auto checkpoint = nn::Checkpoint::read(path, fingerprint);
    if (checkpoint) {
      require(*checkpoint, state);
    }
    return checkpoint;
  } catch (const nn::CheckpointError& error) {
    reporter.say(fmt::format("{}; it is passed over", error.what()));
    return std::nullopt;
  }
}

}  // namespace

void save_run(const std::string& path, std::uint64_t fingerprint, const RunState& state) {
  std::vector<nn::CheckpointPart> parts{nn::part_of(kPlace, place_bytes(state)),
                                        nn::part_of(kWatch, state.watch.save()),
                                        nn::part_of(kEnded, bytes_of(state.ended)),
                                        nn::part_of(kTold, bytes_of(told_text(state.told)))};
  for (std::size_t i = 0; i < state.folds.size(); ++i) {
    state.folds[i]->save(prefix_of(i), parts);
  }
  nn::write_checkpoint(path, fingerprint, parts);
}

bool load_run(const std::vector<std::string>& paths, std::uint64_t fingerprint, RunState& state,
              RunReporter& reporter) {
  for (const std::string& path : paths) {
    if (const auto checkpoint = find_checkpoint(path, fingerprint, state, reporter)) {
      load(*checkpoint, state);
      reporter.say(fmt::format("goes on from {}: epoch {}", path, state.epoch));
      return true;
    }
  }
  return false;
}

}  // namespace autoglm
