#include "queue/measure/dependent_counts.hpp"

#include "queue/filter/dependencies.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

std::int64_t count_tasks(const session::Database& database, session::Statement statement, const std::string& where) {
  statement.sql = "SELECT count(*) FROM " + database.task().quoted() + " AS t WHERE " + where;
  std::int64_t number = 0;
  database.session.query(statement, [&](const session::Value& row) { number = session::integer(row.at(0)); });
  return number;
}

/// SELECT count(*) FROM task AS t WHERE <it waits for one that goes> AND (<it goes itself>) IS NOT TRUE
std::int64_t count_left(const session::Database& database, const Selection& selection) {
  session::Statement statement;
  const std::string loses = waits_for_chosen(statement, database, selection, "t", true);
  const std::string goes = selection.where(statement, database, "t");
  return count_tasks(database, statement, loses + " AND (" + goes + ") IS NOT TRUE");
}

/// Of each piece, by what the filter chooses.
template <class Condition>
std::int64_t count_chosen(const session::Database& database, const Selection& selection, const Condition& condition) {
  Selection chosen = selection;
  chosen.dependents = Dependents::left;
  std::int64_t sum = 0;
  for (const Selection& piece : chosen.pieces()) {
    session::Statement statement;
    const std::string where = piece.where(statement, database, "t");
    sum += count_tasks(database, statement, where + " AND " + condition(statement));
  }
  return sum;
}

}  // namespace

DependentCounts count_dependents(const session::Database& database, const Selection& selection) {
  DependentCounts counts;
  if (!waits_are_known(database)) return counts;
  if (selection.dependents == Dependents::left) counts.left = count_left(database, selection);
  if (selection.dependents == Dependents::along) {
    session::Statement statement;
    const std::string along = selection.pieces().front().where(statement, database, "t");
    counts.along = count_tasks(database, statement, along);
  }
  if (selection.dependents == Dependents::kept)
    counts.kept = count_chosen(database, selection, [&](session::Statement& statement) {
      return is_awaited_from_outside(statement, database, selection, "t", true);
    });
  return counts;
}

std::int64_t count_awaited(const session::Database& database, const Selection& selection) {
  if (!waits_are_known(database)) return 0;
  const auto awaited = [&](session::Statement& statement) {
    const std::string in_hand = is_in_hand(statement, database, "t");
    return "NOT " + in_hand + " AND " + is_awaited(statement, database, "t");
  };
  if (selection.dependents == Dependents::kept) return count_chosen(database, selection, awaited);
  std::int64_t sum = 0;
  for (const Selection& piece : selection.pieces()) {
    session::Statement statement;
    const std::string where = piece.where(statement, database, "t");
    sum += count_tasks(database, statement, where + " AND " + awaited(statement));
  }
  return sum;
}

}  // namespace akqueue::queue
