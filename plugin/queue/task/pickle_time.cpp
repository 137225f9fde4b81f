#include "queue/task/pickle_time.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace akqueue::queue {
namespace {

using NodeKind = PickleNode::Kind;

std::string callable_of(const PickleNode& node) {
  if (node.kind != NodeKind::object || node.items.empty() || node.items[0]->kind != NodeKind::global) return {};
  return node.items[0]->scalar.is_string() ? node.items[0]->scalar.get<std::string>() : std::string();
}

/// An argument of an object; null for none.
const PickleNode* argument(const PickleNode& object, std::size_t place) {
  if (object.items.size() < 2 || object.items[1]->kind != NodeKind::list) return nullptr;
  const auto& arguments = object.items[1]->items;
  return place < arguments.size() ? arguments[place] : nullptr;
}

/// From `{"bytes": "07ea…"}`.
std::string from_hexadecimal(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::strtol(digits.substr(i, 2).c_str(), nullptr, 16));
  return bytes;
}

/// Characters below 256, each as a byte: how protocol 2 writes bytes.
std::string from_latin1(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80 || i + 1 == text.size()) {
      bytes += text[i];
    } else {
      bytes += static_cast<char>((first & 0x03u) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3fu));
    }
  }
  return bytes;
}

std::string bytes_in(const PickleNode* node) {
  if (node == nullptr) return {};
  if (node->kind == NodeKind::scalar && node->scalar.is_object() && node->scalar.contains("bytes"))
    return from_hexadecimal(node->scalar.at("bytes").get<std::string>());
  if (callable_of(*node) != "_codecs.encode") return {};
  const PickleNode* const text = argument(*node, 0);
  return text != nullptr && text->scalar.is_string() ? from_latin1(text->scalar.get<std::string>()) : std::string();
}

unsigned number_in(std::string_view bytes) {
  unsigned value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// `2026-05-01`; the highest bit of the month is none of it.
std::string date_in(std::string_view bytes) {
  const unsigned year = number_in(bytes.substr(0, 2));
  const unsigned month = number_in(bytes.substr(2, 1)) & 0x7fu;
  const unsigned day = number_in(bytes.substr(3, 1));
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return {};
  char text[32];
  std::snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
  return text;
}

/// `12:30:05.123456`; the highest bit of the hour is none of it.
std::string clock_in(std::string_view bytes) {
  const unsigned hour = number_in(bytes.substr(0, 1)) & 0x7fu;
  const unsigned minute = number_in(bytes.substr(1, 1));
  const unsigned second = number_in(bytes.substr(2, 1));
  const unsigned micro = number_in(bytes.substr(3, 3));
  if (hour > 23 || minute > 59 || second > 59 || micro > 999'999) return {};
  char text[48];
  std::snprintf(text, sizeof text, micro == 0 ? "%02u:%02u:%02u" : "%02u:%02u:%02u.%06u", hour, minute, second, micro);
  return text;
}

std::optional<std::int64_t> whole_number(const PickleNode* node) {
  if (node == nullptr || node->kind != NodeKind::scalar || !node->scalar.is_number_integer()) return std::nullopt;
  return node->scalar.get<std::int64_t>();
}

/// `+02:00`, `[Europe/Vienna]`; nothing for a zone that can't be told.
std::optional<std::string> zone_in(const PickleNode* zone) {
  if (zone == nullptr) return std::string();
  const std::string callable = callable_of(*zone);
  const PickleNode* const first = argument(*zone, 0);
  if (callable == "datetime.timezone" && first != nullptr && callable_of(*first) == "datetime.timedelta") {
    const auto days = whole_number(argument(*first, 0));
    const auto seconds = whole_number(argument(*first, 1));
    if (!days || !seconds || std::llabs(*days) > 1 || std::llabs(*seconds) > 86'400) return std::nullopt;
    const std::int64_t minutes = (*days * 86'400 + *seconds) / 60;
    char text[48];
    std::snprintf(text, sizeof text, "%c%02lld:%02lld", minutes < 0 ? '-' : '+', std::llabs(minutes) / 60,
                  std::llabs(minutes) % 60);
    return text;
  }
  if (callable.starts_with("zoneinfo.") && first != nullptr && first->scalar.is_string())
    return "[" + first->scalar.get<std::string>() + "]";
  return std::nullopt;
}

}  // namespace

std::string iso_time(const PickleNode& object) {
  const std::string callable = callable_of(object);
  if (!callable.starts_with("datetime.")) return {};
  const std::string bytes = bytes_in(argument(object, 0));
  const auto zone = zone_in(argument(object, 1));
  if (!zone) return {};
  if (callable == "datetime.date" && bytes.size() == 4) return date_in(bytes);
  const bool whole = callable == "datetime.datetime" && bytes.size() == 10;
  if (!whole && !(callable == "datetime.time" && bytes.size() == 6)) return {};
  const std::string date = whole ? date_in(bytes) : "";
  const std::string clock = clock_in(std::string_view(bytes).substr(whole ? 4 : 0));
  if (clock.empty() || (whole && date.empty())) return {};
  return (whole ? date + "T" : "") + clock + *zone;
}

}  // namespace akqueue::queue
