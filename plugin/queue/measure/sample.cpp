#include "queue/measure/sample.hpp"

#include <algorithm>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "queue/filter/selection.hpp"
#include "queue/measure/status.hpp"

namespace akqueue {
namespace {

/// Of actors beyond these, nobody asks which grows.
constexpr std::size_t kMostActors = 100;

bool is_finished(std::string_view state) {
  return std::ranges::find(task_state::kFinished, state) != task_state::kFinished.end();
}

bool is_wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
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

Sampler::Sampler(Database database, SampleScope scope, bool standby, Limits limits)
    : database_(database), scope_(std::move(scope)), standby_(standby), limits_(limits) {
  const Catalog heartbeats = database_.session.introspect(kWorkerStatusTable);
  if (!heartbeats.tables.empty()) workers_table_ = heartbeats.tables.front().quoted();
}

bool Sampler::may_estimate() const { return database_.dialect.can_sample() && limits_.counts.exact_rows > 0; }

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
  const Transaction transaction(database_.session, {.read_only = true,
                                                    .snapshot = true,
                                                    .statement_timeout_ms = limits_.statement_timeout_ms,
                                                    .lock_timeout_ms = limits_.statement_timeout_ms});
  Sample sample;
  sample.now = transaction.now();
  // A clock that stands, or another database that is behind: begin anew.
  sample.since = since && *since < sample.now ? *since : sample.now - kFirstWindowSeconds * kSecond;
  if (scope_.actors.empty()) {
    read_states(sample);
    read_actors(sample);
  } else {
    read_states_of_actors(sample);
  }
  read_changes(sample);
  read_taken(sample);
  read_workers(sample);
  std::ranges::stable_sort(sample.actors, std::greater<>(), &ActorSample::queued);
  if (sample.actors.size() > kMostActors) sample.actors.resize(kMostActors);
  return sample;
}

/// ` AND t.queue_name IN (…) AND t.actor_name IN (…)`, or nothing.
std::string Sampler::scoped(Statement& statement) const {
  std::string condition;
  if (!scope_.queues.empty()) condition += " AND " + any_of(statement, "t", "queue_name", scope_.queues);
  if (!scope_.actors.empty()) condition += " AND " + any_of(statement, "t", "actor_name", scope_.actors);
  return condition;
}

void Sampler::read_states(Sample& sample) const {
  for (const QueueCount& count : count_queues(database_, sample.now, limits_.counts)) {
    if (!is_wanted(scope_.queues, count.queue)) continue;
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
  Statement statement;
  const std::string here = scoped(statement);
  statement.sql = "SELECT t.actor_name, t.state, count(*) FROM " + database_.task().quoted() + " AS t " +
                  (estimating ? database_.dialect.sampled(share) : "") + " WHERE 1 = 1" + here +
                  " GROUP BY t.actor_name, t.state";
  database_.session.query(statement, [&](const Value& row) {
    const auto seen = static_cast<double>(integer(row.at(2)));
    const std::int64_t tasks = estimating ? round_to_three_digits(seen / share) : integer(row.at(2));
    const std::string state = text(row.at(1));
    sample.states[state] += tasks;
    if (state == task_state::kQueued) actor_of(sample, text(row.at(0))).queued += tasks;
  });
  sample.estimated = sample.queued_estimated = sample.actors_estimated = estimating;
}

/// SELECT t.actor_name, count(*) FROM task t WHERE t.state = 'queued' GROUP BY 1: an index scan for a few, the whole
/// table for many; of a large table a few pages, whose shares are taken of the count.
void Sampler::read_actors(Sample& sample) const {
  const std::int64_t rows = database_.task().rows_estimate.value_or(0);
  const bool estimating = database_.dialect.can_sample() && rows > limits_.exact_actors;
  Statement statement;
  const std::string queued = any_of(statement, "t", "state", {std::string(task_state::kQueued)});
  const std::string here = scoped(statement);
  std::string sampled;
  if (estimating)
    sampled = database_.dialect.sampled(static_cast<double>(limits_.counts.sampled_rows) /
                                        std::max(1.0, static_cast<double>(rows)));
  statement.sql = "SELECT t.actor_name, count(*) FROM " + database_.task().quoted() + " AS t " + sampled + " WHERE " +
                  queued + here + " GROUP BY t.actor_name";
  std::int64_t seen = 0;
  database_.session.query(statement, [&](const Value& row) {
    actor_of(sample, text(row.at(0))).queued = integer(row.at(1));
    seen += integer(row.at(1));
  });
  sample.actors_estimated = estimating;
  if (!estimating) return;
  for (ActorSample& actor : sample.actors) actor.queued = part_of(sample.queued(), actor.queued, seen);
}

/// By the index (state, mtime, …): only the rows that changed. A clock that is ahead must not make a row count twice,
/// so the window has an end.
void Sampler::read_changes(Sample& sample) const {
  Statement statement;
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
  database_.session.query(statement, [&](const Value& row) {
    ActorSample& actor = actor_of(sample, text(row.at(0)));
    const std::int64_t tasks = integer(row.at(2));
    if (is_finished(text(row.at(1)))) {
      actor.finished += tasks;
      sample.finished += tasks;
      return;
    }
    const std::int64_t put_back = integer(row.at(3));
    actor.came += tasks - put_back;
    sample.came += tasks - put_back;
    sample.put_back += put_back;
  });
}

void Sampler::read_taken(Sample& sample) const {
  Statement statement;
  const std::string taken = any_of(statement, "t", "state", taken_states());
  const std::string here = scoped(statement);
  const std::string held = standby_ ? "0" : "count(*) FILTER (WHERE " + database_.dialect.held("t") + ")";
  statement.sql = "SELECT count(*), " + held + " FROM " + database_.task().quoted() + " AS t WHERE " + taken + here;
  database_.session.query(statement, [&](const Value& row) {
    sample.taken = integer(row.at(0));
    if (!standby_) sample.held = integer(row.at(1));
  });
}

void Sampler::read_workers(Sample& sample) const {
  if (workers_table_.empty()) return;
  Statement statement;
  const std::string alive = statement.bind(format_timestamp(sample.now - QueueStatus::kAliveSeconds * kSecond));
  statement.sql = "SELECT count(*) FROM " + workers_table_ + " AS w WHERE w.last_seen >= " + alive;
  database_.session.query(statement, [&](const Value& row) { sample.workers_alive = integer(row.at(0)); });
}

}  // namespace akqueue
