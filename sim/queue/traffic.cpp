#include "queue/traffic.hpp"

#include <algorithm>

#include "akqueue/crontab.hpp"
#include "akqueue/tasks.hpp"
#include "cluster/pod_behaviour.hpp"
#include "cluster/pods.hpp"
#include "cluster/workers.hpp"
#include "queue/tasks.hpp"
#include "queue/tries.hpp"
#include "replica/schema.hpp"
#include "scenario/for_release.hpp"
#include "scenario/task_groups.hpp"
#include "world/random.hpp"

namespace akqueue::sim {
namespace {

constexpr std::int64_t kMostTasksAtOnce = 5000;

/// Something that comes or goes at a rate, and since when.
struct Stream {
  std::string name;
  double per_minute = 0;
  Timestamp until = 0;  ///< uptime

  std::int64_t due(Timestamp uptime) const {
    const double due = static_cast<double>(uptime - until) * per_minute / (60.0 * kSecond);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(due), 0, kMostTasksAtOnce);
  }
  /// The uptime at which number `count` from here is due.
  Timestamp after(std::int64_t count) const {
    return until + static_cast<Timestamp>(static_cast<double>(count) * 60 * kSecond / per_minute);
  }
};

std::optional<Timestamp> known_until(Database& database, const std::string& name) {
  Statement row = database.prepare("SELECT until FROM sim_traffic WHERE name = ?1");
  row.bind_text(1, name);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

void settle(Database& database, const std::string& name, Timestamp until) {
  database.prepare("INSERT OR REPLACE INTO sim_traffic (name, until) VALUES (?1, ?2)")
      .bind_text(1, name)
      .bind_integer(2, until)
      .run();
}

std::vector<Arrivals> arrivals_of(World& world) {
  return read_arrivals(world.json_fact("arrivals"), world.fact("scenario"));
}

/// Arrivals begin with the world.
Stream stream_of(World& world, std::size_t number, const Arrivals& arrivals) {
  const std::string name = "arrivals/" + std::to_string(number);
  return {name, arrivals.per_minute, known_until(world.database(), name).value_or(0)};
}

/// The Ready workers. One that is new has just become Ready: it begins at `uptime`.
std::vector<Stream> working(World& world, Timestamp uptime) {
  std::vector<Stream> streams;
  for (const ClusterObject& pod : world.objects("Pod", world.fact("namespace"))) {
    if (!is_worker(world, pod) || !is_ready(pod) || is_terminating(pod)) continue;
    const auto set = world.store().find_key("ReplicaSet", owner_key_of(pod));
    const double rate = set ? read_behaviour(world.database(), owner_key_of(*set)).per_minute : 0;
    if (rate > 0)
      streams.push_back(
          {"worker/" + name_of(pod), rate, known_until(world.database(), "worker/" + name_of(pod)).value_or(uptime)});
  }
  return streams;
}

/// A worker that is not Ready any more does not catch up when it comes back.
void forget_others(Database& database, const std::vector<Stream>& workers) {
  std::vector<std::string> gone;
  Statement rows = database.prepare("SELECT name FROM sim_traffic WHERE name LIKE 'worker/%'");
  while (rows.step()) {
    const std::string name(rows.text(0));
    if (std::ranges::find(workers, name, &Stream::name) == workers.end()) gone.push_back(name);
  }
  for (const std::string& name : gone)
    database.prepare("DELETE FROM sim_traffic WHERE name = ?1").bind_text(1, name).run();
}

/// From 2026.2 on the scheduler passes over the schedule `s` while one of its tasks is not finished.
std::string not_skipped(World& world) {
  if (!skips_unfinished(world.fact("version"))) return {};
  return " AND NOT EXISTS (SELECT 1 FROM " + std::string(kTaskTable) +
         " AS t WHERE t.rel_obj_id = s.id AND t.state NOT IN ('done', 'rejected'))";
}

/// Writes rows into the release's tables, for its tenants.
class Traffic {
 public:
  explicit Traffic(World& world) : world_(world), schema_(read_schema(world.fact("release"))) {
    Statement tenants = world.database().prepare("SELECT tenant_uuid FROM authentik_tenants_tenant");
    while (tenants.step()) tenants_.emplace_back(tenants.text(0));
  }

  /// `count` tasks of the group, the last of them at `last`; those before it over `seconds`.
  void come(const TaskGroup& group, std::int64_t count, Timestamp last, std::int64_t seconds) {
    Scenario some;
    some.release = world_.fact("release");
    some.version = world_.fact("version");
    some.tasks = {group};
    some.tasks.front().age = seconds > 1 ? Span{1, seconds} : Span{0, 0};
    Random random(static_cast<std::uint64_t>(last) * 0x9e3779b97f4a7c15u + ++batches_);
    write_tasks(world_.database(), schema_, fitted(some, schema_), {count}, {last, tenants_, {}}, random);
  }

  /// As Tries::work_off().
  void work_off(std::int64_t count, Timestamp since, Timestamp at) {
    Tries(world_, schema_, failing_of(world_)).work_off(count, since, at);
  }

  /// Schedules whose time has come.
  void schedules(Timestamp at) {
    struct Due {
      std::string id, crontab;
      TaskGroup group;
    };
    std::vector<Due> due;
    Statement rows = world_.database().prepare(
        "SELECT s.id, s.crontab, s.actor_name, s._uid FROM " + std::string(kScheduleTable) +
        " AS s WHERE s.next_run <= ?1 AND NOT s.paused" + not_skipped(world_) + " ORDER BY s.next_run");
    const std::string now = format_timestamp(at);
    rows.bind_text(1, now);
    while (rows.step()) {
      Due one{std::string(rows.text(0)), std::string(rows.text(1)), {}};
      one.group.actor = rows.text(2);
      one.group.state = task_state::kQueued;
      one.group.held = false;
      one.group.uid = rows.text(3);
      one.group.object = RelatedObjects{"authentik_tasks_schedules", "schedule", 1, one.id};
      due.push_back(std::move(one));
    }
    for (const Due& one : due) {
      come(one.group, 1, at, 0);
      const std::string next = format_timestamp(Crontab::parse(one.crontab).value().next(at).value_or(0));
      world_.database()
          .prepare("UPDATE " + std::string(kScheduleTable) + " SET next_run = ?1 WHERE id = ?2")
          .bind_text(1, next)
          .bind_text(2, one.id)
          .run();
    }
  }

 private:
  World& world_;
  Schema schema_;
  std::vector<std::string> tenants_;
  std::uint64_t batches_ = 0;
};

bool schedule_is_due(World& world, Timestamp shown) {
  const SqlValue now = format_timestamp(shown);
  return world.database().integer_of("SELECT count(*) FROM " + std::string(kScheduleTable) +
                                         " AS s WHERE s.next_run <= ?1 AND NOT s.paused" + not_skipped(world),
                                     {&now, 1}) > 0;
}

}  // namespace

bool traffic_is_due(World& world, Timestamp uptime) {
  const std::vector<Arrivals> arrivals = arrivals_of(world);
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    if (stream_of(world, i, arrivals[i]).due(uptime) > 0) return true;
  }
  const std::vector<Stream> workers = working(world, uptime);
  const auto acts = [&](const Stream& worker) {
    return worker.due(uptime) > 0 || !known_until(world.database(), worker.name);
  };
  return std::ranges::any_of(workers, acts) ||
         (!workers.empty() && schedule_is_due(world, world.clock().shown(uptime)));
}

void let_traffic_flow(World& world, Timestamp uptime) {
  const std::vector<Arrivals> arrivals = arrivals_of(world);
  const std::vector<Stream> workers = working(world, uptime);
  forget_others(world.database(), workers);
  if (arrivals.empty() && workers.empty()) return;
  Traffic traffic(world);
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Stream stream = stream_of(world, i, arrivals[i]);
    const std::int64_t count = stream.due(uptime);
    if (count == 0) continue;
    const Timestamp last = stream.after(count);
    traffic.come(arrivals[i].group, count, world.clock().shown(last), (last - stream.until) / kSecond);
    settle(world.database(), stream.name, last);
  }
  std::int64_t tried = 0;
  Timestamp since = uptime;
  for (const Stream& worker : workers) {
    const std::int64_t count = worker.due(uptime);
    tried += count;
    since = std::min(since, worker.until);
    settle(world.database(), worker.name, worker.after(count));
  }
  if (!workers.empty()) traffic.schedules(world.clock().shown(uptime));
  if (tried > 0) traffic.work_off(tried, world.clock().shown(since), world.clock().shown(uptime));
}

}  // namespace akqueue::sim
