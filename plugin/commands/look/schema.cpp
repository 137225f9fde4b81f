#include "commands/look/commands.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "commands/shared/site.hpp"
#include "queue/schema.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr std::string_view kPrefix = "authentik_tasks_";

std::string table_short_name(const std::string& table) {
  return table.starts_with(kPrefix) ? table.substr(kPrefix.size()) : table;
}

const session::Table& table_named(const queue::SchemaReport& report, const std::string& name) {
  const auto found = std::ranges::find_if(report.tables, [&](const session::Table& table) {
    return table.name == name || table_short_name(table.name) == name;
  });
  if (found != report.tables.end()) return *found;
  std::vector<std::string> names;
  for (const session::Table& table : report.tables) names.push_back(table_short_name(table.name));
  const auto near = nearest(name, names);
  throw Error(ErrorCode::usage, "no table '" + name + "' belongs to the queue",
              near ? "did you mean " + *near + "?" : "there are " + joined(names));
}

std::string size_words(const session::Table& table) {
  std::string words = ui::format_size(table.bytes);
  if (table.rows_estimate) words = "~" + count_of(*table.rows_estimate, "row", "rows") + ", " + words;
  return words;
}

ui::Text section(const ui::Text& title, const std::vector<std::string>& lines) {
  ui::Text text;
  for (const std::string& line : lines) text += ui::format_text("  {}\n", line);
  return text.empty() ? text : ui::format_text("\n{}\n{}", title, text);
}

ui::Text table_text(const ui::Terminal& terminal, const queue::SchemaReport& report, const session::Table& table) {
  ui::Text text = ui::format_text("{}.{}: {}\n\n", table.schema, table.name, size_words(table));
  ui::Listing columns({{"COLUMN"}, {"TYPE"}, {"NULL"}, {"KEY"}});
  for (const session::Column& column : table.columns) {
    const bool key = std::ranges::find(table.primary_key, column.name) != table.primary_key.end();
    columns.add({column.name, column.type, column.nullable ? "yes" : "no", key ? "primary" : ""});
  }
  if (terminal.tables().csv) return columns.draw(terminal);
  text += columns.draw(terminal);
  std::vector<std::string> in;
  std::vector<std::string> out;
  for (const session::Reference& one : report.references) {
    const std::string end = one.on_delete == "NO ACTION" ? "" : " ON DELETE " + one.on_delete;
    if (one.to == table.name && one.to_schema == table.schema)
      in.push_back(one.table + " (" + joined(one.columns) + ")" + end);
    if (one.table == table.name && one.schema == table.schema)
      out.push_back("(" + joined(one.columns) + ") to " + one.to + " (" + joined(one.to_columns) + ")" + end);
  }
  return text + section("Indexes", table.indexes) + section("Checks", table.constraints) +
         section("Triggers", table.triggers) + section("References", out) + section("Referenced by", in);
}

ui::Text release_text(const ui::Terminal& terminal, const queue::SchemaReport& report) {
  if (report.differences.empty())
    return ui::format_text("\nAll tables of the queue are those of authentik {}.\n", report.release);
  ui::Listing listing({{"TABLE"}, {"DIFFERENCE"}});
  for (const queue::SchemaDifference& one : report.differences) listing.add({table_short_name(one.table), one.what});
  return ui::format_text("\nNearest known release: authentik {}. Different from it:\n{}", report.release,
                         listing.draw_aside(terminal));
}

Json json_of(const session::Table& table) {
  Json one{{"schema", table.schema}, {"name", table.name}, {"columns", Json::array()}};
  for (const session::Column& column : table.columns)
    one["columns"].push_back({{"name", column.name}, {"type", column.type}, {"nullable", column.nullable}});
  one["primary_key"] = table.primary_key;
  one["indexes"] = table.indexes;
  one["constraints"] = table.constraints;
  one["triggers"] = table.triggers;
  one["rows_estimate"] = table.rows_estimate ? Json(*table.rows_estimate) : Json();
  one["bytes"] = table.bytes;
  return one;
}

Json document_of_schema(const Site& site, const queue::SchemaReport& report) {
  Json document = document_of("schema");
  document["site"] = site.to_json();
  document["tables"] = Json::array();
  for (const session::Table& table : report.tables) document["tables"].push_back(json_of(table));
  document["references"] = Json::array();
  for (const session::Reference& one : report.references) {
    document["references"].push_back({{"table", one.table},
                                      {"columns", one.columns},
                                      {"to", one.to},
                                      {"to_columns", one.to_columns},
                                      {"on_delete", one.on_delete}});
  }
  document["nearest_release"] = report.release;
  document["differences"] = Json::array();
  for (const queue::SchemaDifference& one : report.differences)
    document["differences"].push_back({{"table", one.table}, {"what", one.what}});
  return document;
}

struct SchemaRequest {
  SiteRequest site;
  std::string table = std::string(kTaskTable);
  OutputFormat output = OutputFormat::table;
};

SchemaRequest read_schema_request(const Options& options, Effect effect) {
  SchemaRequest request{.site = read_site_request(options, effect), .output = read_output(options)};
  if (!options.arguments().empty()) request.table = options.arguments().front();
  return request;
}

int run_schema(const cli::Invocation& invocation) {
  const SchemaRequest request = read_schema_request(invocation.options, invocation.command.effect);
  const Site site = enter(invocation.environment, request.site);
  const queue::SchemaReport report = queue::read_schema(site.database());
  const session::Table& table = table_named(report, request.table);
  ui::Terminal& terminal = invocation.environment.terminal;
  if (is_json(request.output)) {
    terminal.out(as_json(request.output, document_of_schema(site, report)));
  } else if (request.output == OutputFormat::name) {
    for (const session::Table& one : report.tables) terminal.out(ui::format_text("table/{}\n", one.name));
  } else if (request.output == OutputFormat::csv) {
    terminal.out(table_text(terminal, report, table));
  } else {
    terminal.out(table_text(terminal, report, table) + release_text(terminal, report));
  }
  return 0;
}

}  // namespace

cli::Command schema_command() {
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
      .outputs = "table|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
      .run = run_schema};
}

}  // namespace akqueue::commands
