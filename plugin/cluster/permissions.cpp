#include "cluster/permissions.hpp"

#include <array>

namespace akqueue {
namespace {

constexpr std::array kAll{
    Permission{"", "pods", "get,list", "finds the server pod, and tells of workers"},
    Permission{"", "pods/exec", "create", "runs the agent in it: whoever may do this can do what authentik can"},
    Permission{"apps", "deployments", "list", "tells that the servers are scaled to 0", true},
};

}  // namespace

std::span<const Permission> permissions() { return kAll; }

}  // namespace akqueue
