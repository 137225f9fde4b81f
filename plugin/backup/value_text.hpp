// How PostgreSQL prints valid values: what backup/value.hpp promises, in parts from which the JSON is made too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "akqueue/tuple.hpp"
#include "backup/binary_form.hpp"
#include "session/portable_type.hpp"

namespace akqueue::backup {

/// 2000-01-01, from which PostgreSQL counts, in days since 1970.
inline constexpr std::int64_t kEpochDays = 10957;

/// A value that is not an array, in the binary form.
std::string text_of_one(session::PortableKind kind, std::string_view bytes);

/// Microseconds since 2000. `between` goes between day and time, `zone` after the time: PostgreSQL has two ways.
std::string text_of_time(std::int64_t microseconds, const char* between, const char* zone);

/// Writes the elements of an array in brackets, one level for each dimension.
template <class Element>
void write_array(std::string& out, BinaryArray& array, std::size_t dimension, const char* brackets,
                 const Element& element) {
  out += brackets[0];
  for (std::uint32_t i = 0; i < array.dimensions[dimension].length; ++i) {
    if (i > 0) out += ',';
    if (dimension + 1 < array.dimensions.size()) {
      write_array(out, array, dimension + 1, brackets, element);
      continue;
    }
    Field value;
    array.next(value);
    element(value);
  }
  out += brackets[1];
}

}  // namespace akqueue::backup
