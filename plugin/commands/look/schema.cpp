#include "commands/look/commands.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "commands/shared/site.hpp"
#include "queue/schema.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kPrefix = "authentik_tasks_";

std::string table_short_name(const std::string& table) {
  return table.starts_with(kPrefix) ? table.substr(kPrefix.size()) : table;
}

const Table& table_named(const SchemaReport& report, const std::string& name) {
  const auto found = std::ranges::find_if(
      report.tables, [&](const Table& table) { return table.name == name || table_short_name(table.name) == name; });
  if (found != report.tables.end()) return *found;
  std::vector<std::string> names;
  for (const Table& table : report.tables) names.push_back(table_short_name(table.name));
  std::string list;
  for (const std::string& one : names) list += (list.empty() ? "" : ", ") + one;
  const auto near = nearest(name, names);
  throw Error(ErrorCode::usage, "no table '" + name + "' belongs to the queue",
              near ? "did you mean " + *near + "?" : "there are " + list);
}

std::string size_words(const Table& table) {
  std::string words = format_size(table.bytes);
  if (table.rows_estimate) words = "~" + count_of(*table.rows_estimate, "row", "rows") + ", " + words;
  return words;
}

std::string section(const std::string& title, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + visible(line) + "\n";
  return text.empty() ? text : "\n" + title + "\n" + text;
}

std::string table_text(const Terminal& terminal, const SchemaReport& report, const Table& table) {
  std::string text = visible(table.schema) + "." + visible(table.name) + ": " + size_words(table) + "\n\n";
  Listing columns({{"COLUMN"}, {"TYPE"}, {"NULL"}, {"KEY"}});
  for (const Column& column : table.columns) {
    const bool key = std::ranges::find(table.primary_key, column.name) != table.primary_key.end();
    columns.add({column.name, column.type, column.nullable ? "yes" : "no", key ? "primary" : ""});
  }
  text += columns.draw(terminal);
  std::vector<std::string> in;
  std::vector<std::string> out;
  for (const Reference& one : report.references) {
    const std::string end = one.on_delete == "NO ACTION" ? "" : " ON DELETE " + one.on_delete;
    if (one.to == table.name && one.to_schema == table.schema)
      in.push_back(one.table + " (" + joined(one.columns) + ")" + end);
    if (one.table == table.name && one.schema == table.schema)
      out.push_back("(" + joined(one.columns) + ") to " + one.to + " (" + joined(one.to_columns) + ")" + end);
  }
  return text + section("Indexes", table.indexes) + section("Checks", table.constraints) +
         section("Triggers", table.triggers) + section("References", out) + section("Referenced by", in);
}

std::string release_text(const Terminal& terminal, const SchemaReport& report) {
  if (report.differences.empty()) return "\nAll tables of the queue are those of authentik " + report.release + ".\n";
  std::string text =
      "\n" + std::string("Nearest known release: authentik ") + report.release + ". Different from it:\n";
  Listing listing({{"TABLE"}, {"DIFFERENCE"}});
  for (const SchemaDifference& one : report.differences) listing.add({table_short_name(one.table), one.what});
  return text + listing.draw(terminal);
}

Json json_of(const Table& table) {
  Json one{{"schema", table.schema}, {"name", table.name}, {"columns", Json::array()}};
  for (const Column& column : table.columns)
    one["columns"].push_back({{"name", column.name}, {"type", column.type}, {"nullable", column.nullable}});
  one["primary_key"] = table.primary_key;
  one["indexes"] = table.indexes;
  one["constraints"] = table.constraints;
  one["triggers"] = table.triggers;
  one["rows_estimate"] = table.rows_estimate ? Json(*table.rows_estimate) : Json();
  one["bytes"] = table.bytes;
  return one;
}

Json document_of_schema(const Site& site, const SchemaReport& report) {
  Json document = document_of("schema");
  document["site"] = site.to_json();
  document["tables"] = Json::array();
  for (const Table& table : report.tables) document["tables"].push_back(json_of(table));
  document["references"] = Json::array();
  for (const Reference& one : report.references) {
    document["references"].push_back({{"table", one.table},
                                      {"columns", one.columns},
                                      {"to", one.to},
                                      {"to_columns", one.to_columns},
                                      {"on_delete", one.on_delete}});
  }
  document["nearest_release"] = report.release;
  document["differences"] = Json::array();
  for (const SchemaDifference& one : report.differences)
    document["differences"].push_back({{"table", one.table}, {"what", one.what}});
  return document;
}

int run_schema(const Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  const Site site = enter(invocation);
  const SchemaReport report = read_schema(site.database());
  const std::string name = arguments.empty() ? std::string(kTaskTable) : arguments.front();
  const Table& table = table_named(report, name);
  Terminal& terminal = invocation.environment.terminal;
  const std::string output = invocation.options.text("output", "table");
  if (invocation.machine_output()) {
    terminal.out(as_json(invocation, document_of_schema(site, report)));
  } else if (output == "name") {
    for (const Table& one : report.tables) terminal.out("table/" + visible(one.name) + "\n");
  } else {
    terminal.out(table_text(terminal, report, table) + release_text(terminal, report));
  }
  return 0;
}

}  // namespace

Command schema_command() {
  return {
      .name = "schema",
      .group = "Look",
      .summary = "Show the queue's tables as they are",
      .arguments = "[TABLE]",
      .most_arguments = 1,
      .description =
          "Columns, keys, indexes and triggers of TABLE (task, tasklog, …; default: task) from the\n"
          "database's own catalog, and what differs from the releases of authentik that are known.",
      .examples = {{"schema", "the task table"}, {"schema tasklog", "the log's"}, {"schema -o json", "all of them"}},
      .outputs = "table|json|jsonl|name",
      .run = run_schema};
}

}  // namespace akqueue
