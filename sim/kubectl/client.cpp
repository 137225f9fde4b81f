#include "kubectl/client.hpp"

#include <algorithm>
#include <filesystem>

#include "akqueue/duration.hpp"
#include "akqueue/error.hpp"

namespace akqueue::sim {
namespace {

constexpr Resource kResources[] = {
    {"pods", "pod", "po", "", "Pod"},
    {"deployments", "deployment", "deploy", "apps", "Deployment"},
    {"replicasets", "replicaset", "rs", "apps", "ReplicaSet"},
    {"horizontalpodautoscalers", "horizontalpodautoscaler", "hpa", "autoscaling", "HorizontalPodAutoscaler"},
    {"scaledobjects", "scaledobject", "so", "keda.sh", "ScaledObject"},
    {"events", "event", "ev", "", "Event"},
    {"namespaces", "namespace", "ns", "", "Namespace", false},
};

bool matches(std::string_view pattern, std::string_view word) { return pattern == "*" || pattern == word; }

/// The flags --cluster and --user name entries of the kubeconfig, which here are those that a context uses.
template <class Field>
void require_entry(const std::vector<Context>& contexts, const Arguments& arguments, std::string_view flag, Field field,
                   const std::string& text) {
  if (!arguments.has(flag)) return;
  const std::string name = arguments.value(flag);
  if (std::ranges::find(contexts, name, field) == contexts.end()) throw Failure("error: " + text);
}

/// 0 and a bare number of seconds are taken as well; days and weeks are not.
void check_request_timeout(const Arguments& arguments) {
  std::string given = arguments.value("request-timeout", "0");
  if (given.find_first_not_of("0123456789") == std::string::npos) given += "s";
  try {
    if (given.find_first_of("dw=") == std::string::npos) return static_cast<void>(parse_span(given));
  } catch (const Error&) {
    // Said as kubectl says it.
  }
  throw Failure(
      "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
      "corresponding time unit (e.g. 1s | 2m | 3h)");
}

}  // namespace

std::string Resource::full_name() const {
  return std::string(plural) + (group.empty() ? "" : "." + std::string(group));
}

const Resource* find_resource(std::string_view name) {
  const auto* const found = std::ranges::find_if(kResources, [&](const Resource& one) {
    return name == one.plural || name == one.singular || name == one.short_name || name == one.full_name() ||
           name == std::string(one.singular) + "." + std::string(one.group);
  });
  return found == std::end(kResources) ? nullptr : found;
}

std::vector<Context> contexts_of(World& world) {
  std::vector<Context> contexts;
  for (const auto& one : world.json_fact("contexts")) {
    contexts.push_back({one.at("name"), one.at("cluster"), one.at("user"), one.at("namespace")});
  }
  return contexts;
}

Client::Client(World& world, const Arguments& arguments) : world_(world) {
  check_request_timeout(arguments);
  std::error_code failure;
  if (const std::string file = arguments.value("kubeconfig");
      !file.empty() && !std::filesystem::exists(file, failure)) {
    throw Failure("error: stat " + file + ": no such file or directory");
  }
  const auto contexts = contexts_of(world);
  const std::string wanted = arguments.value("context", world.fact("current_context"));
  const auto found = std::ranges::find(contexts, wanted, &Context::name);
  if (found == contexts.end()) throw Failure("error: context \"" + wanted + "\" does not exist");
  require_entry(contexts, arguments, "cluster", &Context::cluster,
                "no server found for cluster \"" + arguments.value("cluster") + "\"");
  require_entry(contexts, arguments, "user", &Context::user,
                "auth info \"" + arguments.value("user") + "\" does not exist");
  context_ = *found;
  context_.cluster = arguments.value("cluster", context_.cluster);
  context_.user = arguments.value("user", context_.user);
  const bool all = arguments.set("all-namespaces");
  name_space_ = all ? "" : arguments.value("namespace", context_.name_space.empty() ? "default" : context_.name_space);
  user_ = arguments.value("as", context_.user);
  const auto users = world.json_fact("users");
  if (const auto rights = users.find(user_); rights != users.end()) rights_ = rights->get<std::vector<std::string>>();
}

bool Client::may(std::string_view verb, std::string_view resource) const {
  return std::ranges::any_of(rights_, [&](const std::string& rule) {
    const auto space = rule.find(' ');
    return matches(std::string_view(rule).substr(0, space), verb) &&
           matches(std::string_view(rule).substr(space + 1), resource);
  });
}

void Client::require(std::string_view verb, const Resource& resource, std::string_view subresource,
                     std::string_view name) const {
  const std::string whole = std::string(resource.plural) + (subresource.empty() ? "" : "/" + std::string(subresource));
  if (may(verb, whole)) return;
  const std::string object = resource.full_name() + (name.empty() ? "" : " \"" + std::string(name) + "\"");
  const bool everywhere = name_space_.empty() || !resource.namespaced;
  throw Failure("Error from server (Forbidden): " + object + " is forbidden: User \"" + user_ + "\" cannot " +
                std::string(verb) + " resource \"" + whole + "\" in API group \"" + std::string(resource.group) +
                "\" " + (everywhere ? "at the cluster scope" : "in the namespace \"" + name_space_ + "\""));
}

ClusterObject Client::object(const Resource& resource, const std::string& name) {
  if (auto found = world_.store().find(resource.kind, resource.namespaced ? name_space_ : "", name))
    return std::move(*found);
  throw Failure("Error from server (NotFound): " + resource.full_name() + " \"" + name + "\" not found");
}

}  // namespace akqueue::sim
