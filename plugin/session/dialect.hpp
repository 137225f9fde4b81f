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

namespace akqueue {

class Dialect {
 public:
  virtual ~Dialect() = default;

  /// A condition on the task row `alias`: a live worker holds it.
  virtual std::string held(std::string_view alias) const = 0;
  /// What stands in FROM for the locks that workers hold on tasks: rows (key, holder), the holder by its address (the
  /// replica: by its pod).
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
  /// An expression: about the bytes of a value, found without reading it where it is large.
  virtual std::string size_of(std::string_view type, const std::string& value) const = 0;
  /// The inverse of as_text(): a text as a value of that type, by the type's input function.
  virtual std::string from_text(std::string_view type, const std::string& text) const = 0;
  /// The type of a column that keeps a value for from_text(), or, given, of a portable type.
  virtual std::string staged_type(const std::optional<PortableType>& type) const = 0;
  /// What makes the empty temporary table `name (columns)` of one transaction.
  virtual std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const = 0;
  /// Where the row `alias` stands in its table: true while the row is locked.
  virtual std::string row_id(std::string_view alias) const = 0;
  /// The type of a column that keeps that.
  virtual std::string_view row_id_type() const = 0;
  /// A condition: `value` is among the rows of `query`, a SELECT of one column.
  virtual std::string among(const std::string& value, const std::string& query) const = 0;
  /// A SELECT whose rows are `ids`, bound as one value.
  virtual std::string listed(Statement& statement, const std::vector<Uuid>& ids) const = 0;
  /// A condition: `value` is one of `ids`, which are written out: COPY takes no bound values, and an id is sixteen
  /// bytes and nothing else.
  virtual std::string is_one_of(const std::string& value, std::span<const Uuid> ids) const = 0;
  /// A statement whose one value names the open transaction; empty where transactions have no name.
  virtual std::string transaction_id() const = 0;
  /// A statement whose one value is what became of the transaction of that name: `committed`, `aborted`, `in progress`,
  /// NULL for one that is forgotten; empty where transactions have no name.
  virtual std::string fate_of_transaction(Statement& statement, const std::string& id) const = 0;
  /// A statement whose one value names what is committed now, for seen(): in a transaction, before its first change.
  virtual std::string snapshot() const = 0;
  /// A condition: the row `alias` of the task table stood as it is when the snapshot was taken, whatever its times say.
  virtual std::string seen(Statement& statement, std::string_view alias, const std::string& snapshot) const = 0;
  /// A condition: the row `alias` was written by the open transaction.
  virtual std::string own_row(std::string_view alias) const = 0;
  /// What a transaction that brings rows back begins with: restorations go one after another, and keys that can be
  /// checked at COMMIT are.
  virtual std::vector<std::string> before_restoring() const = 0;
  /// What stands in an INSERT behind its columns, so that it may set a column that the database counts up by itself.
  virtual std::string_view overriding() const = 0;
  /// What selects, from a temporary table `staged(row text)` of JSON rows, the columns of `table` that are `columns`,
  /// under their names and with their types: it stands in FROM as `alias`.
  virtual std::string unpacked(const Table& table, const std::vector<Column>& columns, std::string_view staged,
                               std::string_view alias) const = 0;
  /// Whether it can look at some of a table's pages instead of all.
  virtual bool can_sample() const = 0;
  /// What stands behind a table's alias for that: `share` (0 to 1) of its pages, chosen by chance.
  virtual std::string sampled(double share) const = 0;
  /// A condition: `value` contains the text `needle`; upper and lower case are the same.
  virtual std::string contains(const std::string& value, const std::string& needle) const = 0;
  /// What stands in FROM for the objects in a jsonb array: a row each, JSON in the column `value`. None where it is no
  /// array.
  virtual std::string elements(const std::string& array, std::string_view alias) const = 0;
};

/// The dialect of `engine` (`postgresql`, `sqlite`) at this server version. Throws Error (unsupported).
std::unique_ptr<Dialect> make_dialect(std::string_view engine, std::string_view server_version);

}  // namespace akqueue
