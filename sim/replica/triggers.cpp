#include "replica/triggers.hpp"

#include <algorithm>
#include <optional>

#include "akqueue/tasks.hpp"

namespace akqueue::sim {
namespace {

/// The state, or for a task that is done, the worst of the levels from a query.
std::string aggregated_status(const std::string& level, const std::string& source) {
  return "CASE WHEN NEW.state <> 'done' THEN NEW.state ELSE coalesce((SELECT CASE max(CASE " + level +
         " WHEN 'error' THEN 3 WHEN 'warning' THEN 2 WHEN 'info' THEN 1 END)"
         " WHEN 3 THEN 'error' WHEN 2 THEN 'warning' WHEN 1 THEN 'info' END FROM " +
         source + "), 'done') END";
}

std::string aggregated_status(const SchemaTable& table) {
  if (table.aggregated_status_from != kTaskLogTable)
    return aggregated_status("json_extract(value, '$.log_level')", "json_each(NEW._messages)");
  return aggregated_status("log_level",
                           std::string(kTaskLogTable) + " WHERE task_id = NEW.message_id AND NOT previous");
}

/// PostgreSQL prints a name with quotes only if it needs them.
std::string printed_name(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool digit_first = !name.empty() && name.front() >= '0' && name.front() <= '9';
  return std::ranges::all_of(name, plain) && !digit_first ? name : quote_identifier(name);
}

/// The definition with the schema of the tables.
std::string definition_in(const std::string& schema, std::string definition) {
  constexpr std::string_view kDefault = " ON public.";
  const auto at = definition.find(kDefault);
  return at == std::string::npos ? definition
                                 : definition.replace(at, kDefault.size(), " ON " + printed_name(schema) + ".");
}

std::optional<std::string> trigger_named(const SchemaTable& table, std::string_view beginning) {
  const auto found =
      std::ranges::find_if(table.triggers, [&](const std::string& name) { return name.starts_with(beginning); });
  return found == table.triggers.end() ? std::nullopt : std::optional(found->substr(0, found->find(':')));
}

/// One trigger on INSERT (hidden from the catalog by its name) and one on UPDATE.
void on_both(Database& database, const std::string& name, const std::string& table, const std::string& body) {
  database.run("CREATE TRIGGER " + quote_identifier("sim_insert_" + name) + " AFTER INSERT ON " +
               quote_identifier(table) + body);
  database.run("CREATE TRIGGER " + quote_identifier(name) + " AFTER UPDATE ON " + quote_identifier(table) + body);
}

std::string_view stored_form(std::string_view type) {
  if (type == "uuid") return "pg_uuid";
  if (type == "timestamp with time zone") return "pg_timestamptz";
  if (type == "boolean") return "pg_boolean";
  if (type == "bytea") return "pg_bytea";
  if (type == "jsonb") return "pg_jsonb";
  if (type == "integer") return "pg_integer";
  if (type == "bigint") return "pg_bigint";
  return {};
}

void create_value_triggers(Database& database, const SchemaTable& table) {
  std::string when;
  std::string set;
  for (const SchemaColumn& column : table.columns) {
    const std::string_view function = stored_form(column.type);
    if (function.empty()) continue;
    const std::string stored = std::string(function) + "(NEW." + quote_identifier(column.name) + ")";
    when += (when.empty() ? "" : " OR ") + ("NEW." + quote_identifier(column.name) + " IS NOT " + stored);
    set += (set.empty() ? "" : ", ") + quote_identifier(column.name) + " = " + stored;
  }
  on_both(database, "sim_values_" + table.name, table.name,
          " WHEN " + when + " BEGIN UPDATE " + quote_identifier(table.name) + " SET " + set +
              " WHERE rowid = NEW.rowid; END");
}

/// Every change of a task has a number, so that what a preview saw can be told from what came later; in PostgreSQL the
/// transactions' numbers serve for that. (The id has the same type as there: with another affinity, SQLite would use no
/// index.)
void create_change_triggers(Database& database, const SchemaTable& table) {
  const std::string name = quote_identifier(table.name);
  const std::string counted =
      " BEGIN UPDATE akqueue_changes SET changes = changes + 1; INSERT INTO akqueue_change VALUES (NEW.message_id,"
      " (SELECT changes FROM akqueue_changes)) ON CONFLICT (message_id) DO UPDATE SET change = excluded.change; END";
  database.run(
      "CREATE TABLE akqueue_changes (changes INTEGER NOT NULL); INSERT INTO akqueue_changes VALUES (0);"
      " CREATE TABLE akqueue_change (message_id uuid PRIMARY KEY, change INTEGER NOT NULL) WITHOUT ROWID");
  database.run("CREATE TRIGGER sim_change_on_insert AFTER INSERT ON " + name + counted);
  database.run("CREATE TRIGGER sim_change_on_update AFTER UPDATE ON " + name + counted);
  database.run("CREATE TRIGGER sim_change_on_delete AFTER DELETE ON " + name +
               " BEGIN DELETE FROM akqueue_change WHERE message_id = OLD.message_id; END");
}

}  // namespace

void create_triggers(Database& database, const SchemaTable& table) {
  database.run("CREATE TABLE IF NOT EXISTS sim_trigger (name TEXT PRIMARY KEY, definition TEXT NOT NULL)");
  for (const std::string& trigger : table.triggers) {
    Statement insert = database.prepare("INSERT INTO sim_trigger VALUES (?1, ?2)");
    insert.bind(1, trigger.substr(0, trigger.find(':'))).bind(2, definition_in(database.schema(), trigger)).run();
  }
  create_value_triggers(database, table);
  if (table.name == kTaskTable) create_change_triggers(database, table);
  const std::string status = aggregated_status(table);
  if (const auto name = trigger_named(table, "pgtrigger_update_aggregated_status")) {
    on_both(database, *name, table.name,
            " WHEN NEW.aggregated_status IS NOT " + status + " BEGIN UPDATE " + quote_identifier(table.name) +
                " SET aggregated_status = " + status + " WHERE rowid = NEW.rowid; END");
  }
  if (const auto name = trigger_named(table, "pgtrigger_notify_enqueueing")) {
    database.run(
        "CREATE TABLE sim_notification (queue_name TEXT PRIMARY KEY, message_id TEXT NOT NULL, at TEXT NOT NULL)");
    on_both(database, *name, table.name,
            std::string(" WHEN NEW.state = 'queued'") + (table.has("eta") ? " AND NEW.eta IS NULL" : "") +
                " BEGIN INSERT INTO sim_notification VALUES"
                " (NEW.queue_name, NEW.message_id, now()) ON CONFLICT (queue_name) DO UPDATE"
                " SET message_id = excluded.message_id, at = excluded.at; END");
  }
  if (const auto name = trigger_named(table, "pgtrigger_set_next_run_on_paused")) {
    database.run("CREATE TRIGGER " + quote_identifier(*name) + " AFTER UPDATE ON " + quote_identifier(table.name) +
                 " WHEN NEW.paused AND NOT OLD.paused BEGIN UPDATE " + quote_identifier(table.name) +
                 " SET next_run = '1970-01-01T00:00:00.000000Z' WHERE rowid = NEW.rowid; END");
  }
}

}  // namespace akqueue::sim
