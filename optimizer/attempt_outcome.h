// What the end of an attempt means for its trial: the one function that decides it.
#pragma once

#include <string>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/study.h"
#include "optimizer/trial_runner.h"

namespace autoglm {

/// Exit statuses with a meaning of their own (sysexits.h).
inline constexpr int kExitBadParameters = 64;
inline constexpr int kExitBadData = 65;
inline constexpr int kExitTryAgain = 75;

struct AttemptOutcome {
  enum class Next {
    conclude,     // the trial is over: `state`, `reason`
    next_repeat,  // this repeat is done, another seed follows
    retry,        // costs a retry
    try_again,    // an unasked 75: costs none
    paused,       // checkpointed on our demand
    requeue       // we interrupted it
  };
  Next next = Next::conclude;
  TrialState state = TrialState::complete;
  std::string reason{};
  std::string outcome{};         // of the attempt, for people
  std::vector<double> values{};  // when complete or next_repeat: this repeat's, one an objective
  /// Equal for failures alike: exit status or signal and the last line of stderr with its numbers
  /// replaced. Empty when this outcome does not count as a failure (64, 65, 75).
  std::string likeness{};
  bool device_failed = false;  // so the program said
};

/// The values of a trial whose program ended well, or why it has none: "no metric \"val_loss\" was
/// reported; reported were acc, loss; did you mean \"loss\"?".
struct EndValues {
  std::vector<double> values{};
  std::string problem{};  // empty: `values` hold
};
EndValues end_values(const Trial& trial, const Objective& objective);

/// `verdict` is what was last answered to the attempt, and it decides: a program that was told to
/// stop or pause may have ended before it heard, and whether it did must change nothing.
/// `interrupted`: we ended the attempt because the study is being stopped.
///
/// max_attempts bounds the attempts that failed or asked to be tried again; those that ended well
/// (of repeats), were paused or interrupted do not count.
AttemptOutcome decide(const Finished& finished, const Trial& trial, const Objective& objective,
                      const StudySettings& settings, const Verdict& verdict, bool interrupted);

}  // namespace autoglm
