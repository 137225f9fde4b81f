// Disk that the queue's tables keep though their rows do not need it. A database gives the room of deleted rows to new
// ones (PostgreSQL once it has vacuumed), and back to the disk only when it is told to write a table anew.
#pragma once

#include <cstdint>
#include <optional>

#include "backup/other_rows.hpp"
#include "session/catalog.hpp"

namespace akqueue::queue {

/// Less is not worth a line: bytes.
inline constexpr std::int64_t kLeastSlack = 16 << 20;

/// About how many bytes `table` keeps beyond what `rows` need, if these are much less than it has; nothing for less
/// than kLeastSlack, and where the database has not looked at its rows yet.
std::optional<std::int64_t> slack_of(const session::Table& table, std::int64_t rows);

/// About how many bytes these rows took up, of the tables as `before` has them, whose room stays allocated.
std::int64_t room_of(const session::Catalog& before, std::int64_t tasks, const backup::OtherRows& other_rows);

}  // namespace akqueue::queue
