#include "commands/shared/output.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ui/json_text.hpp"

namespace akqueue::commands {
namespace {

constexpr std::array<std::pair<std::string_view, OutputFormat>, 6> kOutputFormats{{{"table", OutputFormat::table},
                                                                                   {"wide", OutputFormat::wide},
                                                                                   {"json", OutputFormat::json},
                                                                                   {"jsonl", OutputFormat::jsonl},
                                                                                   {"yaml", OutputFormat::yaml},
                                                                                   {"name", OutputFormat::name}}};

}  // namespace

OutputFormat read_output(const Options& options) {
  const std::string word = options.text("output", "table");
  const auto* const found = std::ranges::find(kOutputFormats, word, &decltype(kOutputFormats)::value_type::first);
  return found == kOutputFormats.end() ? OutputFormat::table : found->second;
}

ui::Text as_json(OutputFormat output, const Json& document) {
  return (output == OutputFormat::jsonl ? ui::compact_json(document) : ui::indented_json(document)) + "\n";
}

Json document_of(std::string_view kind) { return {{"version", 1}, {"kind", kind}}; }

Json to_json(const std::optional<Timestamp>& at) { return at ? Json(format_timestamp(*at)) : Json(); }

}  // namespace akqueue::commands
