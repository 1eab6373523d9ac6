#include "optimizer/study_observer.h"

namespace autoglm {

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::enqueued:
      return "enqueued";
    case EventKind::asked:
      return "asked";
    case EventKind::started:
      return "started";
    case EventKind::attempt_ended:
      return "attempt_ended";
    case EventKind::reported:
      return "reported";
    case EventKind::paused:
      return "paused";
    case EventKind::requeued:
      return "requeued";
    case EventKind::finished:
      return "finished";
    case EventKind::launched:
      break;
  }
  return "launched";
}

}  // namespace autoglm
