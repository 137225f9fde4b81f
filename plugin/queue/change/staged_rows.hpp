// The rows of a batch of a backup, in temporary tables of an open transaction: one for each of the backup's tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/reader.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// An empty temporary table for one transaction. The answers are not awaited.
void create_temporary_table(const session::Database& database, std::string_view name, const std::string& columns);

class StagedRows final : public backup::BatchRows {
 public:
  StagedRows(const session::Database& database, const backup::BackupHeader& header)
      : database_(database), header_(header), counts_(header.tables.size(), 0) {}

  /// Makes the temporary tables. Nothing is awaited before finish().
  void create();
  void rows(std::size_t table, std::string_view tuples) override;
  void json_row(std::size_t table, std::string_view json) override;
  /// After the last row: sends what is left of it.
  void end_copy();
  /// The same, and waits until all rows are there.
  void finish();

  /// Rows of the header's table `table`; after finish().
  std::int64_t count(std::size_t table) const { return counts_[table]; }
  /// The site's table for it; null if there is none.
  const session::Table* target(std::size_t table) const;
  /// Its rows in the shape of the site's table, for FROM, as `r`.
  std::string rows_of(std::size_t table) const;

 private:
  void stage(std::size_t table);
  bool of_json() const { return header_.version == backup::kBackupVersionOfJson; }

  const session::Database& database_;
  const backup::BackupHeader& header_;
  std::optional<std::size_t> copying_;
  std::vector<std::int64_t> counts_;
  std::string tuple_;
};

}  // namespace akqueue::queue
