#include "backup/value.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "akqueue/tuple.hpp"
#include "backup/binary_form.hpp"

namespace akqueue::backup {
namespace {

constexpr char kJsonbVersion = 1;

/// The size in bytes of every value of the kind; 0: any size.
std::size_t width_of(session::PortableKind kind) {
  switch (kind) {
    case session::PortableKind::boolean: return 1;
    case session::PortableKind::smallint: return 2;
    case session::PortableKind::integer:
    case session::PortableKind::real:
    case session::PortableKind::date: return 4;
    case session::PortableKind::bigint:
    case session::PortableKind::double_precision:
    case session::PortableKind::timestamptz: return 8;
    case session::PortableKind::uuid: return 16;
    default: return 0;
  }
}

std::string fault_of_numeric(std::string_view bytes) {
  constexpr unsigned kBase = 10'000;
  if (bytes.size() < BinaryNumeric::kHead) return "it is not a numeric";
  const BinaryNumeric number(bytes);
  const std::array signs{BinaryNumeric::kPositive, BinaryNumeric::kNegative, BinaryNumeric::kNaN,
                         BinaryNumeric::kInfinity, BinaryNumeric::kMinusInfinity};
  if (number.bytes.size() != number.digits * 2 || std::ranges::find(signs, number.sign) == signs.end())
    return "it is not a numeric";
  for (std::size_t i = 0; i < number.digits; ++i) {
    if (number.digit(static_cast<std::int64_t>(i)) >= kBase) return "it is not a numeric";
  }
  return {};
}

std::string fault_of_one(session::PortableKind kind, std::string_view bytes) {
  const std::size_t width = width_of(kind);
  if (width != 0 && bytes.size() != width)
    return "its length is " + std::to_string(bytes.size()) + ", not " + std::to_string(width);
  switch (kind) {
    case session::PortableKind::boolean: return bytes.front() == 0 || bytes.front() == 1 ? "" : "it is not a boolean";
    case session::PortableKind::text: return is_text(bytes) ? "" : "it is not UTF-8 text";
    case session::PortableKind::jsonb:
      return !bytes.empty() && bytes.front() == kJsonbVersion && is_text(bytes.substr(1)) ? "" : "it is not a jsonb";
    case session::PortableKind::numeric: return fault_of_numeric(bytes);
    default: return {};
  }
}

std::string fault_of_array(session::PortableKind kind, std::string_view bytes) {
  BinaryArray array(bytes);
  if (!array.read_head()) return "it is not an array";
  const std::uint64_t count = array.elements();
  for (std::uint64_t i = 0; i < count; ++i) {
    Field element;
    if (!array.next(element)) return "it is not an array";
    if (!element) continue;
    if (const std::string fault = fault_of_one(kind, *element); !fault.empty()) return "in an element, " + fault;
  }
  return array.at_end() ? "" : "it is not an array";
}

}  // namespace

bool is_text(std::string_view bytes) {
  const auto continues = [&](std::size_t at) {
    return at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xc0u) == 0x80u;
  };
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead == 0) return false;
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xf0 && lead <= 0xf4  ? 4
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                                                             : 0;
    if (length == 0) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if (!continues(at + i)) return false;
    }
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    const bool wrong = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                       (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
    if (wrong) return false;
    at += length;
  }
  return true;
}

std::string fault_of(const session::PortableType& type, std::string_view bytes) {
  return type.array ? fault_of_array(type.kind, bytes) : fault_of_one(type.kind, bytes);
}

}  // namespace akqueue::backup
