#include "queue/measure/heartbeats.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"

namespace akqueue::queue {

std::int64_t Heartbeats::alive() const { return std::ranges::count_if(workers, &WorkerHeartbeat::alive); }

bool Heartbeats::nobody_lives() const { return kept && std::ranges::none_of(workers, &WorkerHeartbeat::recent); }

Locked none_beyond(Locked locked, const Heartbeats& heartbeats, std::optional<std::int64_t> most_each) {
  if (!most_each || !heartbeats.kept) return locked;
  const std::int64_t most = std::min(locked.held, *most_each * heartbeats.alive());
  return {.held = most, .stranded = locked.stranded + locked.held - most};
}

std::string find_workers_table(const session::Database& database) {
  const session::Catalog catalog = database.session.introspect(kWorkerStatusTable);
  return catalog.tables.empty() ? std::string() : catalog.tables.front().quoted();
}

Heartbeats read_heartbeats(const session::Database& database, Timestamp now) {
  return read_heartbeats(database, find_workers_table(database), now);
}

Heartbeats read_heartbeats(const session::Database& database, const std::string& table, Timestamp now) {
  Heartbeats heartbeats;
  heartbeats.kept = !table.empty();
  if (!heartbeats.kept) return heartbeats;
  const std::string locked =
      database.locks_tell ? "CASE WHEN " + database.dialect.alive("w") + " THEN 1 ELSE 0 END" : std::string("0");
  database.session.query({"SELECT w.hostname, w.version, w.last_seen, " + locked + " FROM " + table +
                          " AS w ORDER BY w.last_seen DESC, w.hostname"},
                         [&](const session::Value& row) {
                           WorkerHeartbeat worker{session::text(row.at(0)), session::text(row.at(1)),
                                                  session::timestamp(row.at(2))};
                           const bool reported = worker.last_seen && now - *worker.last_seen <= kAliveSeconds * kSecond;
                           const bool holds_lock = session::integer(row.at(3)) == 1;
                           worker.alive = database.locks_tell ? holds_lock : reported;
                           worker.recent = reported || holds_lock;
                           heartbeats.workers.push_back(std::move(worker));
                         });
  return heartbeats;
}

session::Database with_workers(session::Database database, const Heartbeats& heartbeats) {
  database.workers_gone = database.workers_gone || heartbeats.nobody_lives();
  return database;
}

}  // namespace akqueue::queue
