// The records of a backup file; docs/backup.md is its page.
//
//   {"akqueue_backup":2,…}                 the header
//   {"table":0,"bytes":65536}              rows of the header's table 0: so many bytes and a line end follow
//   {"sealed":1,"rows":[2000,5210],…}      the end of a batch: all of its rows come before this line
//   {"committed":1} or {"rolled_back":1}   what became of it
//   {"end":"complete",…}                   the trailer
//
// Version 1 has a line `[0,{…}]` for each row instead, JSON as the database wrote it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "session/catalog.hpp"
#include "session/dialect.hpp"
#include "session/portable_type.hpp"

namespace akqueue::backup {

/// The member of the first line that says what it is (docs/backup.md).
inline constexpr const char* kBackupMark = "akqueue_backup";
inline constexpr int kBackupVersion = 2;
/// Rows as JSON.
inline constexpr int kBackupVersionOfJson = 1;

/// The form in which a backup has the values of a column.
enum class ColumnForm {
  text,    ///< as the type's output function prints them
  binary,  ///< as its send function writes them: a portable type
};

struct KeptColumn {
  std::string name;
  std::string type;  ///< as the catalog names it
  bool nullable = true;
  ColumnForm form = ColumnForm::text;
  std::optional<session::PortableType> binary = {};  ///< of the binary form
};

/// A table whose rows are kept, without columns that the database computes from others.
struct KeptTable {
  std::string schema;
  std::string name;
  std::vector<KeptColumn> columns;
  std::vector<std::string> primary_key;

  const KeptColumn* find(std::string_view column) const;
};

/// How `table` is kept by this engine.
KeptTable kept(const session::Table& table, const session::Dialect& dialect);
/// What a SELECT or RETURNING lists, of rows `alias`, so that COPY gives what the backup keeps.
std::string kept_values(const KeptTable& table, const session::Dialect& dialect, std::string_view alias);

struct BackupHeader {
  int version = kBackupVersion;
  std::string tool = {};     ///< `kubectl-akqueue 0.2.0`
  std::string created = {};  ///< the database's time
  std::string context = {};
  std::string name_space = {};
  std::string release = {};  ///< the Helm release
  std::string database = {};
  std::string system = {};  ///< identifies that database (system_id.hpp); empty if it was not known
  std::string schema = {};
  std::string engine = {};  ///< `postgresql 15.18`
  std::string authentik = {};
  std::string command = {};  ///< `flush`
  std::string filter = {};   ///< in words
  std::string reason = {};
  std::string change = {};  ///< what was done to the tasks, whose former rows these are; empty: they were deleted, or
                            ///< are copies
  Json left = {};  ///< of a change of schedules: what it made of each (queue/change/schedule_change.hpp); else null
  std::optional<std::int64_t> expected = {};  ///< how many tasks were to be written; earlier builds don't tell
  bool include_running = false;        ///< it took what live workers held as well; backups of earlier builds don't tell
  std::vector<KeptTable> tables = {};  ///< the task table first

  Json to_json() const;
  /// Of the file `path`, which the errors name. Throws Error (damaged) for something that is not a header,
  /// (unsupported) for a newer version.
  static BackupHeader from_json(const Json& object, const std::string& path);
};

/// How a batch ended.
enum class BatchFate {
  committed,
  rolled_back,  ///< its rows are still in the table
  uncertain,    ///< COMMIT was sent, or about to be, and there was no answer
};

/// A place in a file: where a compressed stream begins (in a plain file: the place itself), and how many bytes of text
/// after that.
struct FilePlace {
  std::int64_t stream = 0;
  std::int64_t further = 0;
};

struct BackupBatch {
  std::int64_t number = 0;
  std::vector<std::int64_t> rows = {};  ///< by table
  std::uint32_t crc = 0;                ///< of its rows, with the lines between them
  std::string transaction = {};         ///< the database's own name for it; empty if it has none
  BatchFate fate = BatchFate::uncertain;
  FilePlace place = {};  ///< of its first row, once read

  std::int64_t tasks() const { return rows.empty() ? 0 : rows.front(); }
};

/// The line before the rows of a table.
std::string block_line(std::size_t table, std::string_view tuples);
std::string sealed_line(const BackupBatch& batch);
std::string fate_line(const BackupBatch& batch);
std::string end_line(const std::string& ending, std::int64_t batches);

/// The number in front of a row of version 1, and the row. Nothing for a line that is not a row.
struct JsonRow {
  std::size_t table = 0;
  std::string_view json;
};
std::optional<JsonRow> split_row(std::string_view line);

}  // namespace akqueue::backup
