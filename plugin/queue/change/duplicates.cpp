#include "queue/change/duplicates.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "akqueue/error.hpp"
#include "akqueue/words.hpp"
#include "queue/change/kept_tasks.hpp"
#include "queue/filter/selection.hpp"
#include "queue/task/message_arguments.hpp"

namespace akqueue::queue {
namespace {

constexpr std::size_t kMessagesAtOnce = 1000;
constexpr std::size_t kMostRemembered = std::size_t{64} << 20;  ///< bytes of different arguments

/// What must be equal, as a list for PARTITION BY, which takes NULLs as equal.
std::string alike_columns(const session::Table& task) {
  std::vector<std::string> columns;
  for (const char* column :
       {"tenant_id", "queue_name", "actor_name", "_uid", "rel_obj_content_type_id", "rel_obj_id"}) {
    if (task.has(column)) columns.push_back("t." + session::quote_identifier(column));
  }
  return joined(columns);
}

std::string in_order(KeptDuplicate keep, const std::string& alias) {
  const char* const way = keep == KeptDuplicate::newest ? " DESC" : "";
  return " ORDER BY " + alias + ".mtime" + way + ", " + alias + ".message_id" + way;
}

/// A task without uid, of a group that has several.
struct Candidate {
  Uuid id;
  std::int64_t group = 0;
};

class DuplicateSearch {
 public:
  DuplicateSearch(const session::Database& database, const TaskFilter& filter, KeptDuplicate keep, Timestamp now)
      : database_(database), keep_(keep) {
    selection_.filter = filter;
    selection_.filter.limit.reset();
    selection_.filter.duplicates.reset();
    selection_.as_of = now;
  }

  Duplicates run() {
    if (database_.task().has("_uid")) by_uid();
    by_arguments();
    std::ranges::sort(found_.ids);
    return std::move(found_);
  }

 private:
  std::string has_uid() const { return database_.task().has("_uid") ? "coalesce(t.\"_uid\", '') <> ''" : "1 = 0"; }

  void by_uid() {
    session::Statement statement;
    const std::string where = selection_.where(statement, database_, "t");
    statement.sql = "SELECT CAST(k.message_id AS text) FROM (SELECT t.message_id, row_number() OVER (PARTITION BY " +
                    alike_columns(database_.task()) + in_order(keep_, "t") + ") AS place FROM " +
                    database_.task().quoted() + " AS t WHERE (" + where + ") AND " + has_uid() +
                    ") AS k WHERE k.place > 1";
    database_.session.query(statement, [&](const session::Value& row) {
      if (const auto id = Uuid::parse(session::text(row.at(0)))) found_.ids.push_back(*id);
    });
  }

  std::vector<Candidate> candidates() {
    session::Statement statement;
    const std::string where = selection_.where(statement, database_, "t");
    const std::string alike = alike_columns(database_.task());
    statement.sql =
        "SELECT CAST(k.message_id AS text), k.number FROM (SELECT t.message_id, t.mtime, count(*) OVER "
        "(PARTITION BY " +
        alike + ") AS several, dense_rank() OVER (ORDER BY " + alike + ") AS number FROM " + database_.task().quoted() +
        " AS t WHERE (" + where + ") AND NOT " + has_uid() + ") AS k WHERE k.several > 1" + in_order(keep_, "k");
    std::vector<Candidate> all;
    database_.session.query(statement, [&](const session::Value& row) {
      if (const auto id = Uuid::parse(session::text(row.at(0)))) all.push_back({*id, session::integer(row.at(1))});
    });
    return all;
  }

  /// The first of each sort stays.
  void by_arguments() {
    const std::vector<Candidate> all = candidates();
    for (std::size_t at = 0; at < all.size(); at += kMessagesAtOnce)
      compare({all.data() + at, std::min(kMessagesAtOnce, all.size() - at)});
  }

  void compare(std::span<const Candidate> some) {
    const std::map<Uuid, std::string> arguments = arguments_of(some);
    for (const Candidate& one : some) {
      ++found_.compared;
      const auto found = arguments.find(one.id);
      if (found == arguments.end()) {
        ++found_.unreadable;
      } else if (seen_.emplace(one.group, found->second).second) {
        remember(found->second.size());
      } else {
        found_.ids.push_back(one.id);
      }
    }
  }

  void remember(std::size_t bytes) {
    remembered_ += bytes + sizeof(Candidate);
    if (remembered_ > kMostRemembered)
      throw Error(ErrorCode::refused, "too many tasks without a uid differ in their arguments",
                  "choose fewer with --actor");
  }

  /// Of those that can be read.
  std::map<Uuid, std::string> arguments_of(std::span<const Candidate> some) {
    backup::KeptTable table = backup::kept(database_.task(), database_.dialect);
    std::erase_if(table.columns, [](const backup::KeptColumn& column) {
      return column.name != "message_id" && column.name != "message";
    });
    std::vector<Uuid> ids;
    for (const Candidate& one : some) ids.push_back(one.id);
    Messages rows(table);
    database_.session.copy_out("SELECT " + backup::kept_values(table, database_.dialect, "r") + " FROM " +
                                   database_.task().quoted() + " AS r WHERE " +
                                   database_.dialect.is_one_of("r.message_id", ids),
                               rows);
    return std::move(rows.arguments);
  }

  class Messages final : public session::RowSink {
   public:
    explicit Messages(const backup::KeptTable& table) : messages_(table) {}
    void rows(std::string_view tuples) override {
      TupleReader reader(tuples);
      while (reader.next()) {
        const auto id = messages_.id(reader.fields());
        const auto bytes = messages_.message(reader.fields());
        const auto form = bytes ? arguments_of_message(*bytes) : std::nullopt;
        if (id && form) arguments.emplace(*id, *form);
      }
    }
    std::map<Uuid, std::string> arguments;

   private:
    MessageRetries messages_;
  };

  const session::Database& database_;
  KeptDuplicate keep_;
  Selection selection_;
  Duplicates found_;
  std::set<std::pair<std::int64_t, std::string>> seen_;
  std::size_t remembered_ = 0;
};

}  // namespace

Duplicates find_duplicates(const session::Database& database, const TaskFilter& filter, KeptDuplicate keep,
                           Timestamp now) {
  return DuplicateSearch(database, filter, keep, now).run();
}

}  // namespace akqueue::queue
