// A scenario: the site from which a world is made, as data (fixtures/scenarios/*.json). The members below have the
// names of its fields, and describe them.
//
// Errors: Error (usage) names file and field; for an unknown field it suggests the nearest known one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "scenario/fields.hpp"

namespace akqueue::sim {

struct LogLine {
  std::string event;
  std::string level = "info";
};

/// Objects that tasks belong to: `{"model": "authentik_outposts.outpost", "count": 3}`.
struct RelatedObjects {
  std::string app_label;
  std::string model;
  std::int64_t count = 1;
  std::string id = {};  ///< of the one object that it is; empty: they are numbered
};

/// A group of similar tasks. Groups with a `share` divide what those with a `count` leave of the scenario's
/// `tasks_total`.
struct TaskGroup {
  std::string actor;
  std::string queue = "default";
  std::string state;  ///< may be unknown, unless it looks like a typing mistake
  std::optional<double> share;
  std::optional<std::int64_t> count;
  Span age{60, 3600};       ///< seconds since the task was enqueued (queued) or last touched
  std::optional<Span> eta;  ///< seconds from now; negative: already due
  std::string uid;          ///< `{n}` is the number of the related object; empty: NULL
  std::optional<RelatedObjects> object;
  bool by_schedule = false;        ///< the schedule of this actor and uid made them: they belong to it
  Json args = Json::array();       ///< `{object}` in a text is the related object's uuid, {"uuid": …} a UUID
  std::int64_t message_bytes = 0;  ///< messages are at least this long
  bool held = true;                ///< by a live worker; false: an orphan
  std::int64_t retries = 0;        ///< attempts that failed before
  std::string error;               ///< the event that they failed with
  std::vector<LogLine> logs;       ///< the actor's own
};

/// Tasks that keep coming: `{"actor": …, "per_minute": 240}` and the other fields of a group of tasks that describe
/// its rows. They come queued, by the world's own clock (traffic.hpp).
struct Arrivals {
  TaskGroup group;
  double per_minute = 0;
};

/// Tasks that no worker can do as things are: `{"actor": …, "uid": …, "error": …}`. Each try fails, at once and
/// for good, as where a task's retries are used up.
struct Failing {
  std::string actor;
  std::string uid;  ///< only those with this one; empty: all of the actor's
  std::string error;
  bool removed = false;  ///< the site's release has no such actor
};

/// Workers that run out of memory: `{"every": "90s", "above": 10000}`.
struct OomLoop {
  std::int64_t every = 0;  ///< each worker is killed so often …
  std::int64_t above = 0;  ///< … while more tasks than this are unfinished
};

/// A group of similar pods. Several groups may belong to one deployment; each version has its own ReplicaSet.
struct PodGroup {
  std::string component;   ///< server, worker
  std::string name_space;  ///< `namespace`; the scenario's own by default
  std::string instance;    ///< the Helm release; the scenario's own by default
  std::string deployment;  ///< its name; `<instance>-<component>` by default. Where a component has several, each has a
                           ///< label `pool`
  std::string version;     ///< of authentik; the scenario's by default
  std::int64_t count = 1;
  std::int64_t replicas = 1;  ///< what the deployment asks for
  std::int64_t age = 0;
  std::string phase = "Running";
  bool ready = true;
  bool terminating = false;
  std::string waiting;  ///< a reason like CrashLoopBackOff
  std::int64_t restarts = 0;
  std::string last_reason;  ///< of last_termination: OOMKilled, Error, …
  std::int64_t last_ago = 0;
  std::int64_t last_exit_code = 137;
  std::string memory_limit;
  std::vector<std::string> sidecars;
  std::int64_t heartbeat_ago = 12;  ///< `heartbeat`: more than a minute means that it has stopped
  // What the deployment's pods do from then on; taken from the first group of a deployment.
  std::int64_t starts_in = 4;  ///< from a pod's creation to Ready
  std::int64_t ends_in = 3;    ///< from its deletion until it is gone
  bool stuck = false;          ///< it hangs in Terminating for ever
  std::optional<OomLoop> oom;
  double per_minute = 0;  ///< tasks that each Ready worker finishes
  std::string
      memory;       ///< that its first container uses (metrics): half of its limit by default, all but it after an OOM
  std::string cpu;  ///< 25m by default
  Json env = Json::object();  ///< of its first container: names and texts
  // Of a site that is not made by authentik's chart.
  Json labels;            ///< in place of the chart's; null: these
  std::string container;  ///< the name of its first container; its component by default
  std::string image;      ///< without a tag
};

/// A HorizontalPodAutoscaler of a deployment, or a ScaledObject of KEDA's with one.
struct AutoscalerLine {
  std::string deployment;
  std::int64_t min = 1;
  std::int64_t max = 1;
  std::int64_t sync = 15;  ///< it acts so long after a change
  bool keda = false;       ///< which also scales up from 0, unless its ScaledObject is annotated as paused
};

/// Who owns the deployments of the scenario's own release.
struct GitOps {
  std::string tool;                       ///< argocd (an annotation), argocd-label, flux-helm, flux-kustomize
  std::string name;                       ///< of the application, release or kustomization
  std::optional<std::int64_t> self_heal;  ///< it resets replicas so long after a change
};

struct ScheduleLine {
  std::string actor;
  std::string crontab;
  std::string identifier = "None";
  std::string uid;
  std::string object;  ///< app_label.model
  bool paused = false;
};

struct DeadWorker {
  std::string hostname;
  std::string version;  ///< the scenario's by default
  std::int64_t last_seen = 0;
};

/// A table that the tool does not know: `rows` rows with a key of their own, whose `column` references the tasks.
struct ExtraTable {
  std::string table;
  std::string column;
  std::int64_t rows = 0;
};

struct ContextLine {
  std::string name;
  std::string cluster;
  std::string user;
  std::string name_space;  ///< empty: none set
};

/// Who may do what: `VERB RESOURCE` with `*` for any, like `get *` or `create pods/exec`.
struct UserRights {
  std::string name;
  std::vector<std::string> can;
};

struct Scenario {
  std::string name;
  std::string title;
  std::string story;
  std::string release = "2025.10";  ///< of the tables
  std::string version;              ///< of authentik; one of the release by default
  std::string schema = "public";    ///< the PostgreSQL schema with authentik's tables
  std::string name_space = "authentik";
  std::string instance = "authentik";  ///< the Helm release whose database this is
  std::int64_t tenants = 1;
  std::optional<Timestamp> now;
  std::int64_t tasks_total = 0;
  std::vector<TaskGroup> tasks;
  Json arrivals = Json::array();  ///< as read_arrivals() takes them
  Json failing = Json::array();   ///< as read_failing() takes them
  std::vector<ExtraTable> extra_tables;
  std::vector<PodGroup> pods;
  std::vector<AutoscalerLine> autoscalers;
  std::optional<GitOps> gitops;
  bool metrics = true;  ///< the cluster has the metrics API
  /// A pooler stands before the database: the locks of tasks are its connections', and outlive the workers.
  bool pooled = false;
  std::vector<ScheduleLine> schedules;
  std::vector<DeadWorker> dead_workers;
  std::vector<ContextLine> contexts;
  std::string current_context;
  std::vector<UserRights> users;
};

/// Reads a scenario's text. `file` is what messages call it.
Scenario read_scenario(std::string_view text, const std::string& file);

/// What is wrong with a schema's name; nothing if it can be used.
std::optional<std::string> wrong_schema(std::string_view name);

/// The scenarios in the binary, by name.
std::vector<Scenario> known_scenarios();

/// The scenario of that name, or in that file. Throws Error (usage), suggesting the nearest name.
Scenario find_scenario(const std::string& name_or_path);

}  // namespace akqueue::sim
