#include "storage/sqlite.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "storage/storage.h"

namespace autoglm {
namespace {

std::string system_reason(sqlite3* database) {
  const int error = sqlite3_system_errno(database);
  return error == 0 ? "" : fmt::format(" ({})", std::strerror(error));
}

std::string damaged(std::string_view damage) {
  return fmt::format(
      "is damaged ({}); go back to a copy, or save what can be read with \"sqlite3 FILE .recover\"",
      damage);
}

/// To one that only reads, the journal or the index of a write-ahead log that a living writer is
/// about to remove or has not begun to fill looks like what a dead one left; only the latter stays.
bool may_pass(int code) { return (code & 0xff) == SQLITE_READONLY && code != SQLITE_READONLY; }

template <typename Call>
int patiently(const Call& call) {
  constexpr int kTries = 250;
  constexpr std::chrono::milliseconds kBetween{2};
  int code = call();
  for (int i = 0; may_pass(code) && i < kTries; ++i) {
    std::this_thread::sleep_for(kBetween);
    code = call();
  }
  return code;
}

// What went wrong and what to do about it.
std::string explain(sqlite3* database, int code) {
  if (code == SQLITE_READONLY_ROLLBACK) {
    return "a program died while it wrote; let one that may write open it first (sqlite3 FILE "
           ".tables)";
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program keeps it locked; end that program, then run this again";
    case SQLITE_CORRUPT:
      return damaged(sqlite3_errmsg(database));
    case SQLITE_NOTADB:
      return "is not a study: not an SQLite database; give another file";
    case SQLITE_FULL:
      return "the disk is full; make room, then run this again";
    case SQLITE_READONLY:
      return "cannot be written; make the file and its folder writable, or copy it elsewhere";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fmt::format(
          "cannot be opened{}; see that the file and its folder may be read and "
          "written",
          system_reason(database));
    case SQLITE_IOERR:
      return fmt::format("cannot be read or written{}; check the disk, then run this again",
                         system_reason(database));
    default:
      return fmt::format("{} (SQLite {})", sqlite3_errmsg(database), code);
  }
}

}  // namespace

Connection::Connection(const std::string& uri, std::string path, int flags)
    : path_(std::move(path)),
      jitter_(
          static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) |
          1) {
  const int code = sqlite3_open_v2(uri.c_str(), &database_, flags | SQLITE_OPEN_URI, nullptr);
  if (code != SQLITE_OK) {
    const StorageError error(fmt::format("{}: {}", path_, explain(database_, code)));
    sqlite3_close(database_);
    throw error;
  }
  sqlite3_extended_result_codes(database_, 1);
  sqlite3_busy_handler(database_, &Connection::on_busy, this);
}

Connection::~Connection() { sqlite3_close_v2(database_); }

// SQLite's own handler sleeps up to 100 ms; with many processes on one file that costs nine tenths
// of the throughput.
int Connection::on_busy(void* self, int count) {
  auto& connection = *static_cast<Connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (count == 0) {
    connection.busy_since_ = now;
  }
  if (now - connection.busy_since_ >= connection.patience_) {
    return 0;
  }
  // xorshift64 (Marsaglia, "Xorshift RNGs", 2003)
  connection.jitter_ ^= connection.jitter_ << 13;
  connection.jitter_ ^= connection.jitter_ >> 7;
  connection.jitter_ ^= connection.jitter_ << 17;
  std::this_thread::sleep_for(std::chrono::microseconds(100 + connection.jitter_ % 1900));
  return 1;
}

void Connection::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
  }
}

void Connection::fail(int code) const {
  throw StorageError(fmt::format("{}: {}", path_, explain(database_, code)));
}

void Connection::fail_damaged(std::string_view damage) const {
  throw StorageError(fmt::format("{}: {}", path_, damaged(damage)));
}

Statement::Statement(Connection& connection, const char* sql) : connection_(connection) {
  sqlite3_stmt* statement = nullptr;
  const int code = patiently([&] {
    return sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                              nullptr);
  });
  statement_.reset(statement);
  check(code);
}

bool Statement::step() {
  const int code = patiently([this] {
    const int outcome = sqlite3_step(statement_.get());
    if (may_pass(outcome)) {
      reset();
    }
    return outcome;
  });
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    // The error is described before reset() replaces its text.
    try {
      connection_.fail(code);
    } catch (const StorageError&) {
      reset();
      throw;
    }
  }
  reset();
  return false;
}

void Statement::run_with_row_of(const Statement& other, int columns) {
  reset();
  for (int i = 0; i < columns; ++i) {
    check(sqlite3_bind_value(statement_.get(), i + 1,
                             sqlite3_column_value(other.statement_.get(), i)));
  }
  while (step()) {
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) {
    return {};
  }
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

void Statement::bind(int index, std::nullptr_t) {
  check(sqlite3_bind_null(statement_.get(), index));
}

void Statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}

void Statement::bind(int index, double value) {
  check(sqlite3_bind_double(statement_.get(), index, value));
}

void Statement::bind(int index, std::string_view value) {
  // An empty view may have no data, which SQLite would take as NULL.
  const char* data = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(statement_.get(), index, data, value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) {
    connection_.fail(code);
  }
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  connection_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // After some errors (a full disk) SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(connection_.get()) == 0) {
    sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() { connection_.execute("COMMIT"); }

}  // namespace autoglm
