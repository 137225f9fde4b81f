// Many rows to standard output in constant memory: as a table, whose widths the first rows decide, or inside one JSON
// document.
#pragma once

#include <optional>
#include <string>

#include "akqueue/json.hpp"
#include "ui/listing.hpp"

namespace akqueue::ui {

/// Gathers what is printed into pieces of a useful size.
class BufferedOutput {
 public:
  explicit BufferedOutput(Terminal& terminal) : terminal_(terminal) {}
  void print(const Text& text);
  void flush();

 private:
  Terminal& terminal_;
  Text buffer_;
};

class StreamedListing {
 public:
  StreamedListing(Terminal& terminal, std::vector<ListingColumn> columns)
      : terminal_(terminal), output_(terminal), listing_(std::move(columns)) {}
  /// Rows that are to be sorted are held. Throws Error (usage) where they are more than kMostSorted.
  void add(std::vector<Text> cells);
  /// Prints what is left; nothing at all where no row came, but for a header of comma-separated values.
  void finish();
  static constexpr std::size_t kMostSorted = 100'000;

 private:
  void print();
  Terminal& terminal_;
  BufferedOutput output_;
  Listing listing_;
  std::optional<Listing::Widths> widths_;
};

/// `{…document, "name": [row, row], …more}`, indented like any other document.
class StreamedDocument {
 public:
  StreamedDocument(Terminal& terminal, const Json& document, const std::string& name);
  void add(const Json& row);
  void finish(const Json& more);

 private:
  BufferedOutput output_;
  bool first_ = true;
};

}  // namespace akqueue::ui
