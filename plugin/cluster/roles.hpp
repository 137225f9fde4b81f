// What each container of a pod does: whether it is authentik's server or its worker. Charts and hand-made manifests
// name and label them as they like, but what a container runs is always one of the two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::cluster {

enum class Role { none, server, worker };

/// What a pod or a deployment does; one may do both.
struct Roles {
  bool server = false;
  bool worker = false;

  bool any() const { return server || worker; }
  bool operator==(const Roles&) const = default;
};

/// `worker` and `worker-high-priority`, `server` and `server-blue`, also with `authentik-` or `ak-` before it; none for
/// all else.
Role role_named(std::string_view name);

/// Of the containers of a pod, in their order: from what each runs (`ak worker`, args `server`), else from its name. If
/// neither says anything of any of them, the pod's `component` label does, of the first. Only authentik's own
/// containers count where some can be recognised as such: a sidecar called server is none.
std::vector<Role> roles_of_containers(const ForeignJson& containers, std::string_view component);

/// Whether a pod is authentik's beyond doubt although no label that is looked for says so: a container has its image,
/// runs `ak` or has its settings; or it runs `server` or `worker` and `called`, the pod's name and labels, says
/// authentik.
bool is_authentiks(const ForeignJson& containers, std::string_view called);

}  // namespace akqueue::cluster
