#include "ui/characters.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace akqueue::ui {

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {1, lead};
  utf8proc_int32_t value = 0;
  const auto size = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4));
  const utf8proc_ssize_t bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), size, &value);
  if (bytes <= 0 || value < 0) return {1, lead, false};
  return {static_cast<std::size_t>(bytes), static_cast<char32_t>(value)};
}

bool can_be_seen(char32_t value) {
  if (value >= 0x20 && value < 0x7f) return true;
  const utf8proc_property_t* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(value));
  switch (property->category) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return property->ignorable == 0;
  }
}

std::size_t columns_of_character(char32_t value) {
  if (value >= 0x20 && value < 0x7f) return 1;
  return static_cast<std::size_t>(std::max(utf8proc_charwidth(static_cast<utf8proc_int32_t>(value)), 0));
}

}  // namespace akqueue::ui
