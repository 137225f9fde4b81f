#include "queue/pickle.hpp"

#include <bit>
#include <cstring>

namespace akqueue::sim {
namespace {

// Opcodes, by their names in pickletools.
constexpr char kProto = '\x80';
constexpr char kFrame = '\x95';
constexpr char kStop = '.';
constexpr char kNone = 'N';
constexpr char kTrue = '\x88';
constexpr char kFalse = '\x89';
constexpr char kBinInt1 = 'K';
constexpr char kBinInt2 = 'M';
constexpr char kBinInt = 'J';
constexpr char kLong1 = '\x8a';
constexpr char kBinFloat = 'G';
constexpr char kShortText = '\x8c';
constexpr char kText = 'X';
constexpr char kMemoize = '\x94';
constexpr char kMark = '(';
constexpr char kTuple = 't';
constexpr char kTuple1 = '\x85';
constexpr char kEmptyTuple = ')';
constexpr char kEmptyDict = '}';
constexpr char kSetItem = 's';
constexpr char kSetItems = 'u';
constexpr char kStackGlobal = '\x93';
constexpr char kNewObject = '\x81';
constexpr char kBuild = 'b';

int value_of_hex_digit(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

}  // namespace

/// Little-endian.
void Pickle::number(std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) body_ += static_cast<char>(value >> (8 * i) & 0xff);
}

Pickle& Pickle::none() {
  body_ += kNone;
  return *this;
}

Pickle& Pickle::boolean(bool value) {
  body_ += value ? kTrue : kFalse;
  return *this;
}

Pickle& Pickle::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= 0 && value < 0x100) {
    body_ += kBinInt1;
    number(bits, 1);
  } else if (value >= 0 && value < 0x10000) {
    body_ += kBinInt2;
    number(bits, 2);
  } else if (value >= INT32_MIN && value <= INT32_MAX) {
    body_ += kBinInt;
    number(bits, 4);
  } else {
    // The fewest bytes that keep the sign.
    int size = 1;
    while (size < 8 && (value >> (8 * size - 1)) != 0 && (value >> (8 * size - 1)) != -1) ++size;
    body_ += kLong1;
    number(static_cast<std::uint64_t>(size), 1);
    number(bits, size);
  }
  return *this;
}

Pickle& Pickle::real(double value) {
  body_ += kBinFloat;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 7; i >= 0; --i) body_ += static_cast<char>(bits >> (8 * i) & 0xff);
  return *this;
}

Pickle& Pickle::text(std::string_view value) {
  const bool small = value.size() < 0x100;
  body_ += small ? kShortText : kText;
  number(value.size(), small ? 1 : 4);
  body_ += value;
  body_ += kMemoize;
  return *this;
}

Pickle& Pickle::uuid(std::string_view value) {
  std::string bytes;  // the number's, little-endian
  int high = -1;
  for (const char c : value) {
    if (c == '-') continue;
    if (high < 0) {
      high = value_of_hex_digit(c);
    } else {
      bytes.insert(bytes.begin(), static_cast<char>(high * 16 + value_of_hex_digit(c)));
      high = -1;
    }
  }
  if ((bytes.back() & '\x80') != 0) bytes += '\0';  // else it would be negative
  text("uuid").text("UUID");
  body_ += {kStackGlobal, kMemoize, kEmptyTuple, kNewObject, kMemoize, kEmptyDict, kMemoize};
  text("int");
  body_ += kLong1;
  number(bytes.size(), 1);
  body_ += bytes;
  body_ += {kSetItem, kBuild};
  return *this;
}

Pickle& Pickle::begin_tuple(std::size_t size) {
  if (size > 3) body_ += kMark;
  return *this;
}

Pickle& Pickle::end_tuple(std::size_t size) {
  if (size == 0) {
    body_ += kEmptyTuple;
    return *this;
  }
  body_ += size > 3 ? kTuple : static_cast<char>(kTuple1 + static_cast<char>(size - 1));
  body_ += kMemoize;
  return *this;
}

Pickle& Pickle::begin_dict(std::size_t size) {
  body_ += {kEmptyDict, kMemoize};
  if (size > 1) body_ += kMark;
  return *this;
}

Pickle& Pickle::end_dict(std::size_t size) {
  if (size == 1) body_ += kSetItem;
  if (size > 1) body_ += kSetItems;
  return *this;
}

Pickle& Pickle::value(const Json& json) {
  if (json.is_null()) return none();
  if (json.is_boolean()) return boolean(json.get<bool>());
  if (json.is_number_integer()) return integer(json.get<std::int64_t>());
  if (json.is_number()) return real(json.get<double>());
  if (json.is_string()) return text(json.get_ref<const std::string&>());
  if (json.is_array()) {
    begin_tuple(json.size());
    for (const auto& item : json) value(item);
    return end_tuple(json.size());
  }
  if (json.size() == 1 && json.contains("uuid")) return uuid(json.at("uuid").get_ref<const std::string&>());
  begin_dict(json.size());
  for (const auto& [key, item] : json.items()) text(key).value(item);
  return end_dict(json.size());
}

std::string Pickle::bytes() const {
  Pickle whole;
  whole.body_ = {kProto, '\x04'};
  const std::size_t size = body_.size() + 1;
  // Python puts at least 4 bytes and less than 64 KiB into a frame; a reader never needs frames.
  if (size >= 4 && size < 0x10000) {
    whole.body_ += kFrame;
    whole.number(size, 8);
  }
  return whole.body_ + body_ + kStop;
}

}  // namespace akqueue::sim
