// Is told of everything that happens in a study, before the study acts on it.
#pragma once

#include <cstdint>
#include <string_view>

#include "optimizer/trial.h"

namespace autoglm {

enum class EventKind {
  enqueued,       // a waiting trial was put into the queue
  asked,          // a trial was given out; its configuration is whole now
  started,        // an attempt begins; its number is taken before its program runs
  attempt_ended,  // an attempt ended and the trial goes on with another one
  reported,
  paused,
  requeued,  // back to waiting: interrupted
  finished,
  launched  // the attempt's program runs: its process and directory are known
};

std::string_view to_string(EventKind kind);

struct StudyEvent {
  EventKind kind = EventKind::asked;
  std::int64_t sequence = 0;
  const Trial& trial;              // as it is after the event; valid during the call
  const Report* report = nullptr;  // of `reported`, after merging
};

/// The journal is an observer, and so a write-ahead log. One that throws ends the study.
class StudyObserver {
 public:
  virtual ~StudyObserver() = default;
  virtual void on_event(const StudyEvent& event) = 0;
  /// Makes durable what was told. Called before the study waits, and before an answer goes out.
  virtual void flush() {}
};

}  // namespace autoglm
