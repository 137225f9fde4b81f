#include "akqueue/tuple.hpp"

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

constexpr std::uint32_t kNull = 0xffffffff;

template <class Number>
Number big_endian(std::string_view bytes) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(bytes[i]));
  return number;
}

template <class Number>
void append_big_endian(std::string& bytes, Number number) {
  for (int shift = 8 * (static_cast<int>(sizeof(Number)) - 1); shift >= 0; shift -= 8)
    bytes += static_cast<char>(number >> shift & 0xffu);
}

}  // namespace

std::uint16_t big_endian_16(std::string_view bytes) { return big_endian<std::uint16_t>(bytes); }
std::uint32_t big_endian_32(std::string_view bytes) { return big_endian<std::uint32_t>(bytes); }
std::uint64_t big_endian_64(std::string_view bytes) { return big_endian<std::uint64_t>(bytes); }

void begin_tuple(std::string& rows, std::size_t columns) {
  append_big_endian(rows, static_cast<std::uint16_t>(columns));
}

void append_field(std::string& rows, const Field& value) {
  append_big_endian(rows, value ? static_cast<std::uint32_t>(value->size()) : kNull);
  if (value) rows += *value;
}

std::string_view TupleReader::take(std::size_t count) {
  if (left_.size() < count) throw Error(ErrorCode::damaged, "a row ends too early");
  const std::string_view taken = left_.substr(0, count);
  left_.remove_prefix(count);
  return taken;
}

bool TupleReader::next() {
  if (left_.empty()) return false;
  const std::string_view from = left_;
  const std::size_t columns = big_endian_16(take(2));
  fields_.clear();
  for (std::size_t i = 0; i < columns; ++i) {
    const std::uint32_t length = big_endian_32(take(4));
    if (length == kNull) fields_.emplace_back();
    else fields_.emplace_back(take(length));
  }
  row_ = from.substr(0, from.size() - left_.size());
  return true;
}

}  // namespace akqueue
