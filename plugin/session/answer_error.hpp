// What is wrong with an answer, as an Error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"

namespace akqueue::session {

inline constexpr const char* kAfterALoss = "what was not committed is rolled back; run the command again";
inline constexpr const char* kAfterNonsense = "run it again with -v; if it happens again, please report it";

/// A field of a reply; empty if it is missing or not a text.
std::string field(const ForeignJson& reply, const char* name);

/// The Error of a `!` line's object.
Error error_of(const ForeignJson& reply);

Error damaged_rows();
Error not_understood(std::string_view line);

/// Rows must arrive as they were sent: what is wrong in a backup could not be restored. Throws damaged_rows() unless
/// the reply tells this number.
void check_told(const ForeignJson& reply, const char* name, std::uint64_t number);

}  // namespace akqueue::session
