// A value of a backup's row: whether it is one of its column's type, and how people and JSON write it.
//
// Values in the binary form are those of PostgreSQL's send functions (session/portable_type.hpp); values in the text
// form are what the type's output function printed. Nothing here changes what is restored.
#pragma once

#include <string>
#include <string_view>

#include "session/portable_type.hpp"

namespace akqueue {

/// UTF-8 without U+0000, which no text of PostgreSQL holds.
bool is_text(std::string_view bytes);

/// Why these bytes are no value of the type in its binary form, like `its length is 3`; empty where they are one.
std::string fault_of(const PortableType& type, std::string_view bytes);

/// The text form of a value in the binary form, as PostgreSQL prints it under TimeZone=UTC and bytea_output=hex. The
/// value has no fault.
std::string text_of_value(const PortableType& type, std::string_view bytes);

/// Adds the value to `json` as row_to_json() writes it.
void append_json_of_binary(std::string& json, const PortableType& type, std::string_view bytes);
/// The same of a value in the text form; `type` as the catalog names it. What is no number, boolean or JSON becomes a
/// string.
void append_json_of_text(std::string& json, std::string_view type, std::string_view text);

}  // namespace akqueue
