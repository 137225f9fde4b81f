#include "queue/change/batch_weight.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace akqueue::queue {
namespace {

/// Rows of one task: fewer are a small part of a batch.
constexpr double kManyRows = 10'000;
constexpr double kRowsSampled = 20'000;
constexpr double kLeastShare = 1.0 / 200;
/// Rows of one task on the pages of a sample, which may be next to each other: fewer tell nothing.
constexpr double kFewSeen = 100;
/// With its indexes; where statistics know nothing of new rows.
constexpr std::int64_t kLargeRow = 400;

bool may_be_large(const session::Column& column) {
  constexpr std::array kUnlimited{"bytea", "text", "jsonb", "json"};
  return std::ranges::find(kUnlimited, column.type) != kUnlimited.end();
}

/// Nothing for a table that is too small.
std::optional<session::Statement> search_in(const session::Database& database, const ReferencingRows& rows) {
  const session::Table& table = *rows.table;
  const auto all = static_cast<double>(std::max(table.rows_estimate.value_or(0), table.bytes / kLargeRow));
  if (all < kManyRows) return std::nullopt;
  const double share = database.dialect.estimates_rows() ? std::clamp(kRowsSampled / all, kLeastShare, 1.0) : 1.0;
  const double seen = share < 1 ? std::max(kFewSeen, kManyRows * share) : kManyRows;
  return session::Statement{"SELECT 1 FROM " + database.dialect.sampled(table, "r", share) + " GROUP BY r." +
                            session::quote_identifier(rows.column) +
                            " HAVING count(*) >= " + std::to_string(static_cast<std::int64_t>(seen)) + " LIMIT 1"};
}

}  // namespace

std::string weight_of(const session::Database& database, const std::vector<ReferencingRows>& counted,
                      std::string_view alias) {
  std::string weight = "0";
  for (const session::Column& column : database.task().columns) {
    if (!may_be_large(column)) continue;
    const std::string value = std::string(alias) + "." + session::quote_identifier(column.name);
    weight += " + coalesce(" + database.dialect.size_of(column.type, value) + ", 0)";
  }
  for (const ReferencingRows& rows : counted) {
    weight += " + " + std::to_string(kRowWeight) + " * (SELECT count(*) FROM " + rows.table->quoted() +
              " AS o WHERE o." + session::quote_identifier(rows.column) + " = " + std::string(alias) + ".message_id)";
  }
  return weight;
}

std::vector<session::Request> ask_for_heavy_tasks(const session::Database& database,
                                                  const std::vector<ReferencingRows>& tables,
                                                  std::vector<ReferencingRows>& heavy) {
  std::vector<session::Request> together;
  for (const ReferencingRows& rows : tables) {
    if (const auto search = search_in(database, rows)) {
      together.push_back(
          session::query_request(*search, [&heavy, rows](const session::Value&) { heavy.push_back(rows); }));
    }
  }
  return together;
}

}  // namespace akqueue::queue
