#include "queue/measure/sample.hpp"

#include <algorithm>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/filter/selection.hpp"
#include "queue/filter/task_condition.hpp"
#include "queue/measure/status.hpp"

namespace akqueue::queue {
namespace {

/// More actors than anybody looks at.
constexpr std::size_t kMostActors = 100;

bool is_finished(std::string_view state) {
  return std::ranges::find(task_state::kFinished, state) != task_state::kFinished.end();
}

ActorSample& actor_of(Sample& sample, const std::string& name) {
  const auto found = std::ranges::find(sample.actors, name, &ActorSample::actor);
  return found == sample.actors.end() ? sample.actors.emplace_back(ActorSample{name, 0, 0, 0}) : *found;
}

std::int64_t part_of(std::int64_t whole, std::int64_t part, std::int64_t sampled) {
  if (sampled == 0) return 0;
  return round_to_three_digits(static_cast<double>(whole) * static_cast<double>(part) / static_cast<double>(sampled));
}

}  // namespace

std::int64_t Sample::in(std::string_view state) const {
  const auto found = states.find(std::string(state));
  return found == states.end() ? 0 : found->second;
}

std::int64_t Sample::total() const {
  std::int64_t sum = 0;
  for (const auto& [state, tasks] : states) sum += tasks;
  return sum;
}

std::int64_t Sample::queued() const { return in(task_state::kQueued); }

std::int64_t Sample::done_or_rejected() const { return in(task_state::kDone) + in(task_state::kRejected); }

Sampler::Sampler(session::Database database, TaskFilter scope, bool standby, Limits limits)
    : database_(database), scope_(std::move(scope)), standby_(standby), limits_(limits) {
  workers_table_ = find_workers_table(database_);
}

bool Sampler::may_estimate() const { return database_.dialect.estimates_rows() && limits_.counts.exact_rows > 0; }

Sample Sampler::take(std::optional<Timestamp> since) {
  try {
    return read(since);
  } catch (const Error& error) {
    if (error.sqlstate() != sqlstate::kCanceled || !may_estimate()) throw;
  }
  limits_.counts.exact_rows = 0;
  limits_.exact_actors = 0;
  return read(since);
}

Sample Sampler::read(std::optional<Timestamp> since) {
  const session::Transaction transaction(database_.session, {.read_only = true,
                                                             .snapshot = true,
                                                             .statement_timeout_ms = limits_.statement_timeout_ms,
                                                             .lock_timeout_ms = limits_.statement_timeout_ms});
  Sample sample;
  sample.now = transaction.now();
  // The clock has stopped, or this is another database that lags behind: begin anew.
  sample.since = since && *since < sample.now ? *since : sample.now - kFirstWindowSeconds * kSecond;
  if (scope_.actors.empty()) {
    read_states(sample);
    read_actors(sample);
  } else {
    read_states_of_actors(sample);
  }
  read_changes(sample);
  read_taken(sample, read_workers(sample));
  std::ranges::stable_sort(sample.actors, std::greater<>(), &ActorSample::queued);
  if (sample.actors.size() > kMostActors) sample.actors.resize(kMostActors);
  return sample;
}

/// ` AND ` and the conditions that were given.
std::string Sampler::scoped(session::Statement& statement) const {
  return " AND " + Selection{.filter = scope_}.where_now(statement, database_, "t");
}

void Sampler::read_states(Sample& sample) const {
  for (const QueueCount& count : count_queues(database_, sample.now, limits_.counts)) {
    if (!is_among(scope_.queues, count.queue)) continue;
    sample.states[count.state] += count.tasks;
    sample.estimated = sample.estimated || count.estimated;
    if (count.state == task_state::kQueued) sample.queued_estimated = sample.queued_estimated || count.estimated;
  }
}

/// No index leads to an actor: the whole table is read, or a sample of it.
void Sampler::read_states_of_actors(Sample& sample) const {
  const bool estimating = limits_.counts.exceeded(database_);
  const double rows = static_cast<double>(database_.task().rows_estimate.value_or(0));
  const double share =
      estimating ? std::min(1.0, static_cast<double>(limits_.counts.sampled_rows) / std::max(1.0, rows)) : 1;
  session::Statement statement;
  const std::string here = scoped(statement);
  statement.sql = "SELECT t.actor_name, t.state, count(*) FROM " +
                  database_.dialect.sampled(database_.task(), "t", share) + " WHERE 1 = 1" + here +
                  " GROUP BY t.actor_name, t.state";
  database_.session.query(statement, [&](const session::Value& row) {
    const auto seen = static_cast<double>(session::integer(row.at(2)));
    const std::int64_t tasks = estimating ? round_to_three_digits(seen / share) : session::integer(row.at(2));
    const std::string state = session::text(row.at(1));
    sample.states[state] += tasks;
    if (state == task_state::kQueued) actor_of(sample, session::text(row.at(0))).queued += tasks;
  });
  sample.estimated = sample.queued_estimated = sample.actors_estimated = estimating;
}

/// SELECT t.actor_name, count(*) FROM task t WHERE t.state = 'queued' GROUP BY 1: an index scan for a few, the whole
/// table for many; of a large table a few pages, whose shares are taken of the count.
void Sampler::read_actors(Sample& sample) const {
  const std::int64_t rows = database_.task().rows_estimate.value_or(0);
  const bool estimating = database_.dialect.estimates_rows() && rows > limits_.exact_actors;
  session::Statement statement;
  const std::string queued = any_of(statement, "t", "state", {std::string(task_state::kQueued)});
  const std::string here = scoped(statement);
  const double share =
      estimating ? static_cast<double>(limits_.counts.sampled_rows) / std::max(1.0, static_cast<double>(rows)) : 1;
  statement.sql = "SELECT t.actor_name, count(*) FROM " + database_.dialect.sampled(database_.task(), "t", share) +
                  " WHERE " + queued + here + " GROUP BY t.actor_name";
  std::int64_t seen = 0;
  database_.session.query(statement, [&](const session::Value& row) {
    actor_of(sample, session::text(row.at(0))).queued = session::integer(row.at(1));
    seen += session::integer(row.at(1));
  });
  sample.actors_estimated = estimating;
  if (!estimating) return;
  for (ActorSample& actor : sample.actors) actor.queued = part_of(sample.queued(), actor.queued, seen);
}

/// By the index (state, mtime, …): only the rows that changed. The window has an end, so that a row written by a clock
/// that is ahead does not count twice.
void Sampler::read_changes(Sample& sample) const {
  session::Statement statement;
  const std::string states =
      any_of(statement, "t", "state",
             {std::string(task_state::kQueued), std::string(task_state::kDone), std::string(task_state::kRejected)});
  const std::string since = statement.bind(format_timestamp(sample.since));
  const std::string now = statement.bind(format_timestamp(sample.now));
  const std::string here = scoped(statement);
  const std::string tried = database_.task().has("retries") ? "count(*) FILTER (WHERE t.retries > 0)" : "0";
  statement.sql = "SELECT t.actor_name, t.state, count(*), " + tried + " FROM " + database_.task().quoted() +
                  " AS t WHERE " + states + " AND t.mtime > " + since + " AND t.mtime <= " + now + here +
                  " GROUP BY t.actor_name, t.state";
  database_.session.query(statement, [&](const session::Value& row) {
    ActorSample& actor = actor_of(sample, session::text(row.at(0)));
    const std::int64_t tasks = session::integer(row.at(2));
    if (is_finished(session::text(row.at(1)))) {
      actor.finished += tasks;
      sample.finished += tasks;
      return;
    }
    const std::int64_t put_back = session::integer(row.at(3));
    actor.came += tasks - put_back;
    sample.came += tasks - put_back;
    sample.put_back += put_back;
  });
}

/// Workers that were gone when the session began may have come back since.
Heartbeats Sampler::read_workers(Sample& sample) {
  if (began_ == 0) began_ = sample.now;
  Heartbeats heartbeats = read_heartbeats(database_, workers_table_, sample.now);
  if (heartbeats.kept) sample.workers_alive = heartbeats.alive();
  if (std::ranges::any_of(heartbeats.workers,
                          [&](const WorkerHeartbeat& worker) { return worker.last_seen.value_or(0) > began_; }))
    database_.workers_gone = false;
  return heartbeats;
}

void Sampler::read_taken(Sample& sample, const Heartbeats& heartbeats) const {
  const session::Database database = with_workers(database_, heartbeats);
  session::Statement statement;
  std::string whose = "0, 0, 0, 0";
  if (!standby_) {
    whose.clear();
    for (const std::string& one : {is_held(statement, database, "t"), is_stranded(statement, database, "t"),
                                   is_ending(statement, database, "t"), is_orphaned(statement, database, "t")})
      whose += (whose.empty() ? "count(*) FILTER (WHERE " : ", count(*) FILTER (WHERE ") + one + ")";
  }
  const std::string taken = is_taken(statement, "t");
  statement.sql =
      "SELECT count(*), " + whose + " FROM " + database.task().quoted() + " AS t WHERE " + taken + scoped(statement);
  database.session.query(statement, [&](const session::Value& row) {
    sample.taken = session::integer(row.at(0));
    if (standby_) return;
    const Locked locked = none_beyond({.held = session::integer(row.at(1)), .stranded = session::integer(row.at(2))},
                                      heartbeats, limits_.most_held_each);
    sample.held = locked.held;
    sample.stranded = locked.stranded;
    sample.ending = session::integer(row.at(3));
    sample.orphaned = session::integer(row.at(4));
  });
}

}  // namespace akqueue::queue
