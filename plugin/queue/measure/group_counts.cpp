#include "queue/measure/group_counts.hpp"

#include <algorithm>
#include <cctype>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/measure/last_error.hpp"

namespace akqueue::queue {
namespace {

constexpr std::size_t kLeastHexadecimal = 8;
constexpr std::size_t kUuidLength = 36;

std::string key_of(session::Statement& statement, const session::Database& database, GroupBy by) {
  switch (by) {
    case GroupBy::error: return last_error(statement, database, "leave out --by error");
    case GroupBy::uid: return "t." + session::quote_identifier("_uid");
    case GroupBy::object: return "t.rel_obj_id";
    case GroupBy::queue: return "t.queue_name";
  }
  return {};
}

/// SELECT key, kind, state, count, oldest, newest, tasks in all FROM (one row a task) GROUP BY 1, 2, 3, the most first
session::Statement alike(const session::Database& database, const Selection& selection, GroupBy by, bool in_hand,
                         std::int64_t most) {
  session::Statement statement;
  const std::string key = key_of(statement, database, by);
  const std::string kind = by == GroupBy::object ? "t.rel_obj_content_type_id" : "NULL";
  std::string where = selection.where(statement, database, "t");
  if (in_hand) where += " AND " + is_in_hand(statement, database, "t");
  statement.sql =
      "SELECT f.name, f.kind, f.state, count(*), min(f.mtime), max(f.mtime), sum(count(*)) OVER () FROM "
      "(SELECT " +
      key + " AS name, " + kind + " AS kind, t.state AS state, t.mtime AS mtime FROM " + database.task().quoted() +
      " AS t WHERE " + where + ") AS f" + (by == GroupBy::error ? " WHERE f.name IS NOT NULL" : "") +
      " GROUP BY f.name, f.kind, f.state ORDER BY count(*) DESC, f.name, f.state LIMIT " + std::to_string(most);
  return statement;
}

/// A sum of counts is a number with decimals on PostgreSQL, which comes as a text.
std::int64_t whole(const session::Value& value) {
  return value.is_string() ? std::stoll(value.get<std::string>()) : session::integer(value);
}

class GroupCounter {
 public:
  GroupCounter(const session::Database& database, GroupBy by) : by_(by) {
    if (by == GroupBy::object) kinds_ = read_kinds(database);
  }

  AlikeTasks& group_of(const session::Value& row) {
    const std::string name = name_of(row);
    AlikeTasks& group = groups_[name];
    group.name = name;
    return group;
  }
  std::vector<AlikeTasks> sorted() {
    std::vector<AlikeTasks> all;
    for (auto& [name, group] : groups_) {
      if (group.tasks > 0) all.push_back(std::move(group));
    }
    std::ranges::stable_sort(all, std::greater<>(), &AlikeTasks::tasks);
    return all;
  }

 private:
  std::string name_of(const session::Value& row) const {
    const std::string key = session::text(row.at(0));
    if (by_ == GroupBy::object) return object_name(kinds_, row.at(1), key);
    return by_ == GroupBy::error ? named_error(key) : key;
  }

  GroupBy by_;
  std::vector<Kind> kinds_;
  std::map<std::string, AlikeTasks> groups_;
};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// What is folded at the beginning of `text`, and how long it is; 0: nothing.
std::pair<std::string_view, std::size_t> folded_at(std::string_view text) {
  if (Uuid::parse(text.substr(0, kUuidLength))) return {"<id>", kUuidLength};
  std::size_t word = 0;
  while (word < text.size() && is_of_word(text[word])) ++word;
  const std::string_view whole = text.substr(0, word);
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(whole, is_digit));
  if (word > 2 && whole.starts_with("0x")) return {"<id>", word};
  const bool hexadecimal = std::ranges::all_of(whole, [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (word >= kLeastHexadecimal && hexadecimal && digits > 0 && digits < word) return {"<id>", word};
  std::size_t number = 0;
  while (number < text.size() && is_digit(text[number])) ++number;
  return {"<n>", number};
}

}  // namespace

std::string fold_error(std::string_view error) {
  std::string folded;
  while (!error.empty()) {
    const auto fold = folded_at(error);
    if (fold.second > 0) {
      folded += fold.first;
      error.remove_prefix(fold.second);
      continue;
    }
    // A whole word, so that digits within it stay.
    std::size_t end = 1;
    while (is_of_word(error.front()) && end < error.size() && is_of_word(error[end])) ++end;
    folded += error.substr(0, end);
    error.remove_prefix(end);
  }
  return folded;
}

GroupCounts count_groups(const session::Database& database, const Selection& selection, GroupBy by, std::int64_t most) {
  GroupCounts counts;
  GroupCounter counter(database, by);
  std::int64_t grouped = 0;
  database.session.query(alike(database, selection, by, false, most), [&](const session::Value& row) {
    AlikeTasks& group = counter.group_of(row);
    const std::int64_t tasks = session::integer(row.at(3));
    group.tasks += tasks;
    grouped += tasks;
    group.states[session::text(row.at(2))] += tasks;
    const auto oldest = session::timestamp(row.at(4));
    const auto newest = session::timestamp(row.at(5));
    if (oldest) group.oldest = std::min(*oldest, group.oldest.value_or(*oldest));
    if (newest) group.newest = std::max(*newest, group.newest.value_or(*newest));
    counts.tasks = whole(row.at(6));
  });
  database.session.query(alike(database, selection, by, true, most),
                         [&](const session::Value& row) { counter.group_of(row).held += session::integer(row.at(3)); });
  counts.groups = counter.sorted();
  counts.ungrouped = counts.tasks - grouped;
  return counts;
}

}  // namespace akqueue::queue
