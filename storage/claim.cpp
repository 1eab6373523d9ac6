#include "storage/claim.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "storage/optuna_rows.h"
#include "storage/process_identity.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

constexpr std::chrono::seconds kGuardianPatience{5};
constexpr std::chrono::seconds kLockPatience{1};
constexpr std::chrono::milliseconds kGuardianPoll{20};

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

Claims::Standing Claims::standing(std::int64_t study, const std::optional<Row>& row) const {
  if (!row) {
    return Standing::free;
  }
  if (row->is_elsewhere()) {
    return Standing::alive;
  }
  if (!row->is_here()) {
    return Standing::dead;
  }
  const bool is_running_here = is_running(row->pid, row->start_time);
  if (is_running_here && row->pid == getpid()) {
    return Standing::ours;
  }
  if (is_running_here) {
    return Standing::alive;
  }
  if (lock_.is_held_by_another(study)) {
    return Standing::locked;
  }
  return is_running(row->guardian_pid, row->guardian_start_time) ? Standing::dead_but_guarded
                                                                 : Standing::dead;
}

bool Claims::take(std::int64_t study, const std::string& study_name, const Holder& holder) {
  const auto began = std::chrono::steady_clock::now();
  for (;; std::this_thread::sleep_for(kGuardianPoll)) {
    Transaction transaction(connection_);
    const std::optional<Row> row = read(study);
    const Standing found = standing(study, row);
    const auto waited = std::chrono::steady_clock::now() - began;
    if ((found == Standing::dead_but_guarded && waited < kGuardianPatience) ||
        (found == Standing::locked && waited < kLockPatience)) {
      continue;
    }
    if (found != Standing::free && found != Standing::ours && found != Standing::dead) {
      refuse(study_name, *row, found);
    }
    write(study, holder, found == Standing::ours ? row->since : time_now());
    lock_.take(study);
    transaction.commit();
    return found == Standing::dead;
  }
}

void Claims::refuse(const std::string& study_name, const Row& row, Standing standing) const {
  const std::string study = fmt::format("{}: study \"{}\"", connection_.path(), study_name);
  if (standing == Standing::dead_but_guarded) {
    throw StudyHeldError(fmt::format(
        "{}: process {} still ends the trials of a tuner that died; end it, or wait and "
        "run this again",
        study, row.guardian_pid));
  }
  const std::string remedy = row.is_elsewhere()
                                 ? fmt::format(
                                       "if that machine is gone for good: sqlite3 {} "
                                       "'DELETE FROM autoglm_claim'",
                                       connection_.path())
                                 : "stop it, or give this run another --study";
  throw StudyHeldError(fmt::format("{} is being run by {}; {}", study, row.description(), remedy));
}

void Claims::release(std::int64_t study) {
  Transaction transaction(connection_);
  if (standing(study, read(study)) == Standing::ours) {
    Statement(connection_, "DELETE FROM autoglm_claim WHERE study = ?").run(study);
    lock_.release(study);
  }
  transaction.commit();
}

std::optional<std::string> Claims::live_holder(std::int64_t study) {
  const std::optional<Row> row = read(study);
  const Standing found = standing(study, row);
  const bool is_held =
      found == Standing::alive || found == Standing::locked || found == Standing::ours;
  return is_held ? std::optional(row->description()) : std::nullopt;
}

}  // namespace autoglm
