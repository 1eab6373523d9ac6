#include "trainer/train/run_state.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "trainer/launch/report_line.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint.h"

namespace autoglm {
namespace {

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

void load(const nn::Checkpoint& checkpoint, RunState& state) {
  nn::ByteReader run(checkpoint.at("run"));
  const auto epoch = run.number<std::int64_t>();
  const auto fold = run.number<std::uint64_t>();
  if (!run.complete() || fold >= state.folds.size() ||
      !state.watch.restore(checkpoint.at("watch"))) {
    throw nn::CheckpointError("is of another version of autoglm");
  }
  for (std::size_t i = 0; i < state.folds.size(); ++i) {
    state.folds[i]->load(prefix_of(i), checkpoint);
  }
  state.epoch = epoch;
  state.fold = fold;
  state.told = told_of(nn::text_of(checkpoint.at("told")));
}

}  // namespace

void save_run(const std::string& path, std::uint64_t fingerprint, const RunState& state) {
  CheckpointParts parts;
  nn::ByteWriter run;
  run.number(state.epoch);
  run.number(static_cast<std::uint64_t>(state.fold));
  parts.emplace_back("run", nn::text_of(run.bytes()));
  parts.emplace_back("watch", nn::text_of(state.watch.save()));
  parts.emplace_back("told", told_text(state.told));
  for (std::size_t i = 0; i < state.folds.size(); ++i) {
    state.folds[i]->save(prefix_of(i), parts);
  }
  std::vector<nn::NamedBytes> arrays;
  arrays.reserve(parts.size());
  for (const auto& [name, bytes] : parts) {
    arrays.push_back({.name = name, .bytes = std::as_bytes(std::span(bytes))});
  }
  nn::write_checkpoint(path, fingerprint, arrays);
}

bool load_run(const std::vector<std::string>& paths, std::uint64_t fingerprint, RunState& state,
              RunReporter& reporter) {
  for (const std::string& path : paths) {
    try {
      if (const auto checkpoint = nn::Checkpoint::read(path, fingerprint)) {
        load(*checkpoint, state);
        reporter.say(fmt::format("goes on from {}: epoch {}", path, state.epoch));
        return true;
      }
    } catch (const nn::CheckpointError& error) {
      reporter.say(fmt::format("{}; it is passed over", error.what()));
    }
  }
  return false;
}

}  // namespace autoglm
