#include "queue/change/verdict.hpp"

#include <set>

#include "akqueue/tasks.hpp"
#include "queue/filter/dependencies.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

/// CASE WHEN … THEN 'word' … ELSE 'word' END
class Cases {
 public:
  Cases& when(const std::string& condition, std::string_view word) {
    text_ += " WHEN " + condition + " THEN '" + std::string(word) + "'";
    return *this;
  }
  std::string otherwise(std::string_view word) const {
    return "CASE" + text_ + " ELSE '" + std::string(word) + "' END";
  }

 private:
  std::string text_;
};

std::string has_state(session::Statement& statement, std::string_view alias, std::string_view state) {
  return any_of(statement, alias, "state", {std::string(state)});
}

std::string is_finished(session::Statement& statement, std::string_view alias) {
  return any_of(statement, alias, "state", {task_state::kFinished.begin(), task_state::kFinished.end()});
}

/// Its eta lies ahead. Never, in a release that has none.
std::string is_later(const session::Database& database, std::string_view alias) {
  if (!database.task().has("eta")) return "1 = 0";
  return "coalesce(" + std::string(alias) + ".eta > " + database.dialect.ago(0) + ", 1 = 0)";
}

std::string is_empty(const session::Database& database, std::string_view alias) {
  return "coalesce(" + database.dialect.size_of("bytea", std::string(alias) + ".message") + ", 0) = 0";
}

/// A task with this state, or with another one, is among those for which it waits.
std::string waits_for(session::Statement& statement, const session::Database& database, std::string_view alias,
                      std::string_view comparison, std::string_view state) {
  return "EXISTS (SELECT 1 FROM " + database.referencing(kDependencyTable)->quoted() +
         " AS d WHERE d.task_id = " + std::string(alias) + ".message_id AND (SELECT s.state FROM " +
         database.task().quoted() + " AS s WHERE s.message_id = d.dependency_id) " + std::string(comparison) + " " +
         statement.bind(state) + ")";
}

/// Its actor is one of those that nobody can run.
void leave_absent_actors(Cases& cases, session::Statement& statement, const ChangeWays& ways, std::string_view alias) {
  if (!ways.absent_actors.empty())
    cases.when(any_of(statement, alias, "actor_name", ways.absent_actors), verdict::kNoActor);
}

std::string retry_verdict(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                          std::string_view alias) {
  Cases cases;
  cases.when(is_in_hand(statement, database, alias), verdict::kHeld)
      .when(is_taken(statement, alias), verdict::kOrphaned)
      .when(has_state(statement, alias, task_state::kQueued) + " AND " + is_later(database, alias), verdict::kWaiting)
      .when(has_state(statement, alias, task_state::kQueued), verdict::kQueued)
      .when(has_state(statement, alias, task_state::kWaiting), verdict::kDependency)
      .when("NOT " + is_finished(statement, alias), verdict::kUnknown);
  if (!ways.takes_done) cases.when(has_state(statement, alias, task_state::kDone), verdict::kDone);
  leave_absent_actors(cases, statement, ways, alias);
  cases.when(is_empty(database, alias), verdict::kEmpty);
  if (waits_are_known(database))
    cases.when(waits_for(statement, database, alias, "=", task_state::kRejected), verdict::kDependency);
  return cases.otherwise(verdict::kTaken);
}

std::string hasten_verdict(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                           std::string_view alias) {
  Cases cases;
  cases.when(is_in_hand(statement, database, alias), verdict::kHeld)
      .when(is_taken(statement, alias), verdict::kOrphaned)
      .when(is_finished(statement, alias), verdict::kFinished)
      .when(has_state(statement, alias, task_state::kWaiting), verdict::kDependency)
      .when("NOT " + has_state(statement, alias, task_state::kQueued), verdict::kUnknown);
  leave_absent_actors(cases, statement, ways, alias);
  return cases.when(is_later(database, alias), verdict::kTaken).otherwise(verdict::kQueued);
}

std::string orphan_verdict(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                           std::string_view alias) {
  Cases cases;
  cases.when(is_stranded(statement, database, alias), verdict::kStranded)
      .when(is_in_hand(statement, database, alias), verdict::kHeld)
      .when(has_state(statement, alias, task_state::kQueued), verdict::kQueued)
      .when(has_state(statement, alias, task_state::kWaiting), verdict::kDependency)
      .when(is_finished(statement, alias), verdict::kFinished)
      .when("NOT " + is_taken(statement, alias), verdict::kUnknown);
  if (ways.change == RowChange::requeue) leave_absent_actors(cases, statement, ways, alias);
  if (ways.change == RowChange::requeue) cases.when(is_empty(database, alias), verdict::kEmpty);
  return cases.when(is_orphaned(statement, database, alias), verdict::kTaken).otherwise(verdict::kHeld);
}

}  // namespace

std::string verdict_of(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                       std::string_view alias) {
  switch (ways.change) {
    case RowChange::retry: return retry_verdict(statement, database, ways, alias);
    case RowChange::hasten: return hasten_verdict(statement, database, ways, alias);
    case RowChange::requeue:
    case RowChange::reject: break;
  }
  return orphan_verdict(statement, database, ways, alias);
}

std::string state_given(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                        std::string_view alias) {
  const std::string usual = "'" + std::string(state_after(ways.change)) + "'";
  if (ways.change != RowChange::retry || !waits_are_known(database)) return usual;
  return "CASE WHEN " + waits_for(statement, database, alias, "<>", task_state::kDone) + " THEN '" +
         std::string(task_state::kWaiting) + "' ELSE " + usual + " END";
}

void check_change_is_known(const session::Database& database, RowChange change) {
  if (change == RowChange::hasten && !database.task().has("eta"))
    throw Error(ErrorCode::unsupported,
                "this release of authentik does not write down when a task is to be tried again",
                "its workers remember it themselves: a worker that starts tries such tasks at once");
}

std::int64_t Verdicts::total() const {
  std::int64_t sum = 0;
  for (const VerdictGroup& group : groups) sum += group.tasks;
  return sum;
}

std::int64_t Verdicts::taken() const {
  std::int64_t sum = 0;
  for (const VerdictGroup& group : groups) sum += group.verdict == verdict::kTaken ? group.tasks : 0;
  return sum;
}

Verdicts judge(const session::Database& database, const Selection& selection, const ChangeWays& ways) {
  check_change_is_known(database, ways.change);
  Verdicts verdicts;
  for (const Selection& piece : selection.pieces()) {
    session::Statement statement;
    const std::string verdict = verdict_of(statement, database, ways, "t");
    const std::string where = piece.where(statement, database, "t");
    statement.sql = "SELECT j.verdict, j.state, j.actor_name, count(*) FROM (SELECT " + verdict +
                    " AS verdict, t.state AS state, t.actor_name AS actor_name FROM " + database.task().quoted() +
                    " AS t WHERE " + where + ") AS j GROUP BY j.verdict, j.state, j.actor_name" +
                    " ORDER BY count(*) DESC, j.verdict, j.state, j.actor_name";
    database.session.query(statement, [&](const session::Value& row) {
      const VerdictGroup one{session::text(row.at(0)), session::text(row.at(1)), session::text(row.at(2)),
                             session::integer(row.at(3))};
      for (VerdictGroup& group : verdicts.groups) {
        if (group.verdict != one.verdict || group.state != one.state || group.actor != one.actor) continue;
        group.tasks += one.tasks;
        return;
      }
      verdicts.groups.push_back(one);
    });
  }
  return verdicts;
}

Verdicts judge_here(const session::Database& database, const Selection& selection, ChangeWays& ways) {
  Verdicts verdicts = judge(database, selection, ways);
  if (ways.change == RowChange::reject) return verdicts;
  std::set<std::string> actors;
  for (const VerdictGroup& group : verdicts.groups) {
    if (group.verdict == verdict::kTaken) actors.insert(group.actor);
  }
  if (actors.empty()) return verdicts;
  ways.absent_actors = database.session.absent({actors.begin(), actors.end()});
  return ways.absent_actors.empty() ? verdicts : judge(database, selection, ways);
}

}  // namespace akqueue::queue
