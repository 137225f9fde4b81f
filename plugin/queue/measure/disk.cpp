#include "queue/measure/disk.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"

namespace akqueue::queue {
namespace {

constexpr std::int64_t kIndexEntry = 48;
/// Pages are never full, and an estimate is one.
constexpr std::int64_t kGenerous = 3;

std::int64_t share_of(const session::Table& table, std::int64_t rows) {
  const std::int64_t there = std::max({table.rows_estimate.value_or(0), rows, std::int64_t{1}});
  return static_cast<std::int64_t>(static_cast<double>(table.bytes) * static_cast<double>(rows) /
                                   static_cast<double>(there));
}

}  // namespace

std::optional<std::int64_t> slack_of(const session::Table& table, std::int64_t rows) {
  if (rows > 0 && !table.row_bytes) return std::nullopt;
  const auto indexes = static_cast<std::int64_t>(table.indexes.size()) + 1;
  const std::int64_t needed = rows == 0 ? 0 : rows * (*table.row_bytes + indexes * kIndexEntry);
  const std::int64_t slack = table.bytes - needed;
  if (slack < kLeastSlack || table.bytes < kGenerous * needed) return std::nullopt;
  return slack;
}

std::int64_t room_of(const session::Catalog& before, std::int64_t tasks, const backup::OtherRows& other_rows) {
  std::int64_t bytes = 0;
  for (const session::Table& table : before.tables) {
    if (table.name == kTaskTable) bytes += share_of(table, tasks);
    if (table.name == kTaskLogTable) bytes += share_of(table, other_rows.logs);
  }
  return bytes;
}

}  // namespace akqueue::queue
