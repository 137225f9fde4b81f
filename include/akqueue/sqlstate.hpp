// The error codes of PostgreSQL that something here depends on. Source: its manual, Appendix A.
#pragma once

#include <string_view>

namespace akqueue::sqlstate {

inline constexpr std::string_view kForeignKeyViolation = "23503";
inline constexpr std::string_view kSerializationFailure = "40001";
inline constexpr std::string_view kDeadlock = "40P01";
inline constexpr std::string_view kDiskFull = "53100";
/// The table of locks is full, or memory is.
inline constexpr std::string_view kOutOfMemory = "53200";
/// A value or a row is larger than the server's memory for it.
inline constexpr std::string_view kLimitExceeded = "54000";
/// lock_timeout passed.
inline constexpr std::string_view kLockTimeout = "55P03";
/// statement_timeout passed, or somebody cancelled the statement.
inline constexpr std::string_view kCanceled = "57014";
/// The server's operating system could not do something with its files.
inline constexpr std::string_view kIoError = "58030";
/// A page, or an index, of the database is damaged.
inline constexpr std::string_view kDataCorrupted = "XX001";
inline constexpr std::string_view kIndexCorrupted = "XX002";

}  // namespace akqueue::sqlstate
