// Text that is fit for a terminal, and how numbers and foreign text look to a person. The only file that knows {fmt}.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "akqueue/words.hpp"

namespace akqueue::ui {

class Text;

/// Strings that anybody may have written: a database, a peer, a cluster, a person, this program itself at run time.
template <class T>
concept ForeignString =
    std::same_as<T, std::string> || std::same_as<T, std::string_view> || std::same_as<T, const char*>;

/// What a `{}` of format_text() sees of an argument: a number as it is, all else as bytes that are fit to be shown.
template <class Argument>
using Formatted = std::conditional_t<std::is_arithmetic_v<std::remove_cvref_t<Argument>>, std::remove_cvref_t<Argument>,
                                     std::string_view>;

/// Bytes that a terminal may get. A string literal is taken as it is; every other string is foreign, and is escaped on
/// its way in: control characters (C0, DEL, C1), line ends and bytes that are not UTF-8 become `\n`, `\t`, `\x1b`, …;
/// marks that reorder, join or tag text, and all else that can't be seen (characters.hpp), become `\u202e`,
/// `\U000e0041`. A backslash stays, so that escaping twice changes nothing. A Terminal takes nothing else; what it acts
/// on (colours, places for the cursor) is written as literals.
class Text {
 public:
  Text() = default;
  /// A literal as it is. A choice of two (`one ? "task" : "tasks"`) is a pointer, and foreign: no line end in it.
  template <std::size_t N>
  Text(const char (&literal)[N]) : bytes_(literal, N - 1) {}
  /// A buffer is not a literal.
  template <std::size_t N>
  Text(char (&buffer)[N]) = delete;
  template <ForeignString String>
  Text(const String& foreign) : Text(escaped(foreign)) {}

  /// Foreign text of several lines: line ends stay, the rest is escaped.
  static Text lines(std::string_view foreign);
  /// A whole JSON text, of the same meaning: what can't be seen is escaped as JSON does (`\u202e`); line ends stay.
  static Text json(std::string_view json);
  /// So many spaces.
  static Text blanks(std::size_t count) { return fit(std::string(count, ' ')); }

  bool empty() const { return bytes_.empty(); }
  std::string_view view() const { return bytes_; }

  Text& operator+=(const Text& more);
  friend Text operator+(Text one, const Text& other) { return std::move(one += other); }
  bool operator==(const Text&) const = default;

 private:
  template <class... Arguments>
  friend Text format_text(fmt::format_string<Formatted<Arguments>...> format, Arguments&&... arguments);
  friend Text shorten_left(const Text& text, std::size_t width);
  friend Text shorten_right(const Text& text, std::size_t width);
  friend Text without_blanks_behind(const Text& text);

  static Text escaped(std::string_view foreign);
  /// Bytes that are fit for a terminal. Nobody else may say so: there is no door for foreign ones.
  static Text fit(std::string bytes);

  std::string bytes_;
};

/// `pod {} in namespace {}`: each `{}` takes a number or what a Text is made of. The format is checked when it is
/// compiled; strings that are not literals are escaped, a Text stands as it is.
template <class... Arguments>
Text format_text(fmt::format_string<Formatted<Arguments>...> format, Arguments&&... arguments);

/// `a, b, c`. Not of a list in braces, which is one of strings.
template <std::same_as<Text> Word>
Text joined(const std::vector<Word>& words, const Text& between = ", ") {
  Text text;
  for (const Word& word : words) text += (&word == words.data() ? Text() : between) + word;
  return text;
}

/// How many columns of a terminal `text` takes; a byte that is not UTF-8 takes four, as it is shown.
std::size_t columns_of(const Text& text);

/// How many characters (code points) it has, as a database counts them.
std::size_t characters_in(std::string_view text);

/// Cut from the left to `width` columns, `…` in front: the tail of an actor's name says most.
Text shorten_left(const Text& text, std::size_t width);

/// The first `width` columns of `text`, or one less where a wide character does not fit; `…` stands at the end where
/// something was cut.
Text shorten_right(const Text& text, std::size_t width);

/// `1.2 GiB`, `512 B`.
std::string format_size(std::int64_t bytes);

/// `70%`, `<1%`; empty for a part of nothing.
std::string format_share(std::int64_t part, std::int64_t whole);

/// So many columns wide at least, with spaces behind it or before it.
Text padded(const Text& text, std::size_t width);
Text flush_right(const Text& text, std::size_t width);

/// Without the spaces at its end.
Text without_blanks_behind(const Text& text);

/// `0.8s`, `14.2s`, `3m20s`: how long something took.
std::string format_took(std::int64_t milliseconds);

namespace text_detail {

template <class Argument>
auto formatted(Argument&& argument) {
  using Type = std::remove_cvref_t<Argument>;
  static_assert(!std::same_as<Type, char> && !std::same_as<Type, bool>, "a number, or what a Text is made of");
  if constexpr (std::is_arithmetic_v<Type>) return argument;
  else return Text(std::forward<Argument>(argument));
}

inline std::string_view bytes_of(const Text& text) { return text.view(); }
template <class Number>
  requires std::is_arithmetic_v<Number>
Number bytes_of(Number number) {
  return number;
}

template <class... Values>
std::string format_values(fmt::string_view format, const Values&... values) {
  return fmt::vformat(format, fmt::make_format_args(values...));
}

}  // namespace text_detail

template <class... Arguments>
Text format_text(fmt::format_string<Formatted<Arguments>...> format, Arguments&&... arguments) {
  // Each temporary Text lives until the whole is formatted.
  return Text::fit([&](const auto&... values) {
    return text_detail::format_values(fmt::string_view(format), text_detail::bytes_of(values)...);
  }(text_detail::formatted(std::forward<Arguments>(arguments))...));
}

}  // namespace akqueue::ui
