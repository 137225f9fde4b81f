// How a result is printed: what -o says, read once, and what all documents have alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "akqueue/command_line.hpp"
#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "ui/text.hpp"

namespace akqueue::commands {

enum class OutputFormat { table, wide, json, jsonl, yaml, name };

/// What -o says; the row has let in nothing else. A table where nothing is said.
OutputFormat read_output(const Options& options);

/// For a program: one document, or a document a line.
constexpr bool is_json(OutputFormat output) { return output == OutputFormat::json || output == OutputFormat::jsonl; }

/// A document as -o json (indented) or -o jsonl (one line) prints it.
ui::Text as_json(OutputFormat output, const Json& document);

/// `{"version": 1, "kind": …}`: how every document begins.
Json document_of(std::string_view kind);

/// A time as JSON: text, or null.
Json to_json(const std::optional<Timestamp>& at);

}  // namespace akqueue::commands
