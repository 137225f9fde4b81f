#include "scenario/deployments.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "akqueue/json.hpp"
#include "akqueue/quantity.hpp"
#include "scenario/task_groups.hpp"

namespace akqueue::sim {
namespace {

OomLoop read_oom(Fields fields) {
  OomLoop loop{fields.duration_or("every", 90), fields.count_or("above", 0)};
  if (loop.every == 0) fields.wrong("every", "must be a duration like \"90s\"");
  fields.finish();
  return loop;
}

/// What a deployment's pods do when somebody acts on them, or time passes.
void read_behaviour(Fields& fields, PodGroup& pods) {
  pods.starts_in = fields.duration_or("starts_in", pods.starts_in);
  pods.ends_in = fields.duration_or("ends_in", pods.ends_in);
  pods.stuck = fields.flag("stuck", false);
  const bool worker = pods.component == "worker";
  if (const Json oom = fields.object("oom"); !oom.is_null()) pods.oom = read_oom(fields.inside("oom", oom));
  if (pods.oom && !worker) fields.wrong("oom", "is only for workers");
  pods.per_minute = fields.number_or("per_minute", 0, 0, kMostPerMinute);
  if (pods.per_minute > 0 && !worker) fields.wrong("per_minute", "is only for workers");
  pods.memory = fields.text_or("memory", "");
  pods.cpu = fields.text_or("cpu", "25m");
  const auto quantity = [](const std::string& text) { return Quantity::parse(text).has_value(); };
  for (const auto& [name, text] :
       {std::pair("memory", pods.memory), std::pair("memory_limit", pods.memory_limit), std::pair("cpu", pods.cpu)}) {
    if (!text.empty() && !quantity(text)) fields.wrong(name, "must be a quantity like \"512Mi\" or \"25m\"");
  }
  if (const Json env = fields.object("env"); !env.is_null()) pods.env = env;
  for (const auto& [name, value] : pods.env.items()) {
    if (!value.is_string()) fields.wrong("env", "must be an object of texts, but " + name + " is not a text");
  }
}

PodGroup read_pod_group(Fields fields, const Scenario& scenario) {
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
  pods.labels = fields.object("labels");
  for (const auto& [name, value] : pods.labels.items()) {
    if (!value.is_string()) fields.wrong("labels", "must be an object of texts, but " + name + " is not a text");
  }
  pods.container = fields.text_or("container", pods.component);
  pods.image = fields.text_or("image", "goauthentik/server");
  pods.heartbeat_ago = fields.duration_or("heartbeat", 12);
  read_behaviour(fields, pods);
  fields.finish();
  return pods;
}

}  // namespace

std::vector<PodGroup> read_pods(Fields& fields, const Scenario& scenario) {
  std::vector<PodGroup> pods;
  for (const Fields& one : fields.each("pods")) pods.push_back(read_pod_group(one, scenario));
  return pods;
}

std::vector<AutoscalerLine> read_autoscalers(Fields& fields, const Scenario& scenario) {
  std::vector<AutoscalerLine> lines;
  for (Fields one : fields.each("autoscalers")) {
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

}  // namespace akqueue::sim
