#include "commands/drain/plan.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

std::string name_of(const DrainTarget& one) { return "deployment/" + visible(one.deployment.name); }

class Steps {
 public:
  void add(const std::string& step) { text_ += "  " + std::to_string(++count_) + "  " + step + "\n"; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  int count_ = 0;
};

void add_downs(Steps& steps, const DrainPlan& plan) {
  for (const DrainTarget& one : plan.drained) {
    const std::string from = std::to_string(one.deployment.replicas);
    if (one.down) {
      steps.add(one.deployment.replicas == 0
                    ? name_of(one) + " is at 0 already, with the drain's note on it"
                    : "scale " + name_of(one) + " from " + from + " to 0 again: something has scaled it up since");
    } else if (one.deployment.replicas == 0) {
      steps.add(name_of(one) + " is at 0 already");
    } else {
      steps.add("scale " + name_of(one) + " from " + from + " to 0, and note on it what brings it back");
    }
  }
}

void add_backs(Steps& steps, const DrainPlan& plan) {
  if (plan.keep_down) {
    steps.add("leave the workers at 0; kubectl akqueue drain --resume brings them back");
    return;
  }
  for (const DrainTarget& one : plan.drained) {
    steps.add(one.back_to == 0 ? "leave " + name_of(one) + " at 0, where it was"
                               : "scale " + name_of(one) + " back to " + std::to_string(one.back_to));
  }
  steps.add("wait until the workers are Ready, at most " + format_age(plan.timeout.count()));
}

/// Of several deployments whose selectors take the pod (workers beside the chart's own often have its labels and one
/// more) the one that asks for most. Null for none.
const Deployment* closest(const std::vector<const Deployment*>& workers, const Pod& pod) {
  const Deployment* best = nullptr;
  for (const Deployment* deployment : workers) {
    if (deployment->owns(pod) && (best == nullptr || deployment->match_labels.size() > best->match_labels.size()))
      best = deployment;
  }
  return best;
}

}  // namespace

DrainPlan make_plan(const Inventory& inventory) {
  DrainPlan plan;
  const auto workers = inventory.workers();
  for (const Deployment* deployment : workers) {
    const auto pods =
        std::ranges::count_if(inventory.pods, [&](const Pod& pod) { return closest(workers, pod) == deployment; });
    plan.drained.push_back({.deployment = *deployment,
                            .owners = owners_of(inventory, *deployment),
                            .pods = static_cast<std::size_t>(pods),
                            .back_to = deployment->replicas});
  }
  return plan;
}

std::string describe(const DrainPlan& plan) {
  Steps steps;
  if (plan.deletes) {
    add_downs(steps, plan);
    std::size_t pods = 0;
    for (const DrainTarget& one : plan.drained) pods += one.pods;
    steps.add("wait until " +
              (pods == 0 ? std::string("no worker pod is left")
                         : count_of(static_cast<std::int64_t>(pods), "worker pod is gone", "worker pods are gone")) +
              ", at most " + format_age(plan.timeout.count()));
    steps.add("delete " + plan.deletion);
  }
  add_backs(steps, plan);
  if (plan.follow.count() > 0) steps.add("watch for " + format_age(plan.follow.count()) + " whether the queue refills");
  std::string text = "plan:\n" + steps.text();
  for (const DrainTarget& one : plan.drained) {
    for (const Owner& owner : one.owners) {
      text += owner.kind + (owner.name.empty() ? "" : " " + visible(owner.name)) + ": " + name_of(one) + " – " +
              visible(owner.will) + "\n";
      if (owner.rival()) text += "  first: " + visible(owner.advice) + "\n";
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
    for (const Owner& owner : one.owners) {
      deployment["owners"].push_back({{"kind", owner.kind},
                                      {"name", owner.name},
                                      {"will", owner.will},
                                      {"first", owner.rival() ? Json(owner.advice) : Json()}});
    }
    document["deployments"].push_back(std::move(deployment));
  }
  return document;
}

}  // namespace akqueue
