// The fields of a request (docs/protocol.md); a field of another type is refused.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"

namespace akqueue::sim {

inline Error protocol_error(const std::string& message) { return Error(ErrorCode::protocol, message); }

/// Throws Error (protocol) if the field is missing or has another type.
template <class Value>
Value required(const Json& request, const char* field) {
  const auto found = request.find(field);
  if (found == request.end()) throw protocol_error(std::string("the field \"") + field + "\" is missing");
  const auto wrong_type = [&] { return protocol_error(std::string("the field \"") + field + "\" has the wrong type"); };
  // Otherwise a fraction or a huge number would be converted silently.
  if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
    if (!found->is_number_integer() || !std::in_range<Value>(found->get<std::int64_t>())) throw wrong_type();
  }
  try {
    return found->get<Value>();
  } catch (const Json::exception&) { throw wrong_type(); }
}

/// The same for a field that may be missing.
template <class Value>
Value optional_field(const Json& request, const char* field, Value otherwise) {
  return request.contains(field) ? required<Value>(request, field) : otherwise;
}

}  // namespace akqueue::sim
