#include "queue/measure/selection_counts.hpp"

#include <algorithm>
#include <utility>

#include "akqueue/tasks.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

/// SELECT t.queue_name, t.actor_name, t.state, count(*), min(t.mtime), max(t.mtime) FROM task t WHERE <selection>
/// GROUP BY 1, 2, 3
session::Statement groups_of(const session::Database& database, const Selection& selection) {
  session::Statement statement;
  const std::string where = selection.where(statement, database, "t");
  statement.sql = "SELECT t.queue_name, t.actor_name, t.state, count(*), min(t.mtime), max(t.mtime) FROM " +
                  database.task().quoted() + " AS t WHERE " + where + " GROUP BY " +
                  database.dialect.unindexed("t.queue_name") + ", t.actor_name, t.state";
  return statement;
}

/// The same for the rows that workers have in hand, as a separate statement: pg_locks would keep the scan above from
/// running in parallel, and these rows are few and found by an index.
session::Statement held_groups_of(const session::Database& database, const Selection& selection) {
  session::Statement statement;
  const std::string where = selection.where(statement, database, "t");
  const std::string in_hand = is_in_hand(statement, database, "t");
  statement.sql = "SELECT t.queue_name, t.actor_name, t.state, count(*) FROM " + database.task().quoted() +
                  " AS t WHERE " + where + " AND " + in_hand + " GROUP BY t.queue_name, t.actor_name, t.state";
  return statement;
}

Group& group_at(SelectionCounts& counts, const session::Value& row) {
  const std::string queue = session::text(row.at(0));
  const std::string actor = session::text(row.at(1));
  const std::string state = session::text(row.at(2));
  for (Group& group : counts.groups) {
    if (group.actor == actor && group.state == state && group.queue == queue) return group;
  }
  Group fresh;
  fresh.queue = queue;
  fresh.actor = actor;
  fresh.state = state;
  counts.groups.push_back(std::move(fresh));
  return counts.groups.back();
}

void widen(Group& group, std::optional<Timestamp> oldest, std::optional<Timestamp> newest) {
  if (oldest) group.oldest = std::min(*oldest, group.oldest.value_or(*oldest));
  if (newest) group.newest = std::max(*newest, group.newest.value_or(*newest));
}

}  // namespace

std::int64_t SelectionCounts::total() const {
  std::int64_t sum = 0;
  for (const Group& group : groups) sum += group.tasks;
  return sum;
}

SelectionCounts SelectionCounts::without_held() const {
  SelectionCounts rest = *this;
  for (Group& group : rest.groups) group.tasks -= std::exchange(group.held, 0);
  std::erase_if(rest.groups, [](const Group& group) { return group.tasks == 0; });
  return rest;
}

std::int64_t SelectionCounts::held() const {
  std::int64_t sum = 0;
  for (const Group& group : groups) sum += group.held;
  return sum;
}

std::int64_t SelectionCounts::ahead_of(Timestamp now) const {
  std::int64_t most = 0;
  for (const Group& group : groups) {
    if (group.newest) most = std::max<std::int64_t>(most, (*group.newest - now) / kSecond);
  }
  return most > 1 ? most : 0;
}

std::map<std::string, std::int64_t> SelectionCounts::by_state() const {
  std::map<std::string, std::int64_t> sums;
  for (const Group& group : groups) sums[group.state] += group.tasks;
  return sums;
}

std::vector<std::pair<std::string, std::int64_t>> SelectionCounts::by_actor() const {
  std::map<std::string, std::int64_t> sums;
  for (const Group& group : groups) sums[group.actor] += group.tasks;
  std::vector<std::pair<std::string, std::int64_t>> sorted(sums.begin(), sums.end());
  std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<std::string, std::int64_t>::second);
  return sorted;
}

SelectionCounts count_selection(const session::Database& database, const Selection& selection) {
  SelectionCounts result;
  for (const Selection& piece : selection.pieces()) {
    std::vector<session::Request> together;
    together.push_back(session::query_request(groups_of(database, piece), [&](const session::Value& row) {
      Group& group = group_at(result, row);
      group.tasks += session::integer(row.at(3));
      widen(group, session::timestamp(row.at(4)), session::timestamp(row.at(5)));
    }));
    together.push_back(session::query_request(held_groups_of(database, piece), [&](const session::Value& row) {
      group_at(result, row).held += session::integer(row.at(3));
    }));
    database.session.send(std::move(together));
    database.session.await(database.session.awaited());
  }
  return result;
}

Remaining count_remaining(const session::Database& database, const Selection& selection) {
  Remaining remaining;
  for (const Selection& piece : selection.pieces()) {
    session::Statement statement;
    const std::string where = piece.where_now(statement, database, "t");
    // What waits for a task that came later is not what the preview saw, even if it was there.
    const std::string seen = piece.dependents != Dependents::left ? piece.where(statement, database, "t")
                             : piece.snapshot.empty()             ? "1 = 1"
                                                      : database.dialect.seen(statement, "t", piece.snapshot);
    statement.sql = "SELECT count(*), count(*) FILTER (WHERE " + seen + ") FROM " + database.task().quoted() +
                    " AS t WHERE " + where;
    database.session.query(statement, [&](const session::Value& row) {
      remaining.now += session::integer(row.at(0));
      remaining.previewed += session::integer(row.at(1));
    });
  }
  return remaining;
}

}  // namespace akqueue::queue
