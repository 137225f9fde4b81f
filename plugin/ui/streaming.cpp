#include "ui/streaming.hpp"

#include "ui/json_text.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kWritePiece = 32 * 1024;
/// So many rows decide the widths, and so many are drawn at once.
constexpr std::size_t kRowsAtOnce = 200;

std::string indented(const std::string& text, const std::string& indent) {
  std::string result = indent;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += indent;
  }
  return result;
}

}  // namespace

void BufferedOutput::print(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kWritePiece) flush();
}

void BufferedOutput::flush() {
  if (!buffer_.empty()) terminal_.out(buffer_);
  buffer_.clear();
}

void StreamedListing::add(std::vector<std::string> cells) {
  listing_.add(std::move(cells));
  if (listing_.size() >= kRowsAtOnce) print();
}

void StreamedListing::print() {
  if (!widths_) {
    widths_ = listing_.widths(terminal_);
    output_.print(listing_.draw_header(*widths_));
  }
  output_.print(listing_.draw_rows(*widths_));
  listing_.clear();
}

void StreamedListing::finish() {
  if (!listing_.empty()) print();
  output_.flush();
}

StreamedDocument::StreamedDocument(Terminal& terminal, const Json& document, const std::string& name)
    : output_(terminal) {
  std::string text = indented_json(document);
  text.resize(text.size() - std::string_view("\n}").size());
  output_.print(text + ",\n  \"" + name + "\": [");
}

void StreamedDocument::add(const Json& row) {
  output_.print((first_ ? "\n" : ",\n") + indented(indented_json(row), "    "));
  first_ = false;
}

void StreamedDocument::finish(const Json& more) {
  output_.print(first_ ? "]" : "\n  ]");
  for (const auto& [name, value] : more.items()) output_.print(",\n  \"" + name + "\": " + compact_json(value));
  output_.print("\n}\n");
  output_.flush();
}

}  // namespace akqueue
