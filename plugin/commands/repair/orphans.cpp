#include "commands/repair/orphans.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"

namespace akqueue::commands {
namespace {

/// A worker that died may have reported up to so long before it took its last task.
constexpr Timestamp kBeforeLastTask = queue::kAliveSeconds * kSecond;
constexpr std::size_t kDeadShown = 5;

void read_times(const session::Database& database, const queue::Selection& selection, OrphanFacts& facts) {
  for (const queue::Selection& piece : selection.pieces()) {
    session::Statement statement;
    const std::string where = piece.where(statement, database, "t");
    statement.sql = "SELECT min(t.mtime), max(t.mtime) FROM " + database.task().quoted() + " AS t WHERE " + where;
    database.session.query(statement, [&](const session::Value& row) {
      const auto oldest = session::timestamp(row.at(0));
      const auto newest = session::timestamp(row.at(1));
      if (oldest) facts.oldest = std::min(*oldest, facts.oldest.value_or(*oldest));
      if (newest) facts.newest = std::max(*newest, facts.newest.value_or(*newest));
    });
  }
}

}  // namespace

void check_orphans_can_be_told(const Site& site, const queue::Heartbeats& heartbeats) {
  if (!site.facts.pooled || heartbeats.nobody_lives()) return;
  throw Error(ErrorCode::refused,
              "a connection pooler stands between, and " +
                  count_of(heartbeats.alive(), "worker lives", "workers live") +
                  ": whether one of them holds a task can't be told, and it would run twice",
              "kubectl akqueue drain ends the workers first; then recover takes what they leave");
}

OrphanFacts read_orphan_facts(const session::Database& database, const queue::Selection& selection,
                              const queue::ChangeWays& ways, const queue::Heartbeats& heartbeats, Timestamp now) {
  OrphanFacts facts;
  read_times(database, selection, facts);
  facts.alive = heartbeats.alive();
  for (const queue::WorkerHeartbeat& worker : heartbeats.workers) {
    const bool since = facts.oldest && worker.last_seen && *worker.last_seen >= *facts.oldest - kBeforeLastTask;
    if (!worker.alive && since) facts.dead.push_back(worker);
  }
  queue::TaskFilter taken = selection.filter;
  taken.orphaned = false;
  if (taken.states.empty()) taken.states = taken_states();
  taken.limit.reset();
  taken.keep_newest.reset();
  for (queue::VerdictGroup& group : queue::judge(database, queue::selection_now(database, taken, now), ways).groups) {
    if (group.verdict == queue::verdict::kHeld || group.verdict == queue::verdict::kStranded)
      facts.others.push_back(std::move(group));
  }
  return facts;
}

ui::Text describe_orphans(const OrphanFacts& facts, Timestamp now) {
  ui::Text text;
  if (facts.oldest && facts.newest) {
    const std::string oldest = format_age((now - *facts.oldest) / kSecond);
    const std::string newest = format_age((now - *facts.newest) / kSecond);
    text += oldest == newest ? ui::format_text("taken {} ago, and nobody holds them\n", oldest)
                             : ui::format_text("taken {} to {} ago, and nobody holds them\n", oldest, newest);
  }
  for (std::size_t i = 0; i < facts.dead.size() && i < kDeadShown; ++i) {
    const queue::WorkerHeartbeat& worker = facts.dead[i];
    text += ui::format_text("worker {} lives no more; it was last seen {} ago\n", worker.hostname,
                            format_age((now - *worker.last_seen) / kSecond));
  }
  if (facts.dead.size() > kDeadShown)
    text +=
        ui::format_text("and {} more\n", with_separators(static_cast<std::int64_t>(facts.dead.size() - kDeadShown)));
  text +=
      facts.alive > 0
          ? ui::Text("a live worker takes them by itself only when it starts, or when 30 s pass without a new task\n")
          : ui::Text("no worker lives: one takes them by itself when it starts\n");
  return text;
}

Json json_of_orphans(const OrphanFacts& facts) {
  Json document{
      {"oldest", Json()}, {"newest", Json()}, {"workers_alive", facts.alive}, {"dead_workers", Json::array()}};
  if (facts.oldest) document["oldest"] = format_timestamp(*facts.oldest);
  if (facts.newest) document["newest"] = format_timestamp(*facts.newest);
  for (const queue::WorkerHeartbeat& worker : facts.dead)
    document["dead_workers"].push_back({{"hostname", worker.hostname}, {"last_seen", to_json(worker.last_seen)}});
  return document;
}

}  // namespace akqueue::commands
