// What both dialects write alike. Only for them: everybody else uses a Dialect.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/uuid.hpp"
#include "session/dialect.hpp"

namespace akqueue::session {

/// A column of the row `alias`.
std::string row_column(std::string_view alias, std::string_view name);
/// What goes between the quotes of a text.
std::string text_literal(std::string_view text);
/// A JSON array of texts.
std::string ids_as_json(const std::vector<Uuid>& ids);
/// The ids in `quote`s, with commas between them.
std::string ids_listed(std::span<const Uuid> ids, std::string_view quote);

std::unique_ptr<Dialect> make_postgres_dialect(int major);
std::unique_ptr<Dialect> make_sqlite_dialect();

}  // namespace akqueue::session
