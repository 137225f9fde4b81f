// A value of a backup's row: whether it is valid for its column's type, and how people and JSON write it.
//
// Values in the binary form are those of PostgreSQL's send functions (session/portable_type.hpp); values in the text
// form are what the type's output function printed. Nothing here changes what is restored.
#pragma once

#include <string>
#include <string_view>

#include "session/portable_type.hpp"

namespace akqueue::backup {

/// UTF-8 without U+0000, which PostgreSQL allows in no text.
bool is_text(std::string_view bytes);

/// Why these bytes are not a value of the type in its binary form, like `its length is 3`; empty if they are one.
std::string fault_of(const session::PortableType& type, std::string_view bytes);

/// The text form of a value in the binary form, as PostgreSQL prints it with TimeZone=UTC and bytea_output=hex. The
/// value must be valid.
std::string text_of_value(const session::PortableType& type, std::string_view bytes);

/// Adds the value to `json` as row_to_json() writes it.
void append_json_of_binary(std::string& json, const session::PortableType& type, std::string_view bytes);
/// The same for a value in the text form; `type` as the catalog names it. Anything but a number, a boolean or JSON
/// becomes a string.
void append_json_of_text(std::string& json, std::string_view type, std::string_view text);

}  // namespace akqueue::backup
