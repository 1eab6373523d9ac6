// SQLite in C++: a connection, its statements and transactions. Every failure is a StorageError
// whose text begins with the file's name and ends with what to do.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace autoglm {

class Connection {
 public:
  /// `uri` is what SQLite opens (SQLITE_OPEN_URI), `path` what messages name.
  Connection(const std::string& uri, std::string path, int flags);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* get() const { return database_; }
  const std::string& path() const { return path_; }

  /// Runs SQL text (any number of statements) without parameters and results.
  void execute(const char* sql);

  /// How long to wait for another program's lock; 60 s unless told.
  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

  /// Throws the StorageError for an SQLite result code of this connection.
  [[noreturn]] void fail(int code) const;
  /// The same for damage that SQLite found in the file.
  [[noreturn]] void fail_damaged(std::string_view damage) const;

 private:
  static int on_busy(void* self, int count);

  sqlite3* database_ = nullptr;
  std::string path_;
  std::chrono::milliseconds patience_{60'000};
  std::chrono::steady_clock::time_point busy_since_{};
  std::uint64_t jitter_ = 0;
};

/// A prepared statement, meant to be kept and run often. The connection must outlive it.
class Statement {
 public:
  Statement(Connection& connection, const char* sql);

  /// Binds all parameters and forgets an earlier run. Then call step() until it is false.
  template <typename... Arguments>
  Statement& with(const Arguments&... arguments) {
    reset();
    int index = 0;
    (bind(++index, arguments), ...);
    return *this;
  }

  /// Binds all parameters and runs to the end.
  template <typename... Arguments>
  void run(const Arguments&... arguments) {
    with(arguments...);
    while (step()) {
    }
  }

  /// Binds the first `columns` of the row where `other` stands, whatever they hold, and runs to the
  /// end. `other` may be of another connection.
  void run_with_row_of(const Statement& other, int columns);

  /// True: there is a row. At the end the statement is reset, so that it holds no lock.
  bool step();
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Valid until the next step().
  std::string_view text(int column) const;

 private:
  void bind(int index, std::nullptr_t);
  void bind(int index, std::int64_t value);
  void bind(int index, int value) { bind(index, std::int64_t{value}); }
  void bind(int index, bool value) { bind(index, std::int64_t{value}); }
  void bind(int index, double value);  // NaN becomes NULL
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  void bind(int index, const char* value) { bind(index, std::string_view(value)); }
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind(index, nullptr);
  }
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Rolled back unless committed. A `write` one takes the lock at once (BEGIN IMMEDIATE): a deferred
/// one that turns from reading to writing fails where it could have waited. A `read` one is a
/// snapshot.
class Transaction {
 public:
  enum class Kind { read, write };
  explicit Transaction(Connection& connection, Kind kind = Kind::write);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Connection& connection_;
};

}  // namespace autoglm
