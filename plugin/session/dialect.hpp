// The few fragments of SQL in which the engines must differ. Everything else is one text for both
// (docs/protocol.md, "What differs between the engines").
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/uuid.hpp"
#include "session/portable_type.hpp"
#include "session/session.hpp"

namespace akqueue::session {

class Dialect {
 public:
  virtual ~Dialect() = default;

  /// A condition on the task row `alias`: its lock is held.
  virtual std::string held(std::string_view alias) const = 0;
  /// A condition on the row `alias` of the workers' table: that worker holds the lock that it keeps while it lives.
  virtual std::string alive(std::string_view alias) const = 0;
  /// An expression: the time that many seconds before the open transaction began, by the database's clock.
  virtual std::string ago(std::int64_t seconds) const = 0;
  /// For FROM: the locks that workers hold on tasks, as rows (key, holder), with the holder's address (the replica: its
  /// pod).
  virtual std::string holders(std::string_view alias) const = 0;
  /// An expression: the key of the lock on the task row `alias`.
  virtual std::string lock_key(std::string_view alias) const = 0;
  /// Ends a SELECT that locks its rows and passes over those that somebody else has locked.
  virtual std::string lock_rows(std::string_view alias) const = 0;
  /// A condition: the row `alias` lies in [from, to) of its table, in units of extent().
  virtual std::string in_range(Statement& statement, std::string_view alias, std::int64_t from,
                               std::int64_t to) const = 0;
  /// A statement whose one value is the end of the table's physical range, in the engine's unit (pages, rowids).
  virtual std::string extent(const Table& table) const = 0;
  /// A good first step through that range: about a thousand rows.
  virtual std::int64_t first_step() const = 0;
  /// An expression: a column of the row `alias`, in a SELECT from one table or in RETURNING.
  virtual std::string returned(std::string_view alias, std::string_view column) const = 0;
  /// Whether COPY has a binary form of portable types (session/portable_type.hpp).
  virtual bool has_binary_form() const = 0;
  /// An expression: a value of that type as its output function prints it; NULL for NULL.
  virtual std::string as_text(std::string_view type, const std::string& value) const = 0;
  /// An expression: the approximate size in bytes of a value, found without reading it if it is large.
  virtual std::string size_of(std::string_view type, const std::string& value) const = 0;
  /// The inverse of as_text(): a text as a value of that type, by the type's input function.
  virtual std::string from_text(std::string_view type, const std::string& text) const = 0;
  /// The type of a column that keeps a value for from_text() or, if given, a value of a portable type.
  virtual std::string staged_type(const std::optional<PortableType>& type) const = 0;
  /// The statements that create the empty temporary table `name (columns)` for one transaction.
  virtual std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const = 0;
  /// The place of the row `alias` in its table: valid while the row is locked.
  virtual std::string row_id(std::string_view alias) const = 0;
  /// The type of a column that keeps such a place.
  virtual std::string_view row_id_type() const = 0;
  /// A condition: `value` is among the rows of `query`, a SELECT of one column.
  virtual std::string among(const std::string& value, const std::string& query) const = 0;
  /// The same of a row that was found by something else: no row is searched by it, and `query` is run once.
  virtual std::string among_once_found(const std::string& value, const std::string& query) const = 0;
  /// A SELECT whose rows are `ids`, bound as one value.
  virtual std::string listed(Statement& statement, const std::vector<Uuid>& ids) const = 0;
  /// A condition: `value` is one of `ids`, which are written out: COPY takes no bound values, and an id can't be
  /// anything but sixteen bytes.
  virtual std::string is_one_of(const std::string& value, std::span<const Uuid> ids) const = 0;
  /// A statement whose one value is the name of the open transaction; empty if transactions have no names.
  virtual std::string transaction_id() const = 0;
  /// A statement whose one row says what others feel of the open transaction, in milliseconds and 0 where nothing is to
  /// be seen: how far the last replica is behind, the longest wait of another session for what this one has locked, the
  /// age of the oldest transaction of others; then the number of replicas of which this role may not see that. Empty
  /// where there are no others.
  virtual std::string load() const = 0;
  /// A statement whose one value is the outcome of the transaction of that name: `committed`, `aborted`, `in progress`,
  /// NULL for one that is forgotten; empty if transactions have no names.
  virtual std::string fate_of_transaction(Statement& statement, const std::string& id) const = 0;
  /// A statement whose one value says what is committed now, for seen(): in a transaction, before its first change.
  virtual std::string snapshot() const = 0;
  /// A condition: the row `alias` of the task table has not changed since the snapshot, whatever its times say.
  virtual std::string seen(Statement& statement, std::string_view alias, const std::string& snapshot) const = 0;
  /// A condition: the row `alias` was written by the open transaction.
  virtual std::string own_row(std::string_view alias) const = 0;
  /// The statements that begin a transaction that restores rows: it waits for those of all other restorations, or, with
  /// `batch`, for those of restorations without it and of the batch with the same number; and keys that can be checked
  /// at COMMIT are.
  virtual std::vector<std::string> before_restoring(std::optional<std::int64_t> batch) const = 0;
  /// What follows the columns of an INSERT so that it may set a column that the database counts up by itself.
  virtual std::string_view overriding() const = 0;
  /// For FROM, as `alias`: the `columns` of `table`, with their names and types, out of a temporary table
  /// `staged(row text)` of JSON rows.
  virtual std::string unpacked(const Table& table, const std::vector<Column>& columns, std::string_view staged,
                               std::string_view alias) const = 0;
  /// An expression: a new random id; `row` is a value that differs from row to row.
  virtual std::string new_id(const std::string& row) const = 0;
  /// A statement that tells the workers of a queue of a task which is not there: they look at once what is due.
  virtual std::string wake(Statement& statement, std::string_view queue) const = 0;
  /// An expression: the jsonb array `array`, then the elements of `more`.
  virtual std::string appended(const std::string& array, const std::string& more) const = 0;
  /// An expression: `value`, which is not to be looked up in an index, nor to give the order, since most rows match:
  /// SQLite would read all of them one by one, in the order of that index.
  virtual std::string unindexed(const std::string& value) const = 0;
  /// Whether a table's estimated rows are rows; gaps where rows were count with them otherwise.
  virtual bool estimates_rows() const = 0;
  /// For FROM: about `share` (0 to 1) of a table's pages, chosen at random, as `alias`; from 1 on the whole table.
  virtual std::string sampled(const Table& table, std::string_view alias, double share) const = 0;
  /// The number of the page on which the row `alias` is: what is sampled together.
  virtual std::string page_of(std::string_view alias) const = 0;
  /// A condition: `value` contains the text `needle`, whatever its case.
  virtual std::string contains(const std::string& value, const std::string& needle) const = 0;
  /// For FROM: the objects in a jsonb array, one row for each, with JSON in the column `value`. None if it is not an
  /// array.
  virtual std::string elements(const std::string& array, std::string_view alias) const = 0;
};

/// The dialect of `engine` (`postgresql`, `sqlite`) at this server version. Throws Error (unsupported).
std::unique_ptr<Dialect> make_dialect(std::string_view engine, std::string_view server_version);

}  // namespace akqueue::session
