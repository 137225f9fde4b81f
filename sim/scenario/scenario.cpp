#include "scenario/scenario.hpp"

#include <algorithm>
#include <fstream>

#include "akqueue/command_line.hpp"
#include "akqueue/crontab.hpp"
#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "embedded.hpp"
#include "replica/schema.hpp"
#include "scenario/deployments.hpp"
#include "scenario/task_groups.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kScenarioFolder = "scenarios/";
constexpr std::string_view kScenarioEnding = ".json";
constexpr std::size_t kLongestScenario = 16u << 20;  // bytes

std::vector<ExtraTable> read_extra_tables(Fields& fields) {
  const auto plain = [](const std::string& name) {
    return name.size() < 64 &&
           std::ranges::all_of(
               name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  };
  std::vector<ExtraTable> tables;
  for (Fields one : fields.each("extra_tables")) {
    const ExtraTable extra{one.text("table"), one.text_or("column", "task_id"), one.count_or("rows", 0)};
    for (const auto& [field, name] : {std::pair("table", extra.table), std::pair("column", extra.column)}) {
      if (!plain(name)) one.wrong(field, "must be a name of lower-case letters, digits and _");
    }
    const bool taken_name = std::ranges::find(tables, extra.table, &ExtraTable::table) != tables.end();
    if (taken_name || extra.table.starts_with("sim_") || extra.table.starts_with("sqlite_"))
      one.wrong("table", "is already a table");
    if (extra.column == "id") one.wrong("column", "must not be the table's own id");
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

/// The standard schedules; the scenario's own replace those of the same actor and identifier.
std::vector<ScheduleLine> read_schedules(Fields& fields) {
  std::vector<ScheduleLine> lines;
  if (fields.flag("standard_schedules", true)) {
    constexpr std::string_view kStandard = "world/schedules.json";
    Fields root(std::string(kStandard), "", {{"schedules", Json::parse(embedded_file(kStandard).value())}});
    for (const Fields& one : root.each("schedules")) lines.push_back(read_schedule(one));
  }
  for (const Fields& item : fields.each("schedules")) {
    const ScheduleLine line = read_schedule(item);
    const auto same = std::ranges::find_if(
        lines, [&](const ScheduleLine& one) { return one.actor == line.actor && one.identifier == line.identifier; });
    if (same == lines.end()) lines.push_back(line);
    else *same = line;
  }
  return lines;
}

std::vector<ContextLine> read_contexts(Fields& fields) {
  std::vector<ContextLine> contexts;
  for (Fields one : fields.each("contexts")) {
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
  for (Fields one : fields.each("users")) {
    UserRights user{one.text("name"), {}};
    for (const Json& rule : one.items("can")) {
      const bool good = rule.is_string() && std::ranges::count(rule.get_ref<const std::string&>(), ' ') == 1;
      if (!good) one.wrong("can", "must be an array of rules like \"get pods\" or \"create pods/exec\"");
      user.can.push_back(rule.get<std::string>());
    }
    one.finish();
    users.push_back(user);
  }
  // The viewer may see everything and enter nothing.
  for (const UserRights& usual : {UserRights{"admin", {"* *"}}, UserRights{"viewer", {"get *", "list *", "watch *"}}}) {
    if (std::ranges::find(users, usual.name, &UserRights::name) == users.end()) users.push_back(usual);
  }
  return users;
}

std::string stem(const std::string& file) {
  const auto slash = file.find_last_of('/');
  const std::string base = slash == std::string::npos ? file : file.substr(slash + 1);
  return base.substr(0, base.find('.'));
}

}  // namespace

Scenario read_scenario(std::string_view text, const std::string& file) {
  if (nested_deeper_than(text, kDeepestDocument))
    throw Error(ErrorCode::usage, file + ": its JSON is nested too deeply");
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::exception& wrong) {  // a number may be out of range as well
    throw Error(ErrorCode::usage, file + ": not valid JSON: " + std::string(wrong.what()));
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
  scenario.tasks = read_tasks(fields);
  scenario.arrivals = fields.items("arrivals");
  read_arrivals(scenario.arrivals, file);
  scenario.failing = fields.items("failing");
  read_failing(scenario.failing, file);
  scenario.pods = read_pods(fields, scenario);
  scenario.autoscalers = read_autoscalers(fields, scenario);
  scenario.gitops = read_gitops(fields, scenario);
  scenario.metrics = fields.flag("metrics", true);
  scenario.pooled = fields.flag("pooled", false);
  scenario.extra_tables = read_extra_tables(fields);
  scenario.schedules = read_schedules(fields);
  for (Fields one : fields.each("dead_workers")) {
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
  if (name.starts_with("pg_") || name == "temp") return "must be another name: databases reserve this one";
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
  if (content.size() > kLongestScenario) throw Error(ErrorCode::usage, name_or_path + " is too long for a scenario");
  return read_scenario(content, name_or_path);
}

}  // namespace akqueue::sim
