// The lines of a backup file; docs/backup.md is its page.
//
//   {"akqueue_backup":1,…}                 the header
//   [0,{…}]                                a row of the header's table 0, as the database wrote it
//   {"sealed":1,"rows":[2000,5210],…}      the end of a batch: all of its rows stand before this line
//   {"committed":1} or {"rolled_back":1}   what became of it
//   {"end":"no more rows",…}               the trailer
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/catalog.hpp"

namespace akqueue {

inline constexpr int kBackupVersion = 1;

struct BackupHeader {
  std::string tool;      ///< `kubectl-akqueue 0.2.0`
  std::string created;   ///< the database's time
  std::string context;
  std::string name_space;
  std::string release;   ///< the Helm release
  std::string database;
  std::string schema;
  std::string engine;    ///< `postgresql 15.18`
  std::string authentik;
  std::string command;   ///< `flush`
  std::string filter;    ///< in words
  std::string reason;
  std::vector<Table> tables;  ///< the task table first; name, schema, columns and key

  nlohmann::ordered_json to_json() const;
  /// Throws Error (damaged) for what is no header, (unsupported) for a newer version.
  static BackupHeader from_json(const nlohmann::ordered_json& object);
};

/// How a batch ended.
enum class BatchFate {
  committed,
  rolled_back,  ///< its rows are still in the table
  uncertain,    ///< COMMIT was sent, or about to be, and nothing was heard
};

struct BackupBatch {
  std::int64_t number = 0;
  std::vector<std::int64_t> rows = {};  ///< by table
  std::int64_t rows_before = 0;    ///< that stand before its own: of a batch that was rolled back before its seal
  std::uint32_t crc = 0;           ///< of the lines of its rows, with their ends
  std::string transaction = {};    ///< the database's own name for it; empty where it has none
  BatchFate fate = BatchFate::uncertain;

  std::int64_t tasks() const { return rows.empty() ? 0 : rows.front(); }
};

std::string sealed_line(const BackupBatch& batch);
std::string fate_line(const BackupBatch& batch);

/// The number in front of a row, and the row. Nothing for a line that is no row.
struct BackupRow {
  std::size_t table = 0;
  std::string_view json;
};
std::optional<BackupRow> split_row(std::string_view line);

}  // namespace akqueue
