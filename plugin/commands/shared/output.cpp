#include "commands/shared/output.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/table_options.hpp"
#include "ui/json_text.hpp"
#include "ui/yaml_text.hpp"

namespace akqueue::commands {
namespace {

constexpr std::array<std::pair<std::string_view, OutputFormat::Kind>, 7> kOutputFormats{{{"table", OutputFormat::table},
                                                                                         {"wide", OutputFormat::wide},
                                                                                         {"csv", OutputFormat::csv},
                                                                                         {"json", OutputFormat::json},
                                                                                         {"jsonl", OutputFormat::jsonl},
                                                                                         {"yaml", OutputFormat::yaml},
                                                                                         {"name", OutputFormat::name}}};
constexpr std::string_view kJsonPath = "jsonpath=";
constexpr std::string_view kCustomColumns = "custom-columns=";

/// Where a kind of document has its rows, of which each is a line of -o custom-columns; of others the whole is one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRowsOfKinds{{{"tasks", "tasks"},
                                                                                      {"backup_tasks", "tasks"},
                                                                                      {"top", "actors"},
                                                                                      {"workers", "workers"},
                                                                                      {"settings", "settings"},
                                                                                      {"status", "states"},
                                                                                      {"schema", "tables"},
                                                                                      {"backups", "backups"},
                                                                                      {"history", "entries"},
                                                                                      {"config", "sites"},
                                                                                      {"sites", "sites"}}};

std::vector<const Json*> rows_of(const Json& document) {
  const std::string kind = document.value("kind", std::string());
  const auto* const known = std::ranges::find(kRowsOfKinds, kind, &decltype(kRowsOfKinds)::value_type::first);
  const auto rows = known == kRowsOfKinds.end() ? document.end() : document.find(known->second);
  std::vector<const Json*> found;
  if (rows == document.end() || !rows->is_array()) return {&document};
  for (const Json& row : *rows) found.push_back(&row);
  return found;
}

}  // namespace

OutputFormat read_output(const Options& options) {
  const std::string word = options.text("output", "table");
  OutputFormat output;
  output.tables_ = cli::table_style_of(options);
  if (word.starts_with(kJsonPath)) {
    output.kind_ = OutputFormat::jsonpath;
    output.template_ = std::make_shared<const ui::PathTemplate>(std::string_view(word).substr(kJsonPath.size()));
  } else if (word.starts_with(kCustomColumns)) {
    output.kind_ = OutputFormat::custom_columns;
    output.columns_ = std::make_shared<const ui::CustomColumns>(std::string_view(word).substr(kCustomColumns.size()));
  } else {
    const auto* const found = std::ranges::find(kOutputFormats, word, &decltype(kOutputFormats)::value_type::first);
    if (found != kOutputFormats.end()) output.kind_ = found->second;
  }
  return output;
}

bool is_json(OutputFormat::Kind output) {
  constexpr std::array kDocuments{OutputFormat::json, OutputFormat::jsonl, OutputFormat::yaml, OutputFormat::jsonpath,
                                  OutputFormat::custom_columns};
  return std::ranges::find(kDocuments, output) != kDocuments.end();
}

ui::Text as_json(const OutputFormat& output, const Json& document) {
  switch (output) {
    case OutputFormat::jsonl: return ui::compact_json(document) + "\n";
    case OutputFormat::yaml: return ui::yaml(document);
    case OutputFormat::jsonpath: return output.path_template().print(document);
    case OutputFormat::custom_columns: return output.columns().draw(rows_of(document), output.tables());
    default: return ui::indented_json(document) + "\n";
  }
}

ui::Text as_next_json(const OutputFormat& output, const Json& document) {
  if (output == OutputFormat::json) return ui::compact_json(document) + "\n";
  return (output == OutputFormat::yaml ? ui::Text("---\n") : ui::Text()) + as_json(output, document);
}

ui::Text between_looks(const OutputFormat& output) {
  if (output == OutputFormat::yaml) return "---\n";
  return is_json(output) ? ui::Text() : ui::Text("\n");
}

RowsDocument::RowsDocument(ui::Terminal& terminal, OutputFormat output, const Json& head, const std::string& rows)
    : terminal_(terminal), output_(std::move(output)), rows_(rows) {
  if (output_ == OutputFormat::json) {
    stream_.emplace(terminal, head, rows);
  } else {
    whole_ = head;
    whole_[rows_] = Json::array();
  }
}

void RowsDocument::add(const Json& row) {
  if (stream_) stream_->add(row);
  else whole_[rows_].push_back(row);
}

void RowsDocument::finish(const Json& more) {
  if (stream_) {
    stream_->finish(more);
    return;
  }
  for (const auto& [name, value] : more.items()) whole_[name] = value;
  terminal_.out(as_json(output_, whole_));
}

Json document_of(std::string_view kind) { return {{"version", 1}, {"kind", kind}}; }

Json to_json(const std::optional<Timestamp>& at) { return at ? Json(format_timestamp(*at)) : Json(); }

}  // namespace akqueue::commands
