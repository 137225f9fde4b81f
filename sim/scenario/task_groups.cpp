#include "scenario/task_groups.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>

#include "akqueue/command_line.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::sim {
namespace {

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

/// A newer release may have states that are not known here, but `queud` is not one of them.
std::string read_state(Fields& fields) {
  const std::vector<std::string> states = words(task_state::kKnown);
  const std::string given = fields.text("state");
  return nearest(given, states) ? fields.choice("state", states) : given;
}

/// What the rows of a group have in common, whether they exist already or are still to come.
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
  group.by_schedule = fields.flag("by_schedule", false);
  if (group.by_schedule && group.object) fields.wrong("object", "can't be given together with by_schedule");
  group.share = fields.share("share");
  if (fields.has("count")) group.count = fields.count_or("count", 0);
  if (group.share.has_value() == group.count.has_value()) {
    fields.wrong(group.share ? "count" : "share",
                 group.share ? "can't be given together with share" : "is missing (or count)");
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
  if (arrivals.per_minute == 0) fields.wrong("per_minute", "must say how many come in a minute");
  arrivals.group.state = task_state::kQueued;
  arrivals.group.held = false;
  fields.finish();
  return arrivals;
}

}  // namespace

std::vector<TaskGroup> read_tasks(Fields& fields) {
  std::vector<TaskGroup> groups;
  for (const Fields& one : fields.each("tasks")) groups.push_back(read_group(one));
  return groups;
}

void check_shares(const Scenario& scenario, const Fields& fields) {
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

std::vector<Arrivals> read_arrivals(const Json& items, const std::string& file) {
  Fields root(file, "", {{"arrivals", items}});
  std::vector<Arrivals> arrivals;
  for (const Fields& one : root.each("arrivals")) arrivals.push_back(read_arrival(one));
  return arrivals;
}

std::vector<Failing> read_failing(const Json& items, const std::string& file) {
  Fields root(file, "", {{"failing", items}});
  std::vector<Failing> failing;
  for (Fields one : root.each("failing")) {
    failing.push_back({one.text("actor"), one.text_or("uid", ""), one.text("error"), one.flag("removed", false)});
    one.finish();
  }
  return failing;
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
  // What rounding down left over goes to the groups that lost most by it.
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return exact[a] - static_cast<double>(sizes[a]) > exact[b] - static_cast<double>(sizes[b]);
  });
  std::int64_t missing = total - std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  for (std::size_t i = 0; missing > 0; i = (i + 1) % order.size(), --missing) ++sizes[order[i]];
  // A small copy of a large site still has one of everything, at the expense of its largest groups.
  const bool room = total >= 10 * static_cast<std::int64_t>(sizes.size());
  for (std::size_t i = 0; room && i < sizes.size(); ++i) {
    if (sizes[i] > 0 || exact[i] <= 0) continue;
    sizes[i] = 1;
    --*std::ranges::max_element(sizes);
  }
  return sizes;
}

}  // namespace akqueue::sim
