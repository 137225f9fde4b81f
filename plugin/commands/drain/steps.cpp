#include "commands/drain/steps.hpp"

#include <algorithm>

#include "system/pause.hpp"
#include "ui/waiting.hpp"

namespace akqueue::commands {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);

const cluster::Deployment* find(const cluster::Inventory& inventory, const std::string& name) {
  const auto found = std::ranges::find(inventory.deployments, name, &cluster::Deployment::name);
  return found == inventory.deployments.end() ? nullptr : &*found;
}

std::vector<const cluster::Pod*> pods_of(const cluster::Inventory& inventory, const std::vector<DrainTarget>& drained) {
  std::vector<const cluster::Pod*> pods;
  for (const cluster::Pod& pod : inventory.pods) {
    if (std::ranges::any_of(drained, [&](const DrainTarget& one) { return one.deployment.owns(pod); }))
      pods.push_back(&pod);
  }
  return pods;
}

/// Foreign words: they go into an error as well.
std::string named(const std::vector<const cluster::Pod*>& pods) {
  std::vector<std::string> words;
  for (const cluster::Pod* pod : pods)
    words.push_back(pod->name + " " + (pod->terminating ? "terminating" : pod->phase));
  return joined(words);
}

Error rival(const cluster::Deployment& deployment) {
  return Error(ErrorCode::refused,
               "deployment/" + deployment.name + " was scaled to " + std::to_string(deployment.replicas) +
                   " by something else meanwhile",
               "an autoscaler, Argo CD or Flux may own its replicas: suspend it first, or flush without draining");
}

Error still_there(const std::vector<const cluster::Pod*>& pods, const std::string& name_space,
                  std::chrono::seconds timeout) {
  const std::string first = pods.front()->name;
  return Error(ErrorCode::condition,
               "after " + format_age(timeout.count()) + " some worker pods are still there: " + named(pods),
               "if the pod's node is lost: kubectl delete pod " + first + " -n " + name_space +
                   " --force --grace-period=0; --timeout waits longer");
}

/// What is so once the patch that scales down has been applied.
void down_with_note(DrainTarget& one) {
  one.down = true;
  one.deployment.annotations[cluster::kDrainAnnotation] = one.note.to_text();
}

/// An API server that can't be reached or breaks off may be there again in a moment; what it refuses, it refuses for
/// good.
bool may_pass(const Error& error) {
  return error.code() == ErrorCode::kubectl_failed || error.code() == ErrorCode::no_context;
}

}  // namespace

void DrainSteps::say(const ui::Text& line) { environment_.terminal.err(line + "\n"); }

cluster::Inventory DrainSteps::look() {
  return traced(environment_, cluster_,
                [&] {
                  return cluster::inventory_of(cluster_.kubectl.run(cluster::inventory_words(cluster_.search)),
                                               cluster_.search);
                })
      .of_release(release_);
}

std::optional<cluster::Inventory> DrainSteps::try_to_look(ui::WaitingLine& line,
                                                          std::chrono::steady_clock::time_point deadline) {
  try {
    cluster::Inventory inventory = look();
    blind_ = false;
    return inventory;
  } catch (const Error& error) {
    if (!may_pass(error) || environment_.clock.now() >= deadline) throw;
    line.clear();
    if (!blind_) say(ui::format_text("can't look now: {}; looking again until it works", error.what()));
    blind_ = true;
    return std::nullopt;
  }
}

void DrainSteps::scale_down() {
  for (DrainTarget& one : drained_) {
    if (one.deployment.replicas == 0) continue;
    const std::string name = "deployment/" + one.deployment.name;
    const auto scale = one.down ? akqueue::cluster::scale_down_again : akqueue::cluster::scale_down;
    bool scaled = false;
    try {
      scaled = traced(environment_, cluster_, [&] { return scale(cluster_.kubectl, one.deployment, one.note); });
    } catch (const Error& error) {
      // What was lost may be the answer, not the patch; and Ctrl-C may have come between the two.
      one.doubtful = !one.down && error.code() != ErrorCode::forbidden;
      if (one.doubtful) down_with_note(one);
      throw;
    }
    if (!scaled) {
      throw Error(ErrorCode::refused,
                  name + " is not at " + std::to_string(one.deployment.replicas) +
                      " replicas any more: somebody has scaled it meanwhile",
                  "look at it, then begin again: kubectl get " + name + " -n " + cluster_.search.name_space);
    }
    down_with_note(one);
    say(ui::format_text("{} scaled to 0 (was {})", name, one.deployment.replicas));
  }
}

void DrainSteps::wait_until_gone() {
  const system::Interrupts::Grace grace(environment_.interrupts);
  ui::WaitingLine line(environment_.terminal, environment_.clock);
  const auto deadline = environment_.clock.now() + timeout_;
  for (;;) {
    if (const auto inventory = try_to_look(line, deadline)) {
      for (const DrainTarget& one : drained_) {
        const cluster::Deployment* now = find(*inventory, one.deployment.name);
        if (now != nullptr && now->replicas > 0) throw rival(*now);
      }
      const auto pods = pods_of(*inventory, drained_);
      if (pods.empty()) break;
      if (environment_.clock.now() >= deadline) throw still_there(pods, cluster_.search.name_space, timeout_);
      line.update(ui::format_text("waiting until {} gone: {}",
                                  count_of(static_cast<std::int64_t>(pods.size()), "worker pod is", "worker pods are"),
                                  named(pods)));
    }
    if (!system::pause_for(environment_.clock, environment_.interrupts, kLookEvery))
      throw Error(ErrorCode::interrupted, "interrupted while waiting for the worker pods to end");
  }
  line.clear();
  say("worker pods are gone");
}

void DrainSteps::note_deleted() {
  for (DrainTarget& one : drained_) {
    if (!one.down) continue;
    // Somebody else has gone on with this drain: the note is theirs.
    one.down = traced(environment_, cluster_,
                      [&] { return akqueue::cluster::note_deleted(cluster_.kubectl, one.deployment, one.note); });
    one.deployment.annotations[cluster::kDrainAnnotation] = one.note.to_text();
  }
}

std::optional<ui::Text> DrainSteps::what_became_of(DrainTarget& one, bool answer_lost) {
  const cluster::Inventory inventory = look();
  const cluster::Deployment* const now = find(inventory, one.deployment.name);
  if (now == nullptr) return " is gone";
  const auto note = now->annotations.find(cluster::kDrainAnnotation);
  if (note == now->annotations.end()) {
    if (answer_lost && now->replicas == one.back_to) return ui::format_text(" scaled to {}", one.back_to);
    if (one.doubtful) return " was not scaled down";
    if (now->replicas > 0) return " is not at 0 any more, and is left as it is: something else has scaled it";
    one.deployment.annotations.erase(
        cluster::kDrainAnnotation);  // whatever took the note away, the workers are ours to bring back
    return std::nullopt;
  }
  std::string& ours = one.deployment.annotations[cluster::kDrainAnnotation];
  if (note->second != ours && note->second != one.note.to_text())
    return " is in somebody else's drain now, and is left to that";
  ours = note->second;  // that the deletion is done may have been noted without an answer
  if (now->replicas == 0) return std::nullopt;
  if (!cluster::forget_drain(cluster_.kubectl, one.deployment)) return std::nullopt;
  return " is not at 0 any more, and is left as it is: something else has scaled it";
}

ui::Text DrainSteps::scale_one_back(DrainTarget& one, std::chrono::steady_clock::time_point deadline) {
  for (bool said = false;;) {
    try {
      if (traced(environment_, cluster_,
                 [&] { return akqueue::cluster::scale_back(cluster_.kubectl, one.deployment, one.back_to); })) {
        return ui::format_text(" scaled to {}", one.back_to);
      }
      if (const auto end = what_became_of(one, said)) return *end;
      if (environment_.clock.now() >= deadline)
        throw Error(ErrorCode::kubectl_failed,
                    "the API server refuses to scale deployment/" + one.deployment.name + " back",
                    "kubectl scale does it by hand");
    } catch (const Error& error) {
      if (!may_pass(error) || environment_.clock.now() >= deadline) throw;
      if (!said) say(ui::format_text("{}; trying again", error.what()));
      said = true;
    }
    if (!system::pause_for(environment_.clock, environment_.interrupts, kLookEvery))
      throw Error(ErrorCode::interrupted, "interrupted while scaling back");
  }
}

void DrainSteps::scale_back() {
  const system::Interrupts::Afresh afresh(environment_.interrupts);
  const system::Interrupts::Grace grace(environment_.interrupts);
  const auto deadline = environment_.clock.now() + timeout_;
  for (DrainTarget& one : drained_) {
    if (!one.down) continue;
    say(ui::format_text("deployment/{}{}", one.deployment.name, scale_one_back(one, deadline)));
    one.down = one.doubtful = false;
  }
}

bool DrainSteps::wait_until_ready() {
  const system::Interrupts::Grace grace(environment_.interrupts);
  ui::WaitingLine line(environment_.terminal, environment_.clock);
  const auto deadline = environment_.clock.now() + timeout_;
  ui::Text words = "0 workers known to be Ready";
  for (;;) {
    if (const auto inventory = try_to_look(line, deadline)) {
      int ready = 0;
      int wanted = 0;
      bool all = true;
      for (const DrainTarget& one : drained_) {
        const cluster::Deployment* now = find(*inventory, one.deployment.name);
        if (now == nullptr) continue;
        ready += now->ready;
        wanted += now->replicas;
        all = all && now->generation_seen && now->ready >= now->replicas;
      }
      words = ui::format_text("{} of {} Ready", ready, count_of(wanted, "worker", "workers"));
      if (all) {
        line.clear();
        say(words);
        return true;
      }
      line.update("waiting until the workers are Ready: " + words);
    }
    if (environment_.clock.now() >= deadline ||
        !system::pause_for(environment_.clock, environment_.interrupts, kLookEvery)) {
      line.clear();
      const ui::Text after =
          environment_.interrupts.requested() ? ui::Text() : ui::format_text(" after {}", format_age(timeout_.count()));
      say(ui::format_text("only {}{}; kubectl get pods -n {} shows why", words, after, cluster_.search.name_space));
      return false;
    }
  }
}

bool DrainSteps::any_down() const { return std::ranges::any_of(drained_, &DrainTarget::down); }

bool DrainSteps::known_down() const {
  return std::ranges::any_of(drained_, [](const DrainTarget& one) { return one.down && !one.doubtful; });
}

ui::Text DrainSteps::back_words() const {
  std::vector<ui::Text> words;
  for (const DrainTarget& one : drained_) {
    if (one.down) words.push_back(ui::format_text("{} back to {}", one.deployment.name, one.back_to));
  }
  return ui::joined(words);
}

}  // namespace akqueue::commands
