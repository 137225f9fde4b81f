// Where the rows of a deletion or of a backup go, and how they are counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "session/catalog.hpp"
#include "session/session.hpp"

namespace akqueue::backup {

/// Where deleted rows go. A batch commits only what a sink has taken and sealed.
class BackupSink {
 public:
  virtual ~BackupSink() = default;
  /// Some whole rows of a table (akqueue/tuple.hpp), the values that kept_values() lists, exactly as the database wrote
  /// them.
  virtual void rows(const session::Table& table, std::string_view tuples) = 0;
  /// All rows of this batch were given, `rows` of them by the database's own count (at least one): make them durable.
  /// If it throws, the batch is rolled back. `transaction` is the database's own name for it, with which the database
  /// can be asked later whether it was committed; empty if it has none.
  virtual void seal(const std::string& transaction, std::int64_t rows) = 0;
  /// The batch is committed, or it is not and its rows are still in the table. Not `certain`: COMMIT was sent, and
  /// there was no answer.
  virtual void ended(bool committed, bool certain) noexcept = 0;
};

/// The rows of one table, on their way from the session to where they are kept.
class TableSink final : public session::RowSink {
 public:
  TableSink(BackupSink& rows, const session::Table& table) : rows_(rows), table_(table) {}
  void rows(std::string_view tuples) override {
    bytes_ += static_cast<std::int64_t>(tuples.size());
    rows_.rows(table_, tuples);
  }
  std::int64_t bytes() const { return bytes_; }

 private:
  BackupSink& rows_;
  const session::Table& table_;
  std::int64_t bytes_ = 0;
};

/// Tasks by (state, actor).
using Tally = std::map<std::pair<std::string, std::string>, std::int64_t>;

std::int64_t total(const Tally& tally);

}  // namespace akqueue::backup
