#include "scenario/scenario.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "akqueue/command_line.hpp"
#include "akqueue/crontab.hpp"
#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/quantity.hpp"
#include "akqueue/tasks.hpp"
#include "embedded.hpp"
#include "replica/schema.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kScenarioFolder = "scenarios/";
constexpr std::string_view kScenarioEnding = ".json";
constexpr std::size_t kLongestScenario = 16u << 20;  // bytes
constexpr double kMostPerMinute = 1e6;

std::vector<std::string> words(std::span<const std::string_view> views) { return {views.begin(), views.end()}; }

bool taken(std::string_view state) { return std::ranges::find(task_state::kTaken, state) != task_state::kTaken.end(); }

RelatedObjects read_related(Fields fields) {
  RelatedObjects related;
  const std::string model = fields.text("model");
  const auto dot = model.find('.');
  if (dot == std::string::npos) fields.wrong("model", "must be an app and a model like \"authentik_outposts.outpost\"");
  related.app_label = model.substr(0, dot);
  related.model = model.substr(dot + 1);
  related.count = fields.count_or("count", 1, 1);
  fields.finish();
  return related;
}

std::vector<LogLine> read_logs(Fields& fields) {
  std::vector<LogLine> logs;
  const Json items = fields.items("logs");
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].is_string()) {
      logs.push_back({items[i].get<std::string>()});
      continue;
    }
    Fields line = fields.item("logs", i, items[i]);
    LogLine log{line.text("event")};
    log.level = line.choice("level", {"debug", "info", "warning", "error", "critical"}, "info");
    line.finish();
    logs.push_back(log);
  }
  return logs;
}

/// A newer release may have states that nobody here has heard of, but `queud` is none of them.
std::string read_state(Fields& fields) {
  std::vector<std::string> states = words(task_state::kKnown);
  const std::string given = fields.text("state");
  return nearest(given, states) ? fields.choice("state", states) : given;
}

/// What the rows of a group have in common, whether they are there or come.
TaskGroup read_rows(Fields& fields) {
  TaskGroup group;
  group.actor = fields.text("actor");
  group.queue = fields.text_or("queue", std::string(kDefaultQueue));
  group.uid = fields.text_or("uid", "");
  if (const Json object = fields.object("object"); !object.is_null())
    group.object = read_related(fields.inside("object", object));
  group.args = fields.items("args");
  group.message_bytes = fields.count_or("message_bytes", 0, 0, 64 << 20);
  return group;
}

TaskGroup read_group(Fields fields) {
  TaskGroup group = read_rows(fields);
  group.state = read_state(fields);
  group.share = fields.share("share");
  if (fields.has("count")) group.count = fields.count_or("count", 0);
  if (group.share.has_value() == group.count.has_value()) {
    fields.wrong(group.share ? "count" : "share", group.share ? "can't stand beside share" : "is missing (or count)");
  }
  group.age = fields.span("age").value_or(group.age);
  group.eta = fields.span("eta", true);
  group.held = fields.flag("held", taken(group.state));
  if (group.held && !taken(group.state)) fields.wrong("held", "must be false for a task that is " + group.state);
  group.retries = fields.count_or("retries", 0, 0, 100);
  group.error = fields.text_or("error", "");
  group.logs = read_logs(fields);
  fields.finish();
  return group;
}

Arrivals read_arrival(Fields fields) {
  Arrivals arrivals{read_rows(fields), fields.number_or("per_minute", 0, 0, kMostPerMinute)};
  if (arrivals.per_minute == 0) fields.wrong("per_minute", "must be how many come in a minute");
  arrivals.group.state = task_state::kQueued;
  arrivals.group.held = false;
  fields.finish();
  return arrivals;
}

OomLoop read_oom(Fields fields) {
  OomLoop loop{fields.duration_or("every", 90), fields.count_or("above", 0)};
  if (loop.every == 0) fields.wrong("every", "must be a duration like \"90s\"");
  fields.finish();
  return loop;
}

/// What a deployment's pods do once somebody acts on them, or time passes.
void read_behaviour(Fields& fields, PodGroup& pods) {
  pods.starts_in = fields.duration_or("starts_in", pods.starts_in);
  pods.ends_in = fields.duration_or("ends_in", pods.ends_in);
  pods.stuck = fields.flag("stuck", false);
  const bool worker = pods.component == "worker";
  if (const Json oom = fields.object("oom"); !oom.is_null()) pods.oom = read_oom(fields.inside("oom", oom));
  if (pods.oom && !worker) fields.wrong("oom", "is for workers");
  pods.per_minute = fields.number_or("per_minute", 0, 0, kMostPerMinute);
  if (pods.per_minute > 0 && !worker) fields.wrong("per_minute", "is for workers");
  pods.memory = fields.text_or("memory", "");
  pods.cpu = fields.text_or("cpu", "25m");
  const auto quantity = [](const std::string& text) { return Quantity::parse(text).has_value(); };
  for (const auto& [name, text] :
       {std::pair("memory", pods.memory), std::pair("memory_limit", pods.memory_limit), std::pair("cpu", pods.cpu)}) {
    if (!text.empty() && !quantity(text)) fields.wrong(name, "must be a quantity like \"512Mi\" or \"25m\"");
  }
  if (const Json env = fields.object("env"); !env.is_null()) pods.env = env;
  for (const auto& [name, value] : pods.env.items()) {
    if (!value.is_string()) fields.wrong("env", "must be an object of texts, and " + name + " is none");
  }
}

PodGroup read_pods(Fields fields, const Scenario& scenario) {
  PodGroup pods;
  pods.component = fields.choice("component", {"server", "worker"});
  pods.name_space = fields.text_or("namespace", scenario.name_space);
  pods.instance = fields.text_or("instance", scenario.instance);
  pods.deployment = fields.text_or("deployment", pods.instance + "-" + pods.component);
  pods.version = fields.text_or("version", "");
  pods.count = fields.count_or("count", 1, 0, 1000);
  pods.replicas = fields.count_or("replicas", pods.count, 0, 1000);
  pods.age = fields.duration_or("age", 6 * 86400);
  pods.phase = fields.choice("phase", {"Pending", "Running", "Succeeded", "Failed", "Unknown"}, "Running");
  pods.terminating = fields.flag("terminating", false);
  pods.waiting = fields.text_or("waiting", "");
  pods.ready = fields.flag("ready", pods.phase == "Running" && pods.waiting.empty());
  pods.restarts = fields.count_or("restarts", 0);
  if (const Json last = fields.object("last_termination"); !last.is_null()) {
    Fields termination = fields.inside("last_termination", last);
    pods.last_reason = termination.text("reason");
    pods.last_ago = termination.duration_or("ago", 3600);
    pods.last_exit_code = termination.count_or("exit_code", 137, 0, 255);
    termination.finish();
  }
  pods.memory_limit = fields.text_or("memory_limit", "");
  for (const Json& sidecar : fields.items("sidecars")) {
    if (!sidecar.is_string()) fields.wrong("sidecars", "must be an array of texts");
    pods.sidecars.push_back(sidecar.get<std::string>());
  }
  pods.heartbeat_ago = fields.duration_or("heartbeat", 12);
  read_behaviour(fields, pods);
  fields.finish();
  return pods;
}

std::vector<AutoscalerLine> read_autoscalers(Fields& fields, const Scenario& scenario) {
  std::vector<AutoscalerLine> lines;
  const Json items = fields.items("autoscalers");
  for (std::size_t i = 0; i < items.size(); ++i) {
    Fields one = fields.item("autoscalers", i, items[i]);
    AutoscalerLine line;
    line.deployment = one.text("deployment");
    if (std::ranges::find(scenario.pods, line.deployment, &PodGroup::deployment) == scenario.pods.end()) {
      one.wrong("deployment", "must be the deployment of some pods");
    }
    line.keda = one.flag("keda", false);
    line.min = one.count_or("min", 1, line.keda ? 0 : 1, 1000);
    line.max = one.count_or("max", std::max<std::int64_t>(line.min, 1), std::max<std::int64_t>(line.min, 1), 1000);
    line.sync = one.duration_or("sync", line.sync);
    one.finish();
    lines.push_back(line);
  }
  return lines;
}

std::optional<GitOps> read_gitops(Fields& fields, const Scenario& scenario) {
  const Json object = fields.object("gitops");
  if (object.is_null()) return std::nullopt;
  Fields inner = fields.inside("gitops", object);
  GitOps gitops{inner.choice("tool", {"argocd", "argocd-label", "flux-helm", "flux-kustomize"}),
                inner.text_or("name", scenario.instance), std::nullopt};
  if (inner.has("self_heal")) gitops.self_heal = inner.duration_or("self_heal", 0);
  inner.finish();
  return gitops;
}

std::vector<ExtraTable> read_extra_tables(Fields& fields) {
  const auto plain = [](const std::string& name) {
    return name.size() < 64 &&
           std::ranges::all_of(
               name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  };
  std::vector<ExtraTable> tables;
  const Json items = fields.items("extra_tables");
  for (std::size_t i = 0; i < items.size(); ++i) {
    Fields one = fields.item("extra_tables", i, items[i]);
    ExtraTable extra{one.text("table"), one.text_or("column", "task_id"), one.count_or("rows", 0)};
    for (const auto& [field, name] : {std::pair("table", extra.table), std::pair("column", extra.column)}) {
      if (!plain(name)) one.wrong(field, "must be a name of small letters, digits and _");
    }
    const bool taken_name = std::ranges::find(tables, extra.table, &ExtraTable::table) != tables.end();
    if (taken_name || extra.table.starts_with("sim_") || extra.table.starts_with("sqlite_"))
      one.wrong("table", "is a table already");
    if (extra.column == "id") one.wrong("column", "must be another one than the table's own id");
    one.finish();
    tables.push_back(extra);
  }
  return tables;
}

ScheduleLine read_schedule(Fields fields) {
  ScheduleLine line;
  line.actor = fields.text("actor");
  line.crontab = fields.text("crontab");
  if (!Crontab::parse(line.crontab)) fields.wrong("crontab", "must be five fields like \"13 * * * *\"");
  line.identifier = fields.text_or("identifier", line.identifier);
  line.uid = fields.text_or("uid", "");
  line.object = fields.text_or("object", "");
  line.paused = fields.flag("paused", false);
  fields.finish();
  return line;
}

/// The standard ones, with those of the same actor and identifier replaced.
std::vector<ScheduleLine> read_schedules(Fields& fields) {
  std::vector<ScheduleLine> lines;
  if (fields.flag("standard_schedules", true)) {
    constexpr std::string_view kStandard = "world/schedules.json";
    Fields root(std::string(kStandard), "", {{"schedules", Json::parse(embedded_file(kStandard).value())}});
    const Json items = root.items("schedules");
    for (std::size_t i = 0; i < items.size(); ++i) lines.push_back(read_schedule(root.item("schedules", i, items[i])));
  }
  const Json items = fields.items("schedules");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ScheduleLine line = read_schedule(fields.item("schedules", i, items[i]));
    const auto same = std::ranges::find_if(
        lines, [&](const ScheduleLine& one) { return one.actor == line.actor && one.identifier == line.identifier; });
    if (same == lines.end()) lines.push_back(line);
    else *same = line;
  }
  return lines;
}

std::vector<ContextLine> read_contexts(Fields& fields) {
  std::vector<ContextLine> contexts;
  const Json items = fields.items("contexts");
  for (std::size_t i = 0; i < items.size(); ++i) {
    Fields one = fields.item("contexts", i, items[i]);
    ContextLine context;
    context.name = one.text("name");
    context.cluster = one.text_or("cluster", context.name);
    context.user = one.text_or("user", "admin");
    context.name_space = one.text_or("namespace", "");
    one.finish();
    contexts.push_back(context);
  }
  if (contexts.empty()) contexts.push_back({"akqueue-sim", "akqueue-sim", "admin", ""});
  return contexts;
}

std::vector<UserRights> read_users(Fields& fields) {
  std::vector<UserRights> users;
  const Json items = fields.items("users");
  for (std::size_t i = 0; i < items.size(); ++i) {
    Fields one = fields.item("users", i, items[i]);
    UserRights user{one.text("name"), {}};
    for (const Json& rule : one.items("can")) {
      const bool good = rule.is_string() && std::ranges::count(rule.get_ref<const std::string&>(), ' ') == 1;
      if (!good) one.wrong("can", "must be an array of rules like \"get pods\" or \"create pods/exec\"");
      user.can.push_back(rule.get<std::string>());
    }
    one.finish();
    users.push_back(user);
  }
  // The viewer may look at everything and enter nothing.
  for (const UserRights& usual : {UserRights{"admin", {"* *"}}, UserRights{"viewer", {"get *", "list *", "watch *"}}}) {
    if (std::ranges::find(users, usual.name, &UserRights::name) == users.end()) users.push_back(usual);
  }
  return users;
}

void check_shares(const Scenario& scenario, Fields& fields) {
  double sum = 0;
  std::int64_t counted = 0;
  bool any = false;
  for (const TaskGroup& group : scenario.tasks) {
    any = any || group.share.has_value();
    sum += group.share.value_or(0);
    counted += group.count.value_or(0);
  }
  if (!any) return;
  if (std::abs(sum - 1) > 1e-6) fields.wrong("tasks", "the shares must add up to 1");
  if (scenario.tasks_total < counted) fields.wrong("tasks_total", "must be at least the sum of the counts");
}

std::string stem(const std::string& file) {
  const auto slash = file.find_last_of('/');
  const std::string base = slash == std::string::npos ? file : file.substr(slash + 1);
  return base.substr(0, base.find('.'));
}

}  // namespace

std::vector<Arrivals> read_arrivals(const Json& items, const std::string& file) {
  Fields root(file, "", {{"arrivals", items}});
  std::vector<Arrivals> arrivals;
  for (std::size_t i = 0; i < items.size(); ++i) arrivals.push_back(read_arrival(root.item("arrivals", i, items[i])));
  return arrivals;
}

Scenario read_scenario(std::string_view text, const std::string& file) {
  if (nested_deeper_than(text, kDeepestDocument)) throw Error(ErrorCode::usage, file + ": its JSON is nested too deep");
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::exception& wrong) {  // a number may be out of range as well
    throw Error(ErrorCode::usage, file + ": is no JSON: " + std::string(wrong.what()));
  }
  Fields fields(file, "", root);
  Scenario scenario;
  scenario.name = fields.text_or("name", stem(file));
  scenario.title = fields.text("title");
  scenario.story = fields.text_or("story", "");
  scenario.release = fields.choice("release", known_releases(), scenario.release);
  scenario.version = fields.text_or("version", "");
  scenario.schema = fields.text_or("schema", scenario.schema);
  if (const auto wrong = wrong_schema(scenario.schema)) fields.wrong("schema", *wrong);
  scenario.name_space = fields.text_or("namespace", scenario.name_space);
  scenario.instance = fields.text_or("instance", scenario.instance);
  scenario.tenants = fields.count_or("tenants", scenario.tenants, 1, 1000);
  if (const std::string now = fields.text_or("now", ""); !now.empty()) {
    scenario.now = parse_timestamp(now);
    if (!scenario.now) fields.wrong("now", "must be a time like \"2026-05-01T12:00:00Z\"");
  }
  scenario.tasks_total = fields.count_or("tasks_total", 0);
  const Json tasks = fields.items("tasks");
  for (std::size_t i = 0; i < tasks.size(); ++i)
    scenario.tasks.push_back(read_group(fields.item("tasks", i, tasks[i])));
  scenario.arrivals = fields.items("arrivals");
  read_arrivals(scenario.arrivals, file);
  const Json pods = fields.items("pods");
  for (std::size_t i = 0; i < pods.size(); ++i)
    scenario.pods.push_back(read_pods(fields.item("pods", i, pods[i]), scenario));
  scenario.autoscalers = read_autoscalers(fields, scenario);
  scenario.gitops = read_gitops(fields, scenario);
  scenario.metrics = fields.flag("metrics", true);
  scenario.extra_tables = read_extra_tables(fields);
  scenario.schedules = read_schedules(fields);
  const Json dead = fields.items("dead_workers");
  for (std::size_t i = 0; i < dead.size(); ++i) {
    Fields one = fields.item("dead_workers", i, dead[i]);
    scenario.dead_workers.push_back(
        {one.text("hostname"), one.text_or("version", ""), one.duration_or("last_seen", 86400)});
    one.finish();
  }
  scenario.contexts = read_contexts(fields);
  scenario.current_context = fields.text_or("current_context", scenario.contexts.front().name);
  scenario.users = read_users(fields);
  check_shares(scenario, fields);
  fields.finish();
  return scenario;
}

std::optional<std::string> wrong_schema(std::string_view name) {
  if (name.empty() || name.size() > 63) return "must be 1 to 63 bytes long";
  if (name.starts_with("pg_") || name == "temp")
    return "must be another name: the databases keep this one for themselves";
  return std::nullopt;
}

std::vector<Scenario> known_scenarios() {
  std::vector<Scenario> scenarios;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name.starts_with(kScenarioFolder)) {
      scenarios.push_back(read_scenario(file.text, std::string(file.name.substr(kScenarioFolder.size()))));
    }
  }
  return scenarios;
}

Scenario find_scenario(const std::string& name_or_path) {
  const auto text = embedded_file(std::string(kScenarioFolder) + name_or_path + std::string(kScenarioEnding));
  if (text) return read_scenario(*text, name_or_path + std::string(kScenarioEnding));
  const bool path = name_or_path.find('/') != std::string::npos || name_or_path.ends_with(kScenarioEnding);
  if (!path) {
    std::vector<std::string> names;
    for (const Scenario& scenario : known_scenarios()) names.push_back(scenario.name);
    const auto near = nearest(name_or_path, names);
    throw Error(ErrorCode::usage, "unknown scenario '" + name_or_path + "'",
                near ? "did you mean " + *near + "?" : "akqueue-sim scenarios lists them; a file's name ends in .json");
  }
  std::ifstream stream(name_or_path, std::ios::binary);
  std::string content(kLongestScenario + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.gcount() == 0) throw Error(ErrorCode::usage, "can't read the scenario " + name_or_path);
  content.resize(static_cast<std::size_t>(stream.gcount()));
  if (content.size() > kLongestScenario) throw Error(ErrorCode::usage, name_or_path + " is longer than any scenario");
  return read_scenario(content, name_or_path);
}

std::vector<std::int64_t> group_sizes(const Scenario& scenario, std::int64_t total) {
  std::int64_t counted = 0;
  for (const TaskGroup& group : scenario.tasks) counted += group.count.value_or(0);
  const std::int64_t usual = std::max(scenario.tasks_total, counted);
  if (total == 0) total = usual;
  std::vector<double> exact;
  std::vector<std::int64_t> sizes;
  for (const TaskGroup& group : scenario.tasks) {
    const double weight = group.count ? static_cast<double>(*group.count)
                                      : group.share.value_or(0) * static_cast<double>(scenario.tasks_total - counted);
    exact.push_back(usual == 0 ? 0 : weight * static_cast<double>(total) / static_cast<double>(usual));
    sizes.push_back(static_cast<std::int64_t>(exact.back() + 1e-9));
  }
  if (sizes.empty() || usual == 0) return sizes;
  // What rounding down left goes to those who lost most by it.
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return exact[a] - static_cast<double>(sizes[a]) > exact[b] - static_cast<double>(sizes[b]);
  });
  std::int64_t missing = total - std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  for (std::size_t i = 0; missing > 0; i = (i + 1) % order.size(), --missing) ++sizes[order[i]];
  // A small copy of a large site still has one of everything, at the cost of what it has most of.
  const bool room = total >= 10 * static_cast<std::int64_t>(sizes.size());
  for (std::size_t i = 0; room && i < sizes.size(); ++i) {
    if (sizes[i] > 0 || exact[i] <= 0) continue;
    sizes[i] = 1;
    --*std::ranges::max_element(sizes);
  }
  return sizes;
}

}  // namespace akqueue::sim
