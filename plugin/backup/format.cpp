#include "backup/format.hpp"

#include <algorithm>
#include <charconv>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/words.hpp"

namespace akqueue::backup {
namespace {

constexpr const char* kBinary = "binary";

Json json_of(const KeptTable& table) {
  Json one{
      {"schema", table.schema}, {"name", table.name}, {"columns", Json::array()}, {"primary_key", table.primary_key}};
  for (const KeptColumn& column : table.columns) {
    one["columns"].push_back({{"name", column.name},
                              {"type", column.type},
                              {"nullable", column.nullable},
                              {"form", column.form == ColumnForm::binary ? kBinary : "text"}});
  }
  return one;
}

KeptColumn column_of(const Json& object, int version) {
  KeptColumn column{.name = object.at("name").get<std::string>(),
                    .type = object.at("type").get<std::string>(),
                    .nullable = object.at("nullable").get<bool>()};
  if (version == kBackupVersionOfJson || object.at("form") != kBinary) return column;
  column.form = ColumnForm::binary;
  column.binary = session::portable_type(column.type);
  if (!column.binary)
    throw Error(ErrorCode::unsupported,
                "the backup has column " + column.name + " of type " + column.type +
                    " in a form that this version does not know",
                "use a newer kubectl-akqueue");
  return column;
}

KeptTable table_of(const Json& object, int version) {
  KeptTable table{.schema = object.at("schema").get<std::string>(),
                  .name = object.at("name").get<std::string>(),
                  .columns = {},
                  .primary_key = object.at("primary_key").get<std::vector<std::string>>()};
  for (const Json& column : object.at("columns")) table.columns.push_back(column_of(column, version));
  return table;
}

std::string record_line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

const KeptColumn* KeptTable::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &KeptColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

KeptTable kept(const session::Table& table, const session::Dialect& dialect) {
  KeptTable made{.schema = table.schema, .name = table.name, .columns = {}, .primary_key = table.primary_key};
  for (const session::Column& column : table.columns) {
    if (column.generated) continue;
    KeptColumn one{.name = column.name, .type = column.type, .nullable = column.nullable};
    if (dialect.has_binary_form()) one.binary = session::portable_type(column.type);
    if (one.binary) one.form = ColumnForm::binary;
    made.columns.push_back(std::move(one));
  }
  return made;
}

std::string kept_values(const KeptTable& table, const session::Dialect& dialect, std::string_view alias) {
  std::vector<std::string> list;
  for (const KeptColumn& column : table.columns) {
    const std::string value = dialect.returned(alias, column.name);
    list.push_back(column.form == ColumnForm::binary ? value : dialect.as_text(column.type, value));
  }
  return joined(list);
}

Json BackupHeader::to_json() const {
  Json object{{kBackupMark, version},    {"tool", tool},           {"created", created},   {"context", context},
              {"namespace", name_space}, {"release", release},     {"database", database}, {"schema", schema},
              {"engine", engine},        {"authentik", authentik}, {"command", command},   {"filter", filter},
              {"reason", reason},        {"tables", Json::array()}};
  if (!system.empty()) object["system"] = system;
  if (include_running) object["include_running"] = true;
  if (!change.empty()) object["change"] = change;
  if (!left.is_null()) object["left"] = left;
  if (expected) object["expected"] = *expected;
  for (const KeptTable& table : tables) object["tables"].push_back(json_of(table));
  return object;
}

BackupHeader BackupHeader::from_json(const Json& object, const std::string& path) {
  if (!object.is_object() || !object.contains(kBackupMark))
    throw Error(ErrorCode::damaged, path + " is not a backup of kubectl akqueue: its first line is not a header");
  try {
    const Json& version = object.at(kBackupMark);
    if (version != kBackupVersion && version != kBackupVersionOfJson) {
      throw Error(ErrorCode::unsupported,
                  path + " has version " + version.dump(-1, ' ', true, Json::error_handler_t::replace) +
                      "; this kubectl-akqueue reads versions 1 and 2",
                  "use a newer kubectl-akqueue");
    }
    BackupHeader header{.version = version.get<int>()};
    const auto word = [&](const char* name) { return object.value(name, std::string()); };
    header.tool = word("tool");
    header.created = word("created");
    header.context = word("context");
    header.name_space = word("namespace");
    header.release = word("release");
    header.database = word("database");
    header.system = word("system");
    header.schema = word("schema");
    header.engine = word("engine");
    header.authentik = word("authentik");
    header.command = word("command");
    header.filter = word("filter");
    header.reason = word("reason");
    header.include_running = object.value("include_running", false);
    header.change = word("change");
    header.left = object.value("left", Json());
    for (const Json& table : object.at("tables")) header.tables.push_back(table_of(table, header.version));
    if (header.tables.empty()) throw Error(ErrorCode::damaged, path + " is damaged: its header lists no tables");
    return header;
  } catch (const Json::exception& wrong) {
    throw Error(ErrorCode::damaged, path + " is damaged: its header can't be read: " + wrong.what());
  }
}

std::string block_line(std::size_t table, std::string_view tuples) {
  return record_line({{"table", table}, {"bytes", tuples.size()}});
}

std::string sealed_line(const BackupBatch& batch) {
  Json object{{"sealed", batch.number}, {"rows", batch.rows}, {"crc32", batch.crc}};
  if (!batch.transaction.empty()) object["transaction"] = batch.transaction;
  return record_line(object);
}

std::string fate_line(const BackupBatch& batch) {
  return record_line({{batch.fate == BatchFate::committed ? "committed" : "rolled_back", batch.number}});
}

std::string end_line(const std::string& ending, std::int64_t batches) {
  return record_line({{"end", ending}, {"batches", batches}});
}

std::optional<JsonRow> split_row(std::string_view line) {
  if (line.size() < 5 || line.front() != '[' || line.back() != ']') return std::nullopt;
  JsonRow row;
  const auto [end, failure] = std::from_chars(line.data() + 1, line.data() + line.size(), row.table);
  if (failure != std::errc() || *end != ',') return std::nullopt;
  row.json = std::string_view(end + 1, static_cast<std::size_t>(line.data() + line.size() - 1 - (end + 1)));
  return row;
}

}  // namespace akqueue::backup
