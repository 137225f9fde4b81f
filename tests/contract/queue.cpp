#include "queue.hpp"

#include <boost/test/unit_test.hpp>

namespace akqueue::contract {
namespace {

using Given = std::vector<std::pair<std::string, std::string>>;

/// A statement that inserts tasks: `given` are columns with their values in SQL. Those that the release lacks are left
/// out. The values go between `before` and `behind`.
std::string insert_tasks(const Release& release, Given given, const std::string& before, const std::string& behind) {
  given.insert(given.end(), {{"_previous_messages", "'[]'"}, {"aggregated_status", "''"}, {"retries", "0"}});
  std::string columns;
  std::string values;
  for (const auto& [column, value] : given) {
    if (!release.has(kTaskTable, column)) continue;
    columns += (columns.empty() ? "" : ", ") + column;
    values += (values.empty() ? "" : ", ") + value;
  }
  return "INSERT INTO authentik_tasks_task (" + columns + ") " + before + values + behind;
}

constexpr std::string_view kInsertManyLogs = R"(
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
  INSERT INTO authentik_tasks_tasklog (id, event, log_level, logger, timestamp, attributes, previous, task_id)
  SELECT CAST(substr(CAST(10000000 + n.i AS text), 1, 8) || substr(CAST(t.message_id AS text), 9) AS uuid),
 'Task finished', 'info', 'contract',
         t.mtime, '{}', CAST('false' AS boolean), t.message_id
  FROM authentik_tasks_task t, n WHERE t.actor_name = $2)";

// The key by authentik's own definition, byte by byte: the first 8 of the digest, little-endian, signed.
std::string key_of_digest() {
  std::string key = "CAST(get_byte(d, 0) AS bigint)";
  for (int i = 1; i < 8; ++i)
    key += " | (CAST(get_byte(d, " + std::to_string(i) + ") AS bigint) << " + std::to_string(8 * i) + ")";
  return key;
}

}  // namespace

Worker::~Worker() {
  try {
    die();
  } catch (const Error&) {
    // The session is gone; the next case empties the tables.
  }
}

session::Session& Worker::connection() {
  if (own_ == nullptr) own_ = peer().open().session;
  return *own_;
}

/// What the replica keeps as a row.
void Worker::write(const session::Statement& statement) {
  session::Transaction transaction(session_, kWriting);
  session_.execute(statement);
  transaction.commit();
}

/// The lock belongs to the connection and outlives the transaction that took it.
void Worker::lock(const std::string& name) {
  session::Transaction transaction(connection(), kWriting);
  connection().rows(
      {"SELECT pg_advisory_lock(" + key_of_digest() + ") FROM (SELECT sha256(convert_to($1, 'UTF8')) AS d) k",
       session::Value::array({name})});
  transaction.commit();
}

void Worker::hold(const std::string& message_id, const std::string& queue) {
  if (peer().is_postgres()) {
    lock("authentik.tasks." + queue + ".lock." + message_id);
  } else {
    write({"INSERT INTO sim_lock (message_id, worker) VALUES ($1, 'authentik-worker-0')",
           session::Value::array({message_id})});
  }
}

void Worker::live(const std::string& worker_id, const std::string& hostname) {
  if (peer().is_postgres()) {
    lock("goauthentik.io/worker/status/" + worker_id);
  } else {
    write({"INSERT INTO sim_alive (hostname) VALUES ($1)", session::Value::array({hostname})});
  }
}

void Worker::die() {
  if (!peer().is_postgres()) {
    write({"DELETE FROM sim_lock"});
    write({"DELETE FROM sim_alive"});
  } else if (own_ != nullptr) {
    const session::Transaction transaction(*own_, kWriting);
    own_->rows({"SELECT pg_advisory_unlock_all()"});
  }
}

EmptyQueue::EmptyQueue() : EmptyQueue(contract::peer().open()) {}

EmptyQueue::EmptyQueue(session::Opened opened)
    : facts(opened.facts),
      session(std::move(opened.session)),
      dialect(session::make_dialect(facts.engine, facts.server_version)),
      worker(*session) {
  session::Transaction transaction(*session, kWriting);
  for (const std::string_view table :
       {kDependencyTable, kTaskLogTable, kTaskTable, kWorkerStatusTable, kScheduleTable}) {
    if (release().has(table)) session->execute({"DELETE FROM " + std::string(table)});
  }
  if (!peer.is_postgres()) {
    for (const char* table : {"sim_lock", "sim_alive"}) session->execute({std::string("DELETE FROM ") + table});
  }
  tenant_ = session::text(session->rows({"SELECT tenant_uuid FROM authentik_tenants_tenant"}).at(0).at(0));
  transaction.commit();
}

std::string EmptyQueue::next_id() {
  const std::string number = std::to_string(1'000'000'000'000 + ++ids_).substr(1);
  return "00000000-1111-4111-8111-" + number;
}

std::string EmptyQueue::insert_task(const Task& task) {
  const std::string id = task.id.empty() ? next_id() : task.id;
  const session::Value eta =
      task.eta_in_s ? session::Value(format_timestamp(now() + *task.eta_in_s * kSecond)) : session::Value();
  session::Statement insert;
  Given given{
      {"message_id", insert.bind(id)},         {"queue_name", insert.bind(task.queue)},
      {"actor_name", insert.bind(task.actor)}, {"message", insert.bind(task.message)},
      {"state", insert.bind(task.state)},      {"mtime", insert.bind(format_timestamp(now() - task.age_s * kSecond))},
      {"_uid", insert.bind(task.uid)},         {"_messages", insert.bind(task.messages)}};
  if (release().has(kTaskTable, "eta")) given.emplace_back("eta", insert.bind(eta));
  if (release().has(kTaskTable, "tenant_id")) given.emplace_back("tenant_id", insert.bind(tenant_));
  insert.sql = insert_tasks(release(), given, "VALUES (", ")");
  write(insert);
  return id;
}

void EmptyQueue::insert_many(int count, const std::string& actor, int logs, const std::string& prefix) {
  session::Statement insert;
  const std::string rows =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + insert.bind(count) + ") ";
  const std::string id = "CAST(CAST(" + insert.bind(prefix) +
                         " AS text) || '-0000-4000-8000-' || substr(CAST(1000000000000 + i AS text), 2) AS uuid)";
  Given given{
      {"message_id", id},
      {"queue_name", "'default'"},
      {"actor_name", "CAST(" + insert.bind(actor) + " AS text)"},
      {"message", "CAST(" + insert.bind(session::Value{{"b64", std::string(400, 'A')}}) + " AS bytea)"},
      {"state", "'queued'"},
      {"mtime", "CAST(" + insert.bind(format_timestamp(now() - 3600 * kSecond)) + " AS timestamp with time zone)"},
      {"_messages", "'[]'"}};
  if (release().has(kTaskTable, "tenant_id"))
    given.emplace_back("tenant_id", "CAST(" + insert.bind(tenant_) + " AS uuid)");
  insert.sql = rows + insert_tasks(release(), given, "SELECT ", " FROM n");
  session::Transaction transaction(*session, kWriting);
  BOOST_REQUIRE_EQUAL(session->execute(insert), count);
  if (logs > 0 && has_logs()) session->execute({std::string(kInsertManyLogs), session::Value::array({logs, actor})});
  transaction.commit();
}

std::string EmptyQueue::insert_log(const Log& log) {
  if (!has_logs()) return {};
  const std::string id = next_id();
  write(
      {"INSERT INTO authentik_tasks_tasklog (id, event, log_level, logger, timestamp, attributes, previous, task_id)"
       " VALUES ($1, $2, $3, 'authentik.tasks.models', $4, $5, $6, $7)",
       session::Value::array(
           {id, log.event, log.level, format_timestamp(now()), log.attributes, log.previous, log.task})});
  return id;
}

void EmptyQueue::insert_schedule(const std::string& actor, const std::string& crontab, Timestamp next_run,
                                 bool paused) {
  const session::Value pickled = {{"b64", "gAUpLg=="}};
  write(
      {"INSERT INTO authentik_tasks_schedules_schedule (id, actor_name, args, kwargs, options, crontab, paused, "
       "next_run, identifier)"
       " VALUES ($1, $2, $3, $3, $3, $4, $5, $6, $7)",
       session::Value::array({next_id(), actor, pickled, crontab, paused, format_timestamp(next_run), actor})});
}

std::string EmptyQueue::insert_worker(const std::string& hostname, std::int64_t seen_ago_s,
                                      const std::string& version) {
  std::string id = next_id();
  write({"INSERT INTO authentik_tasks_workerstatus (id, hostname, version, last_seen) VALUES ($1, $2, $3, $4)",
         session::Value::array({id, hostname, version, format_timestamp(now() - seen_ago_s * kSecond)})});
  return id;
}

std::int64_t EmptyQueue::write(const session::Statement& statement) {
  session::Transaction transaction(*session, kWriting);
  const std::int64_t rows = session->execute(statement);
  transaction.commit();
  return rows;
}

void EmptyQueue::analyze() {
  if (!peer.is_postgres()) return;
  write({"SELECT pg_stat_force_next_flush()"});
  write({"ANALYZE authentik_tasks_task"});
}

std::vector<session::Value> EmptyQueue::read(const session::Statement& statement) {
  const session::Transaction transaction(*session, kReading);
  return session->rows(statement);
}

session::Value EmptyQueue::one(const session::Statement& statement) {
  const std::vector<session::Value> rows = read(statement);
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  return rows[0].at(0);
}

std::int64_t EmptyQueue::count(std::string_view table, std::string_view condition) {
  return session::integer(one({"SELECT count(*) FROM " + std::string(table) + " WHERE " + std::string(condition)}));
}

std::int64_t EmptyQueue::log_rows(std::int64_t count) const {
  if (has_logs()) return count;
  BOOST_TEST_MESSAGE("release " << release().name() << " has no log table: 0 log rows, not " << count);
  return 0;
}

bool EmptyQueue::offers(std::string_view table, std::string_view column) {
  if (column.empty() ? release().has(table) : release().has(table, column)) return true;
  BOOST_TEST_MESSAGE("release " << release().name() << " has no " << table << (column.empty() ? "" : ".") << column);
  const session::Catalog found = session->introspect(std::string(table));
  BOOST_TEST((found.tables.empty() || (!column.empty() && !found.tables.front().has(column))));
  return false;
}

session::Database EmptyQueue::database() {
  catalog_ = session->introspect(kTaskTable);
  return {*session, catalog_, *dialect};
}

ExtraTable::ExtraTable(EmptyQueue& queue, std::string name, const std::string& columns)
    : queue_(queue), name_(std::move(name)) {
  queue_.write({"DROP TABLE IF EXISTS " + name_});
  queue_.write({"CREATE TABLE " + name_ + " (" + columns + ")"});
}

ExtraTable::~ExtraTable() {
  try {
    queue_.session->rollback();
    queue_.write({"DROP TABLE " + name_});
  } catch (const Error& error) { BOOST_TEST_MESSAGE("table " << name_ << " stays: " << error.what()); }
}

}  // namespace akqueue::contract
