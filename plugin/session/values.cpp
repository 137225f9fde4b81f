// What a row's values are taken for.
#include "akqueue/time.hpp"
#include "session/session.hpp"

namespace akqueue::session {

std::int64_t integer(const Value& value) {
  if (value.is_null()) return 0;
  if (!value.is_number_integer()) throw Error(ErrorCode::protocol, "expected a whole number, got " + value.dump());
  return value.get<std::int64_t>();
}

std::string text(const Value& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) throw Error(ErrorCode::protocol, "expected a text, got " + value.dump());
  return value.get<std::string>();
}

std::optional<Timestamp> timestamp(const Value& value) {
  if (!value.is_string()) return std::nullopt;
  return parse_timestamp(value.get_ref<const std::string&>());
}

}  // namespace akqueue::session
