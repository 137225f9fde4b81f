#include "commands/drain/plan.hpp"

#include <algorithm>

#include "akqueue/json.hpp"

namespace akqueue::commands {
namespace {

ui::Text name_of(const DrainTarget& one) { return "deployment/" + ui::Text(one.deployment.name); }

class Steps {
 public:
  void add(const ui::Text& step) { text_ += ui::format_text("  {}  {}\n", ++count_, step); }
  const ui::Text& text() const { return text_; }

 private:
  ui::Text text_;
  int count_ = 0;
};

void add_downs(Steps& steps, const DrainPlan& plan) {
  for (const DrainTarget& one : plan.drained) {
    const int from = one.deployment.replicas;
    if (one.down) {
      steps.add(from == 0 ? name_of(one) + " is at 0 already, with the drain's note on it"
                          : ui::format_text("scale {} from {} to 0 again: something has scaled it up since",
                                            name_of(one), from));
    } else if (from == 0) {
      steps.add(name_of(one) + " is at 0 already");
    } else {
      steps.add(ui::format_text("scale {} from {} to 0, and note on it what brings it back", name_of(one), from));
    }
  }
}

void add_backs(Steps& steps, const DrainPlan& plan) {
  if (plan.keep_down) {
    steps.add("leave the workers at 0; kubectl akqueue drain --resume brings them back");
    return;
  }
  for (const DrainTarget& one : plan.drained) {
    steps.add(one.back_to == 0 ? ui::format_text("leave {} at 0, where it was", name_of(one))
                               : ui::format_text("scale {} back to {}", name_of(one), one.back_to));
  }
  steps.add(ui::format_text("wait until the workers are Ready, at most {}", format_age(plan.timeout.count())));
}

/// Of several deployments whose selectors take the pod (workers beside the chart's own often have its labels and one
/// more) the one that asks for most. Null for none.
const cluster::Deployment* closest(const std::vector<const cluster::Deployment*>& workers, const cluster::Pod& pod) {
  const cluster::Deployment* best = nullptr;
  for (const cluster::Deployment* deployment : workers) {
    if (deployment->owns(pod) && (best == nullptr || deployment->match_labels.size() > best->match_labels.size()))
      best = deployment;
  }
  return best;
}

Error no_workers(const cluster::Inventory& inventory, const cluster::Search& search) {
  if (std::ranges::find(inventory.refused, "deployments") != inventory.refused.end()) {
    return Error(ErrorCode::forbidden, "can't drain: these permissions don't allow listing deployments",
                 "docs/security.md has the role that draining needs");
  }
  return Error(ErrorCode::not_found, "no worker deployment in namespace " + search.name_space,
               "--worker-deployment NAME names one, --worker-selector LABELS those whose pods have these; kubectl "
               "akqueue flush works without draining");
}

/// At 0 it would leave no pod to enter.
Error runs_server(const cluster::Deployment& deployment) {
  return Error(ErrorCode::refused,
               "can't drain: deployment/" + deployment.name +
                   " runs the server beside the worker, and at 0 no pod would be left to enter; nothing was deleted",
               "kubectl akqueue flush works without draining");
}

/// They would go on working while others are thought to be gone.
Error would_stay(const std::vector<std::string>& pods) {
  return Error(ErrorCode::refused,
               "can't drain: no worker deployment that is known owns " + joined(pods) +
                   ", which would keep working; nothing was deleted",
               "--worker-deployment NAME (repeatable) names the deployments to drain; what else runs workers is scaled "
               "by hand; kubectl akqueue flush works without draining");
}

bool is_over(const cluster::Pod& pod) { return pod.terminating || pod.phase == "Succeeded" || pod.phase == "Failed"; }

/// Every worker goes down, or nothing does.
void check_all_go(const cluster::Inventory& inventory) {
  const auto workers = inventory.workers();
  for (const cluster::Deployment* deployment : workers) {
    if (deployment->roles.server) throw runs_server(*deployment);
  }
  std::vector<std::string> others;
  for (const cluster::Pod& pod : inventory.pods) {
    if (pod.roles.worker && !is_over(pod) && closest(workers, pod) == nullptr) others.push_back(pod.name);
  }
  if (!others.empty()) throw would_stay(others);
}

std::vector<DrainTarget> targets_of(const cluster::Inventory& inventory) {
  std::vector<DrainTarget> targets;
  const auto workers = inventory.workers();
  for (const cluster::Deployment* deployment : workers) {
    const auto pods = std::ranges::count_if(
        inventory.pods, [&](const cluster::Pod& pod) { return closest(workers, pod) == deployment; });
    targets.push_back({.deployment = *deployment,
                       .owners = cluster::owners_of(inventory, *deployment),
                       .pods = static_cast<std::size_t>(pods),
                       .back_to = deployment->replicas});
  }
  return targets;
}

std::string in_line(const std::vector<DrainTarget>& targets) {
  std::vector<std::string> names;
  for (const DrainTarget& one : targets) names.push_back(one.deployment.name);
  return joined(names);
}

void take_note_up(DrainTarget& one) {
  const auto note = cluster::drain_note_of(one.deployment);
  if (!note) return;
  one.note = *note;
  one.down = true;
  one.back_to = note->replicas;
}

}  // namespace

DrainPlan make_plan(const DrainRequest& request, const cluster::Inventory& inventory, const cluster::Search& search) {
  DrainPlan plan{.drained = targets_of(inventory),
                 .timeout = request.timeout,
                 .follow = request.follow,
                 .keep_down = request.keep_down,
                 .deletion = {}};
  if (plan.drained.empty()) throw no_workers(inventory, search);
  if (request.mode == DrainRequest::Mode::begin) check_all_go(inventory);
  for (DrainTarget& one : plan.drained) take_note_up(one);
  return plan;
}

void set_replicas(const DrainRequest& request, DrainPlan& plan) {
  for (const ReplicasWish& wish : request.back_to) {
    if (wish.deployment.empty() && plan.drained.size() > 1)
      throw Error(ErrorCode::usage, "--replicas: there are several worker deployments",
                  "--replicas " + plan.drained.front().deployment.name + "=" + wish.number);
    const auto one = std::ranges::find_if(plan.drained, [&](const DrainTarget& drained) {
      return wish.deployment.empty() || drained.deployment.name == wish.deployment;
    });
    if (one == plan.drained.end())
      throw Error(ErrorCode::not_found, "--replicas: no worker deployment " + wish.deployment,
                  "the worker deployments: " + in_line(plan.drained));
    one->back_to = std::stoi(wish.number);
  }
}

ui::Text describe(const DrainPlan& plan) {
  Steps steps;
  if (plan.deletes) {
    add_downs(steps, plan);
    std::size_t pods = 0;
    for (const DrainTarget& one : plan.drained) pods += one.pods;
    const std::string gone =
        pods == 0 ? "no worker pod is left"
                  : count_of(static_cast<std::int64_t>(pods), "worker pod is gone", "worker pods are gone");
    steps.add(ui::format_text("wait until {}, at most {}", gone, format_age(plan.timeout.count())));
    steps.add("delete " + plan.deletion);
  }
  add_backs(steps, plan);
  if (plan.follow.count() > 0)
    steps.add(ui::format_text("watch for {} to see whether the queue refills", format_age(plan.follow.count())));
  ui::Text text = "plan:\n" + steps.text();
  for (const DrainTarget& one : plan.drained) {
    for (const cluster::Owner& owner : one.owners) {
      text += owner.kind;
      if (!owner.name.empty()) text += ui::format_text(" {}", owner.name);
      text += ui::format_text(": {} – {}\n", name_of(one), owner.will);
      if (owner.rival()) text += ui::format_text("  first: {}\n", owner.advice);
    }
  }
  return text;
}

Json json_of(const DrainPlan& plan) {
  Json document{{"deployments", Json::array()},
                {"timeout_s", plan.timeout.count()},
                {"follow_s", plan.follow.count()},
                {"keep_down", plan.keep_down},
                {"deletes", plan.deletes}};
  for (const DrainTarget& one : plan.drained) {
    Json deployment{{"name", one.deployment.name},
                    {"replicas", one.deployment.replicas},
                    {"back_to", one.back_to},
                    {"pods", one.pods},
                    {"owners", Json::array()}};
    for (const cluster::Owner& owner : one.owners) {
      deployment["owners"].push_back({{"kind", owner.kind},
                                      {"name", owner.name},
                                      {"will", owner.will},
                                      {"first", owner.rival() ? Json(owner.advice) : Json()}});
    }
    document["deployments"].push_back(std::move(deployment));
  }
  return document;
}

}  // namespace akqueue::commands
