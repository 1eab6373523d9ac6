// What a person sees while a study runs: one live line on a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "optimizer/history.h"
#include "optimizer/study_observer.h"

namespace autoglm {

enum class ProgressStyle {
  none,   // nothing
  plain,  // a line for each trial that ends; when they come fast, for the last of a batch
  bar     // one line that is written over
};

/// "auto" and "bar": a bar when standard error is a terminal that can write over a line, else
/// plain.
ProgressStyle progress_style(const std::string& name);

class Progress : public StudyObserver {
 public:
  /// `objective` must outlive it.
  Progress(ProgressStyle style, const Objective& objective)
      : style_(style), objective_(objective) {}

  /// Takes over what a resumed study has done. `history` must outlive the progress.
  void begin(const History& history);
  void on_event(const StudyEvent& event) override;
  /// Draws, at most about ten times a second.
  void tick();
  /// Says once that a first Ctrl-C was heard.
  void note_stop(bool asked_for);
  /// The last state of affairs; leaves the cursor at the beginning of a line.
  void end();

 private:
  std::string status() const;
  std::string time_left() const;
  void draw(bool always);

  ProgressStyle style_;
  const Objective& objective_;
  const History* history_ = nullptr;
  std::chrono::steady_clock::time_point begun_{};
  std::chrono::steady_clock::time_point drawn_{};
  std::int64_t finished_ = 0, failed_ = 0, finished_before_ = 0;
  std::set<std::int64_t> running_{};  // numbers
  std::optional<Trial> best_{};
  std::string last_finished_{};
  std::int64_t since_line_ = 0;
  bool line_is_open_ = false;
  bool stop_is_noted_ = false;
};

}  // namespace autoglm
