// JSON that somebody else wrote, read without trusting its depth: copying, comparing or printing a document recurses
// into it level by level, so that one of a hundred thousand levels would crash the program. All foreign JSON is read
// with parse_foreign().
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace akqueue {

/// Levels of documents whose shape we know: a peer's replies, kubectl's objects, a backup's records, the history,
/// notes.
inline constexpr std::size_t kDeepestDocument = 200;
/// Levels of what belongs to a task and nobody here looks into: the messages of its log, a row in a backup. PostgreSQL
/// takes some thousands.
inline constexpr std::size_t kDeepestValue = 1000;
/// Levels of a task's own values that are shown as JSON. Anything deeper is shown as a text: each level indents every
/// line in it, and jq 1.6 reads no more than 256.
inline constexpr std::size_t kDeepestShown = 60;

/// Whether objects and arrays are nested more than `levels` deep. Brackets in strings do not count. Takes any text, and
/// needs no memory.
bool nested_deeper_than(std::string_view json, std::size_t levels);

/// `text` as a Json (nlohmann's, of either kind); discarded if it is not JSON, a number is out of range, or it is
/// nested deeper than that.
template <class Json>
Json parse_foreign(std::string_view text, std::size_t deepest = kDeepestDocument) {
  if (nested_deeper_than(text, deepest)) return Json(nlohmann::detail::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace akqueue
