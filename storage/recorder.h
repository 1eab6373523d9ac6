// Writes what happens in a study to its storage: the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "optimizer/study_observer.h"
#include "search_space/search_space.h"
#include "storage/storage.h"

namespace autoglm {

/// Trials given out and finished are durable when flush() returns (one commit for all that came
/// since the last one); reports alone, and where a program runs, are written about every 100 ms.
class Recorder : public StudyObserver {
 public:
  /// Nothing is owned; all must outlive the recorder.
  Recorder(Storage& storage, const StudyRecord& study, const SearchSpace& space);

  void on_event(const StudyEvent& event) override;
  void flush() override;

 private:
  struct Pending {
    Trial trial{};  // as of the last event, without its reports
    bool created = false;
    std::vector<Report> reports{};  // that came since the last write
  };
  void write();

  Storage& storage_;
  const StudyRecord& study_;
  const SearchSpace& space_;
  std::map<std::int64_t, Pending> pending_{};  // by number: new ones must be written in order
  std::int64_t sequence_ = 0;
  bool urgent_ = false;
  std::chrono::steady_clock::time_point last_write_{};
};

}  // namespace autoglm
