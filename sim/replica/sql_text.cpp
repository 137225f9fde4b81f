#include "replica/sql_text.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace akqueue::sim {
namespace {

/// A piece of SQL: a word, a quoted thing, a comment, or one character.
struct Token {
  std::string_view text;
  bool word = false;
};

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0;
}

std::size_t quoted_length(std::string_view sql) {
  const char quote = sql.front();
  std::size_t at = 1;
  while (at < sql.size()) {
    if (sql[at++] != quote) continue;
    if (at == sql.size() || sql[at] != quote) return at;
    ++at;
  }
  return sql.size();
}

Token next_token(std::string_view sql) {
  const auto up_to = [&](std::size_t end, std::size_t extra) {
    return sql.substr(0, end == std::string_view::npos ? end : end + extra);
  };
  if (in_word(sql.front())) {
    const auto* const end = std::ranges::find_if_not(sql, in_word);
    return {sql.substr(0, static_cast<std::size_t>(end - sql.begin())), true};
  }
  if (sql.front() == '\'' || sql.front() == '"') return {sql.substr(0, quoted_length(sql))};
  if (sql.starts_with("--")) return {up_to(sql.find('\n'), 1)};
  if (sql.starts_with("/*")) return {up_to(sql.find("*/", 2), 2)};
  return {sql.substr(0, 1)};
}

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  while (!sql.empty()) {
    tokens.push_back(next_token(sql));
    sql.remove_prefix(tokens.back().text.size());
  }
  return tokens;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool blank(const Token& token) {
  return token.text.starts_with("--") || token.text.starts_with("/*") ||
         std::isspace(static_cast<unsigned char>(token.text[0])) != 0;
}

struct CastFunction {
  std::string_view type;
  std::string_view function;
};
constexpr CastFunction kCasts[] = {
    {"uuid", "pg_uuid"},
    {"timestamp with time zone", "pg_timestamptz"},
    {"timestamptz", "pg_timestamptz"},
    {"boolean", "pg_boolean"},
    {"bool", "pg_boolean"},
    {"jsonb", "pg_jsonb"},
    {"json", "pg_jsonb"},
    {"bigint", "pg_bigint"},
    {"int8", "pg_bigint"},
    {"integer", "pg_integer"},
    {"int", "pg_integer"},
    {"int4", "pg_integer"},
    {"smallint", "pg_integer"},
    {"bytea", "pg_bytea"},
};

/// An open parenthesis, and what is known about the CAST that it may belong to.
struct Open {
  std::optional<std::size_t> cast;  ///< where the word CAST went
  std::optional<std::size_t> as;    ///< where its AS went
  std::string type;
};

}  // namespace

std::string with_casts(std::string_view sql) {
  std::vector<std::string> out;
  std::vector<Open> open;
  std::optional<std::size_t> cast;  // the last word was CAST
  for (const Token& token : tokens_of(sql)) {
    const std::string word = token.word ? lower(token.text) : "";
    if (token.text == "(") {
      open.push_back({cast, {}, {}});
    } else if (token.text == ")" && !open.empty()) {
      const Open closed = open.back();
      open.pop_back();
      const auto* known = std::ranges::find(kCasts, closed.type, &CastFunction::type);
      if (closed.cast && closed.as && known != std::end(kCasts)) {
        out[*closed.cast] = known->function;
        out.resize(*closed.as);
      }
    } else if (!open.empty() && open.back().cast && word == "as") {
      open.back().as = out.size();
    } else if (!open.empty() && open.back().as && !word.empty()) {
      open.back().type += (open.back().type.empty() ? "" : " ") + word;
    }
    if (!blank(token)) cast = word == "cast" ? std::optional(out.size()) : std::nullopt;
    out.emplace_back(token.text);
  }
  std::string text;
  for (const std::string& piece : out) text += piece;
  return text;
}

std::vector<std::string> checks_in(std::string_view create_table) {
  std::vector<std::string> checks;
  std::optional<std::string> check;
  int depth = 0;
  for (const Token& token : tokens_of(create_table)) {
    if (!check) {
      if (token.word && lower(token.text) == "check") check = "CHECK ", depth = 0;
      continue;
    }
    if (blank(token) && depth == 0) continue;
    *check += token.text;
    if (token.text == "(") ++depth;
    if (token.text == ")" && --depth == 0) {
      checks.push_back(*check);
      check.reset();
    }
  }
  return checks;
}

std::vector<bool> deferrable_keys_in(std::string_view create_table) {
  std::vector<bool> keys;
  std::string before;
  for (const Token& token : tokens_of(create_table)) {
    if (blank(token)) continue;
    const std::string word = token.word ? lower(token.text) : "";
    if (word == "references") keys.push_back(false);
    if (word == "deferrable" && before != "not" && !keys.empty()) keys.back() = true;
    before = word;
  }
  return keys;
}

}  // namespace akqueue::sim
