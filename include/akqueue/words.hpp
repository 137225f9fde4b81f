// Lists and numbers in words. What depends on the terminal is in plugin/ui/text.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

/// `a, b, c`.
std::string joined(const std::vector<std::string>& words, std::string_view between = ", ");

/// `a, b and c`, with `last` for "and".
std::string listed_words(const std::vector<std::string>& words, std::string_view last);

/// `1,234,567`.
std::string with_separators(std::int64_t number);

/// `1 task`, `2 tasks`, with separators.
std::string count_of(std::int64_t number, std::string_view one, std::string_view many);

/// `once`, `3 times`.
std::string how_often(std::int64_t number);

/// The last part of an actor's name, which tells the most: `outpost_send_update` of
/// `authentik.outposts.tasks.outpost_send_update`.
std::string short_name(std::string_view actor);

/// As a POSIX shell takes it: in single quotes where it needs any.
std::string shell_word(std::string_view word);

}  // namespace akqueue
