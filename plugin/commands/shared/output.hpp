// How a result is printed: what -o says, read once, and what all documents have alike.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/command_line.hpp"
#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "ui/custom_columns.hpp"
#include "ui/path_template.hpp"
#include "ui/streaming.hpp"
#include "ui/table_style.hpp"
#include "ui/text.hpp"

namespace akqueue::commands {

class OutputFormat {
 public:
  enum Kind { table, wide, csv, json, jsonl, yaml, jsonpath, custom_columns, name };

  OutputFormat(Kind kind = table) : kind_(kind) {}
  operator Kind() const { return kind_; }

  /// Only of jsonpath and custom_columns.
  const ui::PathTemplate& path_template() const { return *template_; }
  const ui::CustomColumns& columns() const { return *columns_; }
  const ui::TableStyle& tables() const { return tables_; }

 private:
  friend OutputFormat read_output(const Options& options);
  Kind kind_;
  std::shared_ptr<const ui::PathTemplate> template_;
  std::shared_ptr<const ui::CustomColumns> columns_;
  ui::TableStyle tables_;
};

/// What -o says; the row has let in nothing else. A table where nothing is said.
/// Throws Error (usage) for a template that is none.
OutputFormat read_output(const Options& options);

/// For a program: whatever is made from a document, not from a table.
bool is_json(OutputFormat::Kind output);

/// A table with every column.
constexpr bool is_wide(OutputFormat::Kind output) {
  return output == OutputFormat::wide || output == OutputFormat::csv;
}

/// A document as -o json (indented), -o jsonl (one line), -o yaml or a template of -o prints it.
ui::Text as_json(const OutputFormat& output, const Json& document);

/// The same for one of many: -o json is a line as well, and `---` parts those of -o yaml.
ui::Text as_next_json(const OutputFormat& output, const Json& document);

/// What parts a look that is not the first from the one before, where as_json() prints each.
ui::Text between_looks(const OutputFormat& output);

/// A document with many rows: -o json streams in constant memory, every other format needs it whole.
class RowsDocument {
 public:
  RowsDocument(ui::Terminal& terminal, OutputFormat output, const Json& head, const std::string& rows);
  void add(const Json& row);
  void finish(const Json& more);

 private:
  ui::Terminal& terminal_;
  OutputFormat output_;
  std::string rows_;
  Json whole_;
  std::optional<ui::StreamedDocument> stream_;
};

/// `{"version": 1, "kind": …}`: how every document begins.
Json document_of(std::string_view kind);

/// A time as JSON: text, or null.
Json to_json(const std::optional<Timestamp>& at);

}  // namespace akqueue::commands
