#include "queue/filter.hpp"

#include <algorithm>

namespace akqueue {
namespace {

std::string list(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " " + std::string(last) + " " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

std::string any_of(Statement& statement, std::string_view alias, std::string_view column, const std::vector<std::string>& values) {
  std::string placeholders;
  for (const std::string& value : values) placeholders += (placeholders.empty() ? "" : ", ") + statement.bind(value);
  return std::string(alias) + "." + quote_identifier(column) + " IN (" + placeholders + ")";
}

std::string Selection::where_now(Statement& statement, std::string_view alias) const {
  std::string condition;
  const auto add = [&](const std::string& one) { condition += (condition.empty() ? "" : " AND ") + one; };
  if (!filter.queues.empty()) add(any_of(statement, alias, "queue_name", filter.queues));
  if (!filter.states.empty()) add(any_of(statement, alias, "state", filter.states));
  if (!filter.actors.empty()) add(any_of(statement, alias, "actor_name", filter.actors));
  if (!filter.ids.empty()) add(any_of(statement, alias, "message_id", filter.ids));
  if (filter.older_than_s) {
    add(std::string(alias) + ".\"mtime\" < " + statement.bind(format_timestamp(as_of - *filter.older_than_s * kSecond)));
  }
  return condition.empty() ? "1 = 1" : condition;
}

std::string Selection::where(Statement& statement, std::string_view alias) const {
  const std::string condition = where_now(statement, alias);
  if (with_newer) return condition;
  return condition + " AND " + std::string(alias) + ".\"mtime\" <= " + statement.bind(format_timestamp(as_of));
}

std::vector<Selection> Selection::pieces() const {
  if (filter.ids.size() <= kIdsAtOnce) return {*this};
  std::vector<Selection> all;
  for (std::size_t at = 0; at < filter.ids.size(); at += kIdsAtOnce) {
    Selection piece = *this;
    const auto begin = filter.ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = filter.ids.begin() + static_cast<std::ptrdiff_t>(std::min(at + kIdsAtOnce, filter.ids.size()));
    piece.filter.ids.assign(begin, end);
    all.push_back(std::move(piece));
  }
  return all;
}

std::string in_words(const TaskFilter& filter) {
  std::string words = filter.states.empty() ? "tasks" : list(filter.states, "and") + " tasks";
  if (!filter.ids.empty()) {
    const auto count = filter.ids.size();
    words = (filter.states.empty() ? "" : list(filter.states, "or") + " ") +
            (count == 1 ? "task " + filter.ids.front() : std::to_string(count) + " tasks given by id");
  }
  if (!filter.actors.empty()) words += " of " + list(filter.actors, "and");
  if (!filter.queues.empty()) words += " in queue " + list(filter.queues, "or");
  if (filter.older_than_s) words += ", older than " + format_age(*filter.older_than_s);
  return words;
}

}  // namespace akqueue
