// Rows as in the session and in backups: what PostgreSQL's COPY … (FORMAT binary) writes for a row, without that
// format's header and trailer. The number of columns in two bytes, then for each its length in four (-1: NULL) and its
// bytes; numbers are big-endian. (PostgreSQL's documentation of COPY, "Binary Format".) No value is looked into here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

/// A value of a row: its bytes, or nothing for NULL.
using Field = std::optional<std::string_view>;

/// Begins a row of so many columns at the end of `rows`; append_field() for each must follow.
void begin_tuple(std::string& rows, std::size_t columns);
void append_field(std::string& rows, const Field& value);

/// Big-endian numbers in the first bytes of `bytes`, which must have them.
std::uint16_t big_endian_16(std::string_view bytes);
std::uint32_t big_endian_32(std::string_view bytes);
std::uint64_t big_endian_64(std::string_view bytes);

/// Goes through rows, one after another. `rows` must outlive it.
class TupleReader {
 public:
  explicit TupleReader(std::string_view rows) : left_(rows) {}

  /// Reads the next row; false at the end. Throws Error (damaged) if the bytes are not a whole row.
  bool next();
  /// The row that was read, valid until the next call.
  const std::vector<Field>& fields() const { return fields_; }
  /// All of its bytes.
  std::string_view bytes() const { return row_; }

 private:
  std::string_view take(std::size_t count);

  std::string_view left_;
  std::string_view row_;
  std::vector<Field> fields_;
};

}  // namespace akqueue
