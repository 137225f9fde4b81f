// An INSERT for millions of rows, into a table whose columns differ between releases: columns that the release lacks
// are skipped, columns that are not named get authentik's own default.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "replica/database.hpp"
#include "replica/schema.hpp"

namespace akqueue::sim {

class Insert {
 public:
  /// `slot` below counts `names`, from 0.
  Insert(Database& database, const SchemaTable& table, const std::vector<std::string>& names);

  /// A bound value must live until run(), and stays bound for later rows.
  void text(std::size_t slot, std::string_view value) {
    if (there_[slot]) statement_.bind_text(parameter(slot), value), bytes_ += value.size();
  }
  void blob(std::size_t slot, std::string_view value) {
    if (there_[slot]) statement_.bind_blob(parameter(slot), value), bytes_ += value.size();
  }
  void integer(std::size_t slot, std::int64_t value) {
    if (there_[slot]) statement_.bind_integer(parameter(slot), value), bytes_ += 4;
  }
  void null(std::size_t slot) {
    if (there_[slot]) statement_.bind_null(parameter(slot));
  }
  void run() { statement_.run(), ++rows_; }

  std::int64_t rows() const { return rows_; }
  /// Of the values.
  std::int64_t bytes() const { return static_cast<std::int64_t>(bytes_); }

 private:
  static int parameter(std::size_t slot) { return static_cast<int>(slot) + 1; }

  std::vector<bool> there_;
  Statement statement_;
  std::int64_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace akqueue::sim
