#include "queue/backup_format.hpp"

#include <charconv>

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMark = "akqueue_backup";

Json json_of(const Table& table) {
  Json one{{"schema", table.schema}, {"name", table.name}, {"columns", Json::array()}, {"primary_key", table.primary_key}};
  for (const Column& column : table.columns) one["columns"].push_back({{"name", column.name}, {"type", column.type}, {"nullable", column.nullable}});
  return one;
}

Table table_of(const Json& object) {
  Table table;
  table.schema = object.at("schema").get<std::string>();
  table.name = object.at("name").get<std::string>();
  for (const Json& column : object.at("columns")) {
    table.columns.push_back({column.at("name").get<std::string>(), column.at("type").get<std::string>(), column.at("nullable").get<bool>()});
  }
  table.primary_key = object.at("primary_key").get<std::vector<std::string>>();
  return table;
}

std::string compact(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

Json BackupHeader::to_json() const {
  Json object{{kMark, kBackupVersion}, {"tool", tool},         {"created", created},     {"context", context}, {"namespace", name_space},
              {"release", release},    {"database", database}, {"schema", schema},       {"engine", engine},   {"authentik", authentik},
              {"command", command},    {"filter", filter},     {"reason", reason},       {"tables", Json::array()}};
  for (const Table& table : tables) object["tables"].push_back(json_of(table));
  return object;
}

BackupHeader BackupHeader::from_json(const Json& object) {
  if (!object.is_object() || !object.contains(kMark)) throw Error(ErrorCode::damaged, "this is no backup of kubectl akqueue: its first line is no header");
  try {
    const Json& version = object.at(kMark);
    if (version != kBackupVersion) {
      throw Error(ErrorCode::unsupported, "the backup has version " + version.dump(-1, ' ', true, Json::error_handler_t::replace) + "; this program knows version " + std::to_string(kBackupVersion),
                  "use a newer kubectl-akqueue");
    }
    BackupHeader header;
    const auto word = [&](const char* name) { return object.value(name, std::string()); };
    header.tool = word("tool");
    header.created = word("created");
    header.context = word("context");
    header.name_space = word("namespace");
    header.release = word("release");
    header.database = word("database");
    header.schema = word("schema");
    header.engine = word("engine");
    header.authentik = word("authentik");
    header.command = word("command");
    header.filter = word("filter");
    header.reason = word("reason");
    for (const Json& table : object.at("tables")) header.tables.push_back(table_of(table));
    if (header.tables.empty()) throw Error(ErrorCode::damaged, "the backup's header names no table");
    return header;
  } catch (const Json::exception& wrong) {
    throw Error(ErrorCode::damaged, std::string("the backup's header is not understood: ") + wrong.what());
  }
}

std::string sealed_line(const BackupBatch& batch) {
  Json object{{"sealed", batch.number}, {"rows", batch.rows}, {"crc32", batch.crc}};
  if (!batch.transaction.empty()) object["transaction"] = batch.transaction;
  return compact(object);
}

std::string fate_line(const BackupBatch& batch) {
  return compact({{batch.fate == BatchFate::committed ? "committed" : "rolled_back", batch.number}});
}

std::optional<BackupRow> split_row(std::string_view line) {
  if (line.size() < 5 || line.front() != '[' || line.back() != ']') return std::nullopt;
  BackupRow row;
  const auto [end, failure] = std::from_chars(line.data() + 1, line.data() + line.size(), row.table);
  if (failure != std::errc() || *end != ',') return std::nullopt;
  row.json = std::string_view(end + 1, static_cast<std::size_t>(line.data() + line.size() - 1 - (end + 1)));
  return row;
}

}  // namespace akqueue
