// A thin, owning layer over SQLite. The only file that knows sqlite3.h is database.cpp.
//
// Errors: everything that SQLite refuses is an Error (sql) with the SQLSTATE that PostgreSQL gives for it
// (docs/protocol.md lists them); a file that can't be opened is an Error (system).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "akqueue/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace akqueue::sim {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

enum class SqlKind { null, integer, real, text, blob };

/// An Error of code sql.
Error sql_error(std::string_view sqlstate, const std::string& message);

/// A prepared statement. Counts as SQLite does: parameters from 1, columns from 0.
class Statement {
 public:
  Statement(Statement&&) noexcept = default;
  Statement& operator=(Statement&&) noexcept = default;

  int parameter_count() const;
  /// The parameter's name with its `$`, or empty.
  std::string parameter_name(int parameter) const;

  Statement& bind(int parameter, const SqlValue& value);
  Statement& bind_null(int parameter);
  Statement& bind_integer(int parameter, std::int64_t value);
  /// The bytes must live until the next reset: nothing is copied.
  Statement& bind_text(int parameter, std::string_view value);
  Statement& bind_blob(int parameter, std::string_view value);

  /// True if there is a row.
  bool step();
  /// Runs to its end and makes it ready to run again; bindings stay.
  void run();
  void reset();

  int column_count() const;
  std::string column_name(int column) const;
  /// The type in the declaration of the table's column, empty if there is none (expressions).
  std::string_view declared_type(int column) const;
  SqlKind kind(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Valid until the next step or reset. Of a blob: its bytes.
  std::string_view text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(class Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  void check(int code);

  class Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Open { existing, create };
  /// Opens with foreign keys on, LIKE as in PostgreSQL, double quotes only for identifiers, and its tables in the
  /// schema `public`.
  explicit Database(const std::string& path, Open how = Open::existing);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// The schema of the tables from here on: `"name"."table"` and `table` are the same. It belongs to the connection,
  /// not to the file. Not while a statement is prepared.
  void set_schema(const std::string& name);
  const std::string& schema() const { return schema_; }

  /// One statement; anything after it is refused (42601), and so is an empty text.
  Statement prepare(std::string_view sql);
  /// A script.
  void run(const std::string& sql);
  /// The first column of the first row; nothing without a row or for NULL.
  std::optional<std::string> text_of(std::string_view sql, std::span<const SqlValue> params = {});
  std::int64_t integer_of(std::string_view sql, std::span<const SqlValue> params = {});

  /// Rows changed by the last statement, not counting those changed by triggers.
  std::int64_t changes() const;
  /// All rows ever changed on this connection, including those changed by triggers.
  std::int64_t total_changes() const;
  bool in_transaction() const;

  /// Adds a SQL function. It may throw Error (sql): the statement then fails with that.
  using Function = std::function<SqlValue(std::span<const SqlValue>)>;
  void add_function(const std::string& name, int arguments, Function function);

  /// How long a statement may wait and run. Nothing: no limit.
  struct Limits {
    std::optional<std::chrono::milliseconds> statement;
    std::optional<std::chrono::milliseconds> lock;
  };
  void set_limits(const Limits& limits);
  /// The statement's time limit counts from here.
  void start_statement();
  /// Called now and then while a statement runs or waits; true ends it with 57014.
  void set_cancelled(std::function<bool()> cancelled);

 private:
  friend class Statement;
  struct Hooks;
  [[noreturn]] void fail(int code);

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<Hooks> hooks_;
  std::string schema_;  ///< SQLite keeps a pointer into it
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace akqueue::sim
