#include "commands/drain/steps.hpp"

#include <algorithm>

#include "system/pause.hpp"
#include "ui/text.hpp"
#include "ui/waiting.hpp"

namespace akqueue {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);

const Deployment* find(const Inventory& inventory, const std::string& name) {
  const auto found = std::ranges::find(inventory.deployments, name, &Deployment::name);
  return found == inventory.deployments.end() ? nullptr : &*found;
}

std::vector<const Pod*> pods_of(const Inventory& inventory, const std::vector<DrainTarget>& drained) {
  std::vector<const Pod*> pods;
  for (const Pod& pod : inventory.pods) {
    if (std::ranges::any_of(drained, [&](const DrainTarget& one) { return one.deployment.owns(pod); }))
      pods.push_back(&pod);
  }
  return pods;
}

std::string named(const std::vector<const Pod*>& pods) {
  std::string words;
  for (const Pod* pod : pods)
    words += (words.empty() ? "" : ", ") + visible(pod->name) + " " +
             (pod->terminating ? "terminating" : visible(pod->phase));
  return words;
}

Error rival(const Deployment& deployment) {
  return Error(ErrorCode::refused,
               "deployment/" + deployment.name + " was scaled to " + std::to_string(deployment.replicas) +
                   " by something else meanwhile",
               "an autoscaler, Argo CD or Flux may own its replicas: suspend it first, or flush without draining");
}

Error still_there(const std::vector<const Pod*>& pods, const std::string& name_space, std::chrono::seconds timeout) {
  const std::string first = pods.front()->name;
  return Error(ErrorCode::condition,
               "after " + format_age(timeout.count()) + " not all worker pods are gone: " + named(pods),
               "if the pod's node is lost: kubectl delete pod " + first + " -n " + name_space +
                   " --force --grace-period=0; --timeout waits longer");
}

/// What is so once the patch that scales down has been applied.
void down_with_note(DrainTarget& one) {
  one.down = true;
  one.deployment.annotations[kDrainAnnotation] = one.note.to_text();
}

/// An API server that can't be reached or breaks off may be there again in a moment; what it refuses, it refuses for
/// good.
bool may_pass(const Error& error) {
  return error.code() == ErrorCode::kubectl_failed || error.code() == ErrorCode::no_context;
}

}  // namespace

void DrainSteps::say(const std::string& line) { invocation_.environment.terminal.err(line + "\n"); }

Inventory DrainSteps::look() {
  return traced(invocation_, cluster_.kubectl, [&] { return take_inventory(cluster_.kubectl, cluster_.search); })
      .of_release(release_);
}

std::optional<Inventory> DrainSteps::try_to_look(WaitingLine& line, std::chrono::steady_clock::time_point deadline) {
  try {
    Inventory inventory = look();
    blind_ = false;
    return inventory;
  } catch (const Error& error) {
    if (!may_pass(error) || invocation_.environment.clock.now() >= deadline) throw;
    line.clear();
    if (!blind_) say("can't look now: " + visible(error.what()) + "; looking again until it works");
    blind_ = true;
    return std::nullopt;
  }
}

void DrainSteps::scale_down() {
  for (DrainTarget& one : drained_) {
    if (one.deployment.replicas == 0) continue;
    const std::string name = "deployment/" + visible(one.deployment.name);
    const auto scale = one.down ? akqueue::scale_down_again : akqueue::scale_down;
    bool scaled = false;
    try {
      scaled = traced(invocation_, cluster_.kubectl, [&] { return scale(cluster_.kubectl, one.deployment, one.note); });
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
    say(name + " scaled to 0 (was " + std::to_string(one.deployment.replicas) + ")");
  }
}

void DrainSteps::wait_until_gone() {
  Environment& environment = invocation_.environment;
  const Interrupts::Grace grace(environment.interrupts);
  WaitingLine line(environment.terminal, environment.clock);
  const auto deadline = environment.clock.now() + timeout_;
  for (;;) {
    if (const auto inventory = try_to_look(line, deadline)) {
      for (const DrainTarget& one : drained_) {
        const Deployment* now = find(*inventory, one.deployment.name);
        if (now != nullptr && now->replicas > 0) throw rival(*now);
      }
      const auto pods = pods_of(*inventory, drained_);
      if (pods.empty()) break;
      if (environment.clock.now() >= deadline) throw still_there(pods, cluster_.search.name_space, timeout_);
      line.update("waiting until " +
                  count_of(static_cast<std::int64_t>(pods.size()), "worker pod is", "worker pods are") +
                  " gone: " + named(pods));
    }
    if (!pause_for(environment.clock, environment.interrupts, kLookEvery))
      throw Error(ErrorCode::interrupted, "interrupted while waiting for the worker pods to end");
  }
  line.clear();
  say("worker pods are gone");
}

void DrainSteps::note_deleted() {
  for (DrainTarget& one : drained_) {
    if (!one.down) continue;
    // Somebody else has gone on with this drain: the note is theirs.
    one.down = traced(invocation_, cluster_.kubectl,
                      [&] { return akqueue::note_deleted(cluster_.kubectl, one.deployment, one.note); });
    one.deployment.annotations[kDrainAnnotation] = one.note.to_text();
  }
}

std::optional<std::string> DrainSteps::what_became_of(DrainTarget& one, bool answer_lost) {
  const Inventory inventory = look();
  const Deployment* const now = find(inventory, one.deployment.name);
  if (now == nullptr) return " is gone";
  const auto note = now->annotations.find(kDrainAnnotation);
  if (note == now->annotations.end()) {
    if (answer_lost && now->replicas == one.back_to) return " scaled to " + std::to_string(one.back_to);
    if (one.doubtful) return " was not scaled down";
    if (now->replicas > 0) return " is not at 0 any more, and is left as it is: something else has scaled it";
    one.deployment.annotations.erase(
        kDrainAnnotation);  // whatever took the note away, the workers are ours to bring back
    return std::nullopt;
  }
  std::string& ours = one.deployment.annotations[kDrainAnnotation];
  if (note->second != ours && note->second != one.note.to_text())
    return " is in somebody else's drain now, and is left to that";
  ours = note->second;  // that the deletion is done may have been noted without an answer
  if (now->replicas == 0) return std::nullopt;
  if (!forget_drain(cluster_.kubectl, one.deployment)) return std::nullopt;
  return " is not at 0 any more, and is left as it is: something else has scaled it";
}

std::string DrainSteps::scale_one_back(DrainTarget& one, std::chrono::steady_clock::time_point deadline) {
  const Environment& environment = invocation_.environment;
  for (bool said = false;;) {
    try {
      if (traced(invocation_, cluster_.kubectl,
                 [&] { return akqueue::scale_back(cluster_.kubectl, one.deployment, one.back_to); })) {
        return " scaled to " + std::to_string(one.back_to);
      }
      if (const auto end = what_became_of(one, said)) return *end;
      if (environment.clock.now() >= deadline)
        throw Error(ErrorCode::kubectl_failed,
                    "the API server refuses to scale deployment/" + one.deployment.name + " back",
                    "kubectl scale does it by hand");
    } catch (const Error& error) {
      if (!may_pass(error) || environment.clock.now() >= deadline) throw;
      if (!said) say(visible(error.what()) + "; trying again");
      said = true;
    }
    if (!pause_for(environment.clock, environment.interrupts, kLookEvery))
      throw Error(ErrorCode::interrupted, "interrupted while scaling back");
  }
}

void DrainSteps::scale_back() {
  Environment& environment = invocation_.environment;
  const Interrupts::Afresh afresh(environment.interrupts);
  const Interrupts::Grace grace(environment.interrupts);
  const auto deadline = environment.clock.now() + timeout_;
  for (DrainTarget& one : drained_) {
    if (!one.down) continue;
    say("deployment/" + visible(one.deployment.name) + scale_one_back(one, deadline));
    one.down = one.doubtful = false;
  }
}

bool DrainSteps::wait_until_ready() {
  Environment& environment = invocation_.environment;
  const Interrupts::Grace grace(environment.interrupts);
  WaitingLine line(environment.terminal, environment.clock);
  const auto deadline = environment.clock.now() + timeout_;
  std::string words = "0 workers known to be Ready";
  for (;;) {
    if (const auto inventory = try_to_look(line, deadline)) {
      int ready = 0, wanted = 0;
      bool all = true;
      for (const DrainTarget& one : drained_) {
        const Deployment* now = find(*inventory, one.deployment.name);
        if (now == nullptr) continue;
        ready += now->ready;
        wanted += now->replicas;
        all = all && now->generation_seen && now->ready >= now->replicas;
      }
      words = std::to_string(ready) + " of " + count_of(wanted, "worker", "workers") + " Ready";
      if (all) {
        line.clear();
        say(words);
        return true;
      }
      line.update("waiting until the workers are Ready: " + words);
    }
    if (environment.clock.now() >= deadline || !pause_for(environment.clock, environment.interrupts, kLookEvery)) {
      line.clear();
      say("only " + words + (environment.interrupts.requested() ? "" : " after " + format_age(timeout_.count())) +
          "; kubectl get pods -n " + cluster_.search.name_space + " shows why");
      return false;
    }
  }
}

bool DrainSteps::any_down() const { return std::ranges::any_of(drained_, &DrainTarget::down); }

bool DrainSteps::known_down() const {
  return std::ranges::any_of(drained_, [](const DrainTarget& one) { return one.down && !one.doubtful; });
}

std::string DrainSteps::back_words() const {
  std::string words;
  for (const DrainTarget& one : drained_) {
    if (one.down)
      words += (words.empty() ? "" : ", ") + visible(one.deployment.name) + " back to " + std::to_string(one.back_to);
  }
  return words;
}

}  // namespace akqueue
