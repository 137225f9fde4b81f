#include "ui/streaming.hpp"

#include "akqueue/error.hpp"
#include "ui/json_text.hpp"

namespace akqueue::ui {
namespace {

constexpr std::size_t kWritePiece = 32 * 1024;
/// So many rows decide the widths, and so many are drawn at once.
constexpr std::size_t kRowsAtOnce = 200;

/// A document inside another one.
Text nested(const Json& document) {
  constexpr std::string_view kIndent = "    ";
  std::string result(kIndent);
  const Text whole = indented_json(document);
  for (const char c : whole.view()) {
    result += c;
    if (c == '\n') result += kIndent;
  }
  return Text::json(result);
}

/// Without the brace at its end.
Text begun(const Json& document) {
  const Text whole = indented_json(document);
  return Text::json(whole.view().substr(0, whole.view().size() - std::string_view("\n}").size()));
}

}  // namespace

void BufferedOutput::print(const Text& text) {
  buffer_ += text;
  if (buffer_.view().size() >= kWritePiece) flush();
}

void BufferedOutput::flush() {
  if (!buffer_.empty()) terminal_.out(buffer_);
  buffer_ = {};
}

void StreamedListing::add(std::vector<Text> cells) {
  listing_.add(std::move(cells));
  const bool sorted = !terminal_.tables().sort_by.empty();
  if (sorted && listing_.size() > kMostSorted) {
    throw Error(ErrorCode::usage, "--sort-by holds at most 100,000 rows, and there are more",
                "choose fewer with --limit or a condition, or sort what -o csv prints");
  }
  if (!sorted && listing_.size() >= kRowsAtOnce) print();
}

void StreamedListing::print() {
  const TableStyle& style = terminal_.tables();
  if (!style.sort_by.empty()) listing_.sort_by(style.sort_by);
  if (!widths_) {
    widths_ = listing_.widths(terminal_);
    if (style.headers) output_.print(style.csv ? listing_.csv_header() : listing_.draw_header(*widths_));
  }
  output_.print(style.csv ? listing_.csv_rows() : listing_.draw_rows(*widths_));
  listing_.clear();
}

void StreamedListing::finish() {
  if (!listing_.empty() || (terminal_.tables().csv && !widths_)) print();
  output_.flush();
}

StreamedDocument::StreamedDocument(Terminal& terminal, const Json& document, const std::string& name)
    : output_(terminal) {
  output_.print(begun(document) + format_text(",\n  \"{}\": [", name));
}

void StreamedDocument::add(const Json& row) {
  output_.print((first_ ? Text("\n") : Text(",\n")) + nested(row));
  first_ = false;
}

void StreamedDocument::finish(const Json& more) {
  output_.print(first_ ? Text("]") : Text("\n  ]"));
  for (const auto& [name, value] : more.items())
    output_.print(format_text(",\n  \"{}\": {}", name, compact_json(value)));
  output_.print("\n}\n");
  output_.flush();
}

}  // namespace akqueue::ui
