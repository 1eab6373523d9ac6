// `tune --json`: what happens in a study, an object a line on standard output.
#pragma once

#include <optional>
#include <string>

#include "optimizer/history.h"
#include "optimizer/study_loop.h"
#include "optimizer/study_observer.h"

namespace autoglm {

/// Put it after the recorder among a study's observers: lines go out at flush(), when what they say
/// is durable.
class EventStream : public StudyObserver {
 public:
  /// `objective` must outlive it.
  explicit EventStream(const Objective& objective) : objective_(objective) {}

  void on_event(const StudyEvent& event) override;
  void flush() override;

  /// `study_started` and `study_finished` frame the others.
  void study_started(const std::string& study, const History& history);
  void study_finished(const std::string& study, const History& history, const std::string& reason,
                      int exit_status);

 private:
  void add(const std::string& event, const std::string& members);
  std::string best_member(const Trial* best) const;

  const Objective& objective_;
  std::optional<Trial> best_{};
  std::string lines_{};
};

}  // namespace autoglm
