#include "storage/claim.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "storage/optuna_rows.h"
#include "storage/process_identity.h"

namespace autoglm {
namespace {

constexpr std::chrono::seconds kGuardianPatience{5};
constexpr std::chrono::milliseconds kGuardianPoll{20};

TimeNs now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool is_running(std::int64_t pid, std::int64_t start_time) {
  return pid != 0 && process_start_time(pid) == start_time;
}

}  // namespace

struct Claims::Row {
  std::int64_t pid = 0;
  std::int64_t start_time = 0;
  std::string boot{};
  std::string host{};
  std::int64_t guardian_pid = 0;
  std::int64_t guardian_start_time = 0;
  std::string command{};
  TimeNs since = 0;

  bool is_here() const { return boot == boot_id(); }
  bool is_elsewhere() const { return !is_here() && host != host_name(); }
  bool holder_lives() const { return is_elsewhere() || (is_here() && is_running(pid, start_time)); }
  bool guardian_lives() const { return is_here() && is_running(guardian_pid, guardian_start_time); }
  bool is_ours() const { return is_here() && pid == getpid() && holder_lives(); }

  std::string description() const {
    const std::string place = is_elsewhere() ? fmt::format(" on {}", host) : "";
    return fmt::format("process {}{} ({}, since {} UTC)", pid, place, command,
                       optuna_time(since).substr(0, 19));
  }
};

std::optional<Claims::Row> Claims::read(std::int64_t study) {
  Statement rows(connection_,
                 "SELECT pid, start_time, boot_id, host, guardian_pid, guardian_start_time, "
                 "command, since FROM autoglm_claim WHERE study = ?");
  if (!rows.with(study).step()) {
    return std::nullopt;
  }
  return Row{.pid = rows.integer(0),
             .start_time = rows.integer(1),
             .boot = std::string(rows.text(2)),
             .host = std::string(rows.text(3)),
             .guardian_pid = rows.integer(4),
             .guardian_start_time = rows.integer(5),
             .command = std::string(rows.text(6)),
             .since = rows.integer(7)};
}

void Claims::write(std::int64_t study, const Holder& holder, TimeNs since) {
  const std::int64_t pid = holder.pid != 0 ? holder.pid : getpid();
  Statement(connection_, "INSERT OR REPLACE INTO autoglm_claim VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(study, pid, process_start_time(pid).value_or(0), boot_id(), host_name(),
           holder.guardian_pid, process_start_time(holder.guardian_pid).value_or(0), holder.command,
           since);
}

bool Claims::take(std::int64_t study, const std::string& study_name, const Holder& holder) {
  const auto deadline = std::chrono::steady_clock::now() + kGuardianPatience;
  while (true) {
    {
      Transaction transaction(connection_);
      const std::optional<Row> row = read(study);
      if (row && row->holder_lives() && !row->is_ours()) {
        const std::string remedy = row->is_elsewhere()
                                       ? fmt::format(
                                             "; if that machine is gone for good: sqlite3 {} "
                                             "'DELETE FROM autoglm_claim'",
                                             connection_.path())
                                       : "; stop it, or give this run another --study";
        throw StudyHeldError(fmt::format("{}: study \"{}\" is being run by {}{}",
                                         connection_.path(), study_name, row->description(),
                                         remedy));
      }
      if (!row || row->is_ours() || !row->guardian_lives()) {
        write(study, holder, row && row->is_ours() ? row->since : now());
        transaction.commit();
        return row && !row->is_ours();
      }
      if (std::chrono::steady_clock::now() >= deadline) {
        throw StudyHeldError(fmt::format(
            "{}: study \"{}\": process {} still ends the trials of a tuner that died; end it, or "
            "wait and run this again",
            connection_.path(), study_name, row->guardian_pid));
      }
    }
    std::this_thread::sleep_for(kGuardianPoll);
  }
}

void Claims::release(std::int64_t study) {
  Transaction transaction(connection_);
  const std::optional<Row> row = read(study);
  if (row && row->is_ours()) {
    Statement(connection_, "DELETE FROM autoglm_claim WHERE study = ?").run(study);
  }
  transaction.commit();
}

std::optional<std::string> Claims::live_holder(std::int64_t study) {
  const std::optional<Row> row = read(study);
  return row && row->holder_lives() ? std::optional(row->description()) : std::nullopt;
}

}  // namespace autoglm
