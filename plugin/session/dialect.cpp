#include "session/dialect.hpp"

#include <charconv>

#include "session/dialect_text.hpp"

namespace akqueue::session {

std::string row_column(std::string_view alias, std::string_view name) {
  return std::string(alias) + "." + quote_identifier(name);
}

std::string text_literal(std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted;
}

std::string ids_as_json(const std::vector<Uuid>& ids) {
  constexpr std::size_t kEach = 39;
  std::string text = "[";
  text.reserve(ids.size() * kEach + 2);
  for (const Uuid& id : ids) text += (text.size() == 1 ? "\"" : ",\"") + id.to_string() + "\"";
  return text + "]";
}

std::string ids_listed(std::span<const Uuid> ids, std::string_view quote) {
  std::string list;
  for (const Uuid& id : ids) {
    if (!list.empty()) list += ',';
    list.append(quote).append(id.to_string()).append(quote);
  }
  return list;
}

std::unique_ptr<Dialect> make_dialect(std::string_view engine, std::string_view server_version) {
  if (engine == "sqlite") return make_sqlite_dialect();
  if (engine != "postgresql") {
    throw Error(ErrorCode::unsupported,
                "the database is " + std::string(engine) + ", which this version does not know");
  }
  int major = 0;
  std::from_chars(server_version.data(), server_version.data() + server_version.size(), major);
  return make_postgres_dialect(major);
}

}  // namespace akqueue::session
