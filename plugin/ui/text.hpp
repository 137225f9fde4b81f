// How numbers and foreign text look to a person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

/// Text from a database, a peer or a cluster, safe for a terminal: control characters (C0, DEL, C1), line ends and
/// bytes that are no UTF-8 become `\n`, `\t`, `\x1b`, …; marks that reorder, join or tag text, and all else that can't
/// be seen (characters.hpp), become `\u202e`, `\U000e0041`.
std::string visible(std::string_view text);

/// The same over several lines: line ends stay.
std::string visible_lines(std::string_view text);

/// A whole JSON text, safe in the same way and of the same meaning: what can't be seen is escaped as JSON does
/// (`\u202e`).
std::string visible_json(std::string_view json);

/// How many columns of a terminal `text` takes; a byte that is no UTF-8 takes one.
std::size_t columns_of(std::string_view text);

/// How many characters (code points) it has, as a database counts them.
std::size_t characters_in(std::string_view text);

/// Cut from the left to `width` columns, `…` in front: the tail of an actor's name says most.
std::string shorten_left(std::string_view text, std::size_t width);

/// The first `width` columns of `text`, or one less where a wide character does not fit; `…` stands at the end where
/// something was cut.
std::string shorten_right(std::string_view text, std::size_t width);

/// `1,234,567`.
std::string with_separators(std::int64_t number);

/// `1.2 GiB`, `512 B`.
std::string format_size(std::int64_t bytes);

/// `70%`, `<1%`; empty for a part of nothing.
std::string format_share(std::int64_t part, std::int64_t whole);

/// `a, b, c`.
std::string joined(const std::vector<std::string>& words);

/// So many columns wide at least, with spaces behind it or before it.
std::string padded(std::string_view text, std::size_t width);
std::string flush_right(std::string_view text, std::size_t width);

/// `1 task`, `2 tasks`, with separators.
std::string count_of(std::int64_t number, std::string_view one, std::string_view many);

/// `0.8s`, `14.2s`, `3m20s`: how long something took.
std::string format_took(std::int64_t milliseconds);

}  // namespace akqueue
