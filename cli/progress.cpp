#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "cli/output.h"
#include "cli/text.h"
#include "cli/trial_text.h"
#include "optimizer/summary.h"

namespace autoglm {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};

bool terminal_is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

/// As many of the parts, divided by " · ", as there is room for; of the first one what fits.
std::string fitting_parts(const std::string& status, std::size_t columns) {
  constexpr std::string_view kDivider = " · ";
  std::string shown = status;
  for (std::size_t end = status.size(); width_of(shown) > columns;) {
    end = status.rfind(kDivider, end - 1);
    if (end == std::string::npos) {
      return one_line(status, columns);
    }
    shown = status.substr(0, end);
  }
  return one_line(shown, columns);
}

}  // namespace

ProgressStyle progress_style(const std::string& name) {
  if (name == "none") {
    return ProgressStyle::none;
  }
  const bool live = terminal_columns(STDERR_FILENO) > 0 && !terminal_is_dumb();
  return live && name != "plain" ? ProgressStyle::bar : ProgressStyle::plain;
}

void Progress::begin(const History& history) {
  history_ = &history;
  finished_ = 0;
  begun_ = std::chrono::steady_clock::now();
  const TrialCounts counts = count_trials(history.trials());
  for (const Trial& trial : history.trials()) {
    finished_ += is_finished(trial.state) ? 1 : 0;
  }
  finished_before_ = finished_;
  failed_ = counts[TrialState::failed];
  if (const Trial* best = best_trial(history.trials(), objective_)) {
    best_ = *best;
  }
}

void Progress::on_event(const StudyEvent& event) {
  const Trial& trial = event.trial;
  if (event.kind == EventKind::asked) {
    running_.insert(trial.number);
  } else if (event.kind == EventKind::requeued || event.kind == EventKind::paused) {
    running_.erase(trial.number);
  } else if (event.kind == EventKind::finished) {
    running_.erase(trial.number);
    ++finished_;
    ++since_line_;
    failed_ += trial.state == TrialState::failed ? 1 : 0;
    if (is_better(trial, best_ ? &*best_ : nullptr, objective_)) {
      best_ = trial;
    }
    last_finished_ = fmt::format("trial {} {}", trial.number, to_string(trial.state));
    if (!trial.values.empty()) {
      last_finished_ +=
          fmt::format(" {} {}", objective_.metrics()[0].name, short_number(trial.values[0]));
    }
    if (!trial.reason.empty()) {
      last_finished_ += fmt::format(" ({})", short_reason(trial.reason, 160));
    }
  }
}

std::string Progress::time_left() const {
  const auto total = history_->max_trials();
  const std::int64_t done = finished_ - finished_before_;
  if (!total || done < 1 || *total <= finished_) {
    return "";
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun_;
  return fmt::format(" · {} left", short_duration(elapsed.count() / static_cast<double>(done) *
                                                  static_cast<double>(*total - finished_)));
}

std::string Progress::status() const {
  const auto total = history_->max_trials();
  std::string text =
      total ? fmt::format("{}/{} trials", finished_, *total) : fmt::format("{} trials", finished_);
  if (best_) {
    text += fmt::format(" · best {} {} (#{})", objective_.metrics()[0].name,
                        short_number(best_->values[0]), best_->number);
  }
  return text + fmt::format(" · {} running · {} failed", running_.size(), failed_) + time_left();
}

void Progress::draw(bool always) {
  const auto now = std::chrono::steady_clock::now();
  if (style_ == ProgressStyle::none || (!always && now - drawn_ < kBetweenDrawings)) {
    return;
  }
  drawn_ = now;
  if (style_ == ProgressStyle::bar) {
    const int columns = terminal_columns(STDERR_FILENO);
    const auto room = static_cast<std::size_t>(columns > 1 ? columns - 1 : 79);
    write_stderr(fmt::format("\r\x1b[K{}", fitting_parts(status(), room)));
    line_is_open_ = true;
  } else if (since_line_ > 0) {
    const std::string more =
        since_line_ > 1 ? fmt::format(", {} more before it", since_line_ - 1) : "";
    write_stderr(fmt::format("{}{} · {}\n", last_finished_, more, status()));
    since_line_ = 0;
  }
}

void Progress::tick() { draw(false); }

void Progress::note_stop(bool asked_for) {
  if (!asked_for || stop_is_noted_ || style_ == ProgressStyle::none) {
    return;
  }
  stop_is_noted_ = true;
  write_stderr(fmt::format("{}waiting for {} running trials; Ctrl-C again kills them\n",
                           line_is_open_ ? "\r\x1b[K" : "", running_.size()));
}

void Progress::end() {
  draw(true);
  if (line_is_open_) {
    write_stderr("\n");
    line_is_open_ = false;
  }
}

}  // namespace autoglm
