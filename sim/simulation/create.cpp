#include "simulation/create.hpp"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <random>

#include "akqueue/crontab.hpp"
#include "akqueue/tasks.hpp"
#include "cluster/make_cluster.hpp"
#include "cluster/pods.hpp"
#include "queue/extra_tables.hpp"
#include "queue/pickle.hpp"
#include "replica/functions.hpp"
#include "replica/triggers.hpp"
#include "scenario/for_release.hpp"
#include "scenario/task_groups.hpp"
#include "simulation/catch_up.hpp"
#include "world/due.hpp"
#include "world/world.hpp"

namespace akqueue::sim {
namespace {

namespace fs = std::filesystem;

/// An unfinished file needs no journal. The cache is also the size of what the sorter sorts at once, which is fastest
/// when it fits the processor's own cache.
constexpr const char* kFastAndLoose =
    "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA cache_size = -64000; PRAGMA temp_store = MEMORY; PRAGMA threads = 2; PRAGMA mmap_size = 68719476736; "
    "PRAGMA foreign_keys = OFF";

constexpr const char* kOwnTables = R"(
CREATE TABLE sim_world (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sim_object (kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL,
                         PRIMARY KEY (kind, namespace, name));
CREATE TABLE sim_clock (set_at INTEGER NOT NULL, uptime INTEGER NOT NULL, speed REAL NOT NULL);
CREATE TABLE sim_due (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, name TEXT NOT NULL);
CREATE INDEX sim_due_at ON sim_due (at, id);
CREATE TABLE sim_deployment (name TEXT PRIMARY KEY, starts_s INTEGER NOT NULL, ends_s INTEGER NOT NULL,
 stuck INTEGER NOT NULL,
                             oom_every_s INTEGER NOT NULL, oom_above INTEGER NOT NULL,
                             heal_s INTEGER NOT NULL, git_replicas INTEGER NOT NULL,
                             memory TEXT NOT NULL, cpu TEXT NOT NULL, per_minute REAL NOT NULL);
CREATE TABLE sim_traffic (name TEXT PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE sim_lock (message_id TEXT PRIMARY KEY, worker TEXT NOT NULL);
CREATE TABLE sim_alive (hostname TEXT PRIMARY KEY);
CREATE TABLE sim_size (table_name TEXT PRIMARY KEY, bytes_per_row INTEGER NOT NULL, allocated INTEGER NOT NULL);
CREATE VIEW akqueue_held AS SELECT message_id, worker FROM sim_lock;
CREATE VIEW akqueue_alive AS SELECT hostname FROM sim_alive;
)";

/// Django numbers them in the order of migrations; these are some that every site has.
constexpr std::string_view kUsualModels[] = {"admin.logentry",
                                             "authentik_core.user",
                                             "authentik_core.group",
                                             "authentik_outposts.outpost",
                                             "authentik_blueprints.blueprintinstance",
                                             "authentik_tasks.task",
                                             "authentik_tasks_schedules.schedule"};

/// Whose connections hold the locks where a pooler stands before the database.
constexpr std::string_view kPooler = "10.42.9.9";

/// A path next to `path`; the file is removed again unless the work is done.
class Draft {
 public:
  explicit Draft(const std::string& path) : path_(path + ".new") { remove(); }
  ~Draft() { remove(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    for (const char* ending : {"", "-journal", "-wal", "-shm"}) fs::remove(path_ + ending, ignored);
  }
  std::string path_;
};

void insert(Database& database, const std::string& table, const std::vector<SqlValue>& values) {
  std::string marks;
  for (std::size_t i = 0; i < values.size(); ++i) marks += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
  Statement statement = database.prepare("INSERT INTO " + table + " VALUES (" + marks + ")");
  for (std::size_t i = 0; i < values.size(); ++i) statement.bind(static_cast<int>(i) + 1, values[i]);
  statement.run();
}

void write_content_types(Database& database, const Scenario& scenario) {
  std::vector<std::string> models(std::begin(kUsualModels), std::end(kUsualModels));
  for (const ScheduleLine& line : scenario.schedules) models.push_back(line.object);
  for (const TaskGroup& group : scenario.tasks) {
    if (group.object) models.push_back(group.object->app_label + "." + group.object->model);
  }
  for (const Arrivals& arrivals : read_arrivals(scenario.arrivals, scenario.name)) {
    if (arrivals.group.object) models.push_back(arrivals.group.object->app_label + "." + arrivals.group.object->model);
  }
  for (const std::string& model : models) {
    const auto dot = model.find('.');
    if (dot == std::string::npos) continue;
    Statement statement =
        database.prepare("INSERT OR IGNORE INTO django_content_type (app_label, model) VALUES (?1, ?2)");
    statement.bind(1, model.substr(0, dot)).bind(2, model.substr(dot + 1)).run();
  }
}

void write_schedules(Database& database, const Scenario& scenario, Timestamp now, Random& random) {
  const SqlValue no_arguments = Blob{Pickle().begin_tuple(0).end_tuple(0).bytes()};
  const SqlValue nothing = Blob{Pickle().begin_dict(0).end_dict(0).bytes()};
  for (const ScheduleLine& line : scenario.schedules) {
    const Timestamp next = line.paused ? 0 : Crontab::parse(line.crontab).value().next(now).value_or(0);
    SqlValue object_id;
    SqlValue content_type;
    if (const auto dot = line.object.find('.'); dot != std::string::npos) {
      const std::string app = line.object.substr(0, dot);
      const std::string model = line.object.substr(dot + 1);
      object_id = related_object_id(app, model, 0);
      content_type = content_type_id(database, app, model);
    }
    const SqlValue uid = line.uid.empty() ? SqlValue() : SqlValue(line.uid);
    Statement statement = database.prepare("INSERT INTO " + std::string(kScheduleTable) +
                                           " (id, actor_name, args, kwargs, options, crontab, paused, next_run, "
                                           "identifier, _uid, rel_obj_id, rel_obj_content_type_id)"
                                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    const SqlValue values[] = {random.uuid(),
                               line.actor,
                               no_arguments,
                               nothing,
                               nothing,
                               line.crontab,
                               std::int64_t{line.paused ? 1 : 0},
                               format_timestamp(next),
                               line.identifier,
                               uid,
                               object_id,
                               content_type};
    for (std::size_t i = 0; i < std::size(values); ++i) statement.bind(static_cast<int>(i) + 1, values[i]);
    statement.run();
  }
}

/// Tasks that a schedule made belong to it.
void give_to_schedules(Database& database, Scenario& scenario) {
  for (TaskGroup& group : scenario.tasks) {
    if (!group.by_schedule) continue;
    Statement row = database.prepare("SELECT id FROM " + std::string(kScheduleTable) +
                                     " WHERE actor_name = ?1 AND coalesce(_uid, '') = ?2");
    row.bind_text(1, group.actor).bind_text(2, group.uid);
    if (!row.step())
      throw Error(ErrorCode::usage, scenario.name + ": no schedule makes tasks of " + group.actor +
                                        (group.uid.empty() ? "" : " with the uid " + group.uid));
    group.object = RelatedObjects{"authentik_tasks_schedules", "schedule", 1, std::string(row.text(0))};
  }
}

/// The first tenant is the site itself.
std::vector<std::string> write_tenants(Database& database, const Scenario& scenario, Random& random) {
  std::vector<std::string> tenants;
  for (std::int64_t i = 1; i <= scenario.tenants; ++i) {
    tenants.push_back(random.uuid());
    const std::string number = std::to_string(i);
    insert(database, "authentik_tenants_tenant",
           {tenants.back(), i == 1 ? "public" : "t_tenant" + number, i == 1 ? "Default" : "Tenant " + number,
            std::int64_t{1}});
  }
  return tenants;
}

void write_workers(Database& database, const Scenario& scenario, const Cluster& cluster, Timestamp now,
                   Random& random) {
  const auto heartbeat = [&](const std::string& hostname, const std::string& version, std::int64_t ago) {
    insert(database, std::string(kWorkerStatusTable) + " (id, hostname, version, last_seen)",
           {random.uuid(), hostname, version, format_timestamp(now - ago * kSecond)});
  };
  for (const Cluster::Worker& worker : cluster.workers) {
    heartbeat(worker.hostname, worker.version, worker.heartbeat_ago);
    insert(database, "sim_alive", {worker.hostname});
  }
  for (const DeadWorker& dead : scenario.dead_workers) heartbeat(dead.hostname, dead.version, dead.last_seen);
}

void write_cluster(Database& database, Cluster& cluster) {
  ObjectStore store(database);
  for (ClusterObject& object : cluster.objects) store.put(object);
  for (const auto& [deployment, behaviour] : cluster.behaviours) write_behaviour(database, deployment, behaviour);
}

/// Workers that run out of memory do so from the beginning, each in its turn.
void write_kills(Database& database, Cluster& cluster) {
  Due due(database);
  for (const auto& [deployment, behaviour] : cluster.behaviours) {
    std::int64_t turn = 0;
    for (const ClusterObject& object : cluster.objects) {
      const bool mine =
          object.at("kind") == "Pod" && owner_key_of(object).starts_with(deployment + "-") && is_running(object);
      if (mine && behaviour.oom_every_s > 0)
        due.add((behaviour.oom_every_s + 7 * turn++) * kSecond, happening::kKilled, key_of(object));
    }
  }
}

/// Not from the seed: two worlds from the same seed are two databases.
std::string new_system() {
  std::random_device device;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) id += kDigits[device() % 16];
  return id;
}

void write_facts(Database& database, const Scenario& scenario, const CreateOptions& options, Timestamp now,
                 std::int64_t tasks) {
  Json contexts = Json::array();
  for (const ContextLine& one : scenario.contexts) {
    contexts.push_back(
        {{"name", one.name}, {"cluster", one.cluster}, {"user", one.user}, {"namespace", one.name_space}});
  }
  Json users = Json::object();
  for (const UserRights& user : scenario.users) users[user.name] = user.can;
  const bool frozen = options.now.has_value() || scenario.now.has_value();
  const std::pair<const char*, std::string> facts[] = {
      {"scenario", scenario.name},
      {"title", scenario.title},
      {"story", scenario.story},
      {"release", scenario.release},
      {"version", scenario.version},
      {"schema", scenario.schema},
      {"namespace", scenario.name_space},
      {"instance", scenario.instance},
      {"seed", std::to_string(options.seed)},
      {"system", new_system()},
      {"tasks", std::to_string(tasks)},
      {"now", format_timestamp(now)},
      {"frozen", frozen ? "1" : "0"},
      {"contexts", contexts.dump()},
      {"current_context", scenario.current_context},
      {"users", users.dump()},
      {"metrics", scenario.metrics ? "1" : "0"},
      {"pooled", scenario.pooled ? "1" : "0"},
      {"arrivals", scenario.arrivals.dump()},
      {"failing", scenario.failing.dump()},
      {"keda", std::ranges::any_of(scenario.autoscalers, &AutoscalerLine::keda) ? "1" : "0"},
  };
  for (const auto& [key, value] : facts) insert(database, "sim_world", {std::string(key), value});
  insert(database, "sim_clock", {real_now(), std::int64_t{0}, 1.0});
}

std::int64_t file_bytes(Database& database) {
  return database.integer_of("PRAGMA page_count") * database.integer_of("PRAGMA page_size");
}

/// Indexes and triggers, once the rows are there, and what each table takes up.
void finish_tables(Database& database, const Schema& schema, const Written& written, std::int64_t rows_bytes) {
  const std::int64_t values = std::max<std::int64_t>(1, written.task_bytes + written.log_bytes);
  for (const SchemaTable& table : schema.tables) {
    const std::int64_t before = file_bytes(database);
    create_indexes(database, table);
    create_triggers(database, table);
    const bool log = table.name == kTaskLogTable;
    const std::int64_t rows = log ? written.logs : table.name == kTaskTable ? written.tasks : 0;
    if (rows == 0) continue;
    const double part = static_cast<double>(log ? written.log_bytes : written.task_bytes) / static_cast<double>(values);
    const auto own = static_cast<std::int64_t>(static_cast<double>(rows_bytes) * part);
    const std::int64_t bytes = own + file_bytes(database) - before;
    insert(database, "sim_size", {table.name, bytes / rows, bytes / rows * rows});
  }
}

Written fill(Database& database, const Scenario& given, const CreateOptions& options) {
  const Timestamp now = options.now ? *options.now : given.now ? *given.now : real_now();
  const Schema schema = read_schema(given.release);
  Scenario scenario = fitted(given, schema);
  const auto sizes = group_sizes(scenario, options.tasks);
  Random random(options.seed);
  add_functions(database, [now] { return now; });

  database.set_schema(scenario.schema);
  database.run(kFastAndLoose);
  database.run("BEGIN");
  create_tables(database, schema);
  create_own_tables(database);
  write_content_types(database, scenario);
  TaskSite site{now, write_tenants(database, scenario, random), {}};
  Cluster cluster = make_cluster(scenario, now, random);
  for (const Cluster::Worker& worker : cluster.workers) site.workers.push_back(worker.hostname);
  if (scenario.pooled) site.workers = {std::string(kPooler)};
  write_cluster(database, cluster);
  if (!options.now && !given.now) write_kills(database, cluster);
  write_schedules(database, scenario, now, random);
  give_to_schedules(database, scenario);
  write_workers(database, scenario, cluster, now, random);
  write_facts(database, scenario, options, now, std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}));
  database.run("COMMIT; BEGIN");
  const std::int64_t before = file_bytes(database);
  const Written written = write_tasks(database, schema, scenario, sizes, site, random);
  finish_tables(database, schema, written, file_bytes(database) - before);
  for (const ExtraTable& extra : scenario.extra_tables) write_extra_table(database, extra, written.tasks);
  database.run("PRAGMA application_id = " + std::to_string(kApplicationId) +
               "; PRAGMA user_version = " + std::to_string(kWorldVersion));
  database.run("COMMIT; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL");
  return written;
}

}  // namespace

void create_own_tables(Database& database) { database.run(kOwnTables); }

Written create_world(const std::string& path, const Scenario& scenario, const CreateOptions& options) {
  std::error_code failure;
  if (!options.force && fs::exists(path, failure)) {
    throw Error(ErrorCode::refused, path + " exists already", "choose another name, or use --force to replace it");
  }
  const Draft draft(path);
  Written written;
  {
    Database database(draft.path(), Database::Open::create);
    written = fill(database, scenario, options);
  }
  // A journal of the old world must not be taken for one of the new world.
  for (const char* ending : {"-wal", "-shm"}) fs::remove(path + ending, failure);
  fs::rename(draft.path(), path, failure);
  if (failure) throw Error(ErrorCode::system, "can't write " + path + ": " + failure.message());
  return written;
}

}  // namespace akqueue::sim
