#include "queue/filter/in_hand.hpp"

#include "akqueue/tasks.hpp"
#include "queue/filter/selection.hpp"

namespace akqueue::queue {
namespace {

/// t.state = 'postprocess' AND t.mtime > now() - one minute
std::string was_ending_just_now(session::Statement& statement, const session::Database& database,
                                std::string_view alias) {
  return any_of(statement, alias, "state", {std::string(task_state::kPostprocess)}) + " AND " + std::string(alias) +
         ".mtime > " + database.dialect.ago(kEndingSeconds);
}

/// A condition in the SQL of both engines.
constexpr std::string_view kNever = "(1 = 0)";

std::string is_locked(session::Statement& statement, const session::Database& database, std::string_view alias) {
  return "(" + is_taken(statement, alias) + " AND " + database.dialect.held(alias) + ")";
}

}  // namespace

std::string is_taken(session::Statement& statement, std::string_view alias) {
  return any_of(statement, alias, "state", taken_states());
}

std::string is_held(session::Statement& statement, const session::Database& database, std::string_view alias) {
  return database.workers_gone ? std::string(kNever) : is_locked(statement, database, alias);
}

std::string is_held_by(session::Statement& statement, const session::Database& database, std::string_view alias,
                       const std::vector<std::string>& holders) {
  if (database.workers_gone) return std::string(kNever);
  const std::string taken = is_taken(statement, alias);
  return "(" + taken + " AND " + database.dialect.lock_key(alias) + " IN (SELECT h.key FROM " +
         database.dialect.holders("h") + " WHERE " + any_of(statement, "h", "holder", holders) + "))";
}

std::string is_stranded(session::Statement& statement, const session::Database& database, std::string_view alias) {
  return database.workers_gone ? is_locked(statement, database, alias) : std::string(kNever);
}

std::string is_ending(session::Statement& statement, const session::Database& database, std::string_view alias) {
  if (database.workers_gone) return std::string(kNever);
  return "(" + was_ending_just_now(statement, database, alias) + " AND NOT " + database.dialect.held(alias) + ")";
}

std::string is_orphaned(session::Statement& statement, const session::Database& database, std::string_view alias) {
  const std::string taken = is_taken(statement, alias);
  if (database.workers_gone) return "(" + taken + " AND NOT " + database.dialect.held(alias) + ")";
  const std::string ending = was_ending_just_now(statement, database, alias);
  return "(" + taken + " AND NOT (" + database.dialect.held(alias) + " OR (" + ending + ")))";
}

std::string is_in_hand(session::Statement& statement, const session::Database& database, std::string_view alias) {
  if (database.workers_gone) return std::string(kNever);
  const std::string taken = is_taken(statement, alias);
  const std::string ending = was_ending_just_now(statement, database, alias);
  return "(" + taken + " AND (" + database.dialect.held(alias) + " OR (" + ending + ")))";
}

}  // namespace akqueue::queue
