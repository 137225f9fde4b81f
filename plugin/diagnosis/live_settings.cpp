#include "diagnosis/live_settings.hpp"

#include <algorithm>

namespace akqueue::diagnosis {
namespace {

/// More processes or threads than anybody has; the product of two still fits.
constexpr std::int64_t kMostAtOnce = 1'000'000;

std::string source_of(const session::ConfigValue& told, const WorkerSetting& known) {
  if (told.source != "configuration") return told.source;
  return told.value == known.fallback ? "default" : "configuration";
}

/// The setting in a deployment's own environment; nothing if it is not there. For a reference, only what it refers to.
std::optional<queue::LiveSetting> own_setting(const cluster::Deployment& deployment, const WorkerSetting& known) {
  for (const std::string& variable : variables_of(known)) {
    const std::string where = variable + " of deployment/" + deployment.name;
    if (const auto set = deployment.environment.find(variable); set != deployment.environment.end()) {
      const bool refers = set->second.starts_with("file://") || set->second.starts_with("env://");
      return refers ? queue::LiveSetting{&known, "", "", "elsewhere",
                                         set->second.substr(0, set->second.find('?')) + ", " + where}
                    : queue::LiveSetting{&known, "", set->second, "environment", where};
    }
    if (const auto set = deployment.environment_elsewhere.find(variable); set != deployment.environment_elsewhere.end())
      return queue::LiveSetting{&known, "", "", "elsewhere", set->second + ", " + where};
  }
  return std::nullopt;
}

/// Whether a server has it in its own deployment's environment, which workers do not share.
bool is_the_servers_own(const cluster::Inventory& inventory, const WorkerSetting& known) {
  return std::ranges::any_of(inventory.deployments, [&](const cluster::Deployment& one) {
    return one.roles.server && own_setting(one, known).has_value();
  });
}

/// Sources of environment that `deployment` has and none of `others`.
std::vector<std::string> only_of(const cluster::Deployment& deployment,
                                 const std::vector<const cluster::Deployment*>& others) {
  std::vector<std::string> own;
  for (const std::string& source : deployment.environment_from) {
    const bool shared = std::ranges::any_of(others, [&](const cluster::Deployment* other) {
      return std::ranges::count(other->environment_from, source) > 0;
    });
    if (!shared) own.push_back(source);
  }
  return own;
}

std::vector<const cluster::Deployment*> servers_of(const cluster::Inventory& inventory) {
  std::vector<const cluster::Deployment*> servers;
  for (const cluster::Deployment& one : inventory.deployments) {
    if (one.roles.server) servers.push_back(&one);
  }
  return servers;
}

/// A source of environment that only the server or only a worker has, so that its content is not known for the other.
/// Empty if there is none.
std::string unshared_environment(const cluster::Inventory& inventory, bool of_environment) {
  const auto workers = inventory.workers();
  const auto servers = servers_of(inventory);
  if (workers.empty() || servers.empty()) return {};
  for (const cluster::Deployment* worker : workers) {
    const auto own = only_of(*worker, servers);
    if (!own.empty()) return "perhaps " + own.front() + ", which only deployment/" + worker->name + " has";
  }
  for (const cluster::Deployment* server : servers) {
    const auto own = only_of(*server, workers);
    if (of_environment && !own.empty())
      return "perhaps " + own.front() + ", which only deployment/" + server->name + " has";
  }
  return {};
}

}  // namespace

std::vector<queue::LiveSetting> read_settings(session::Session& session, const cluster::Inventory& release) {
  std::vector<std::string> names;
  for (const WorkerSetting& known : kWorkerSettings) names.emplace_back(known.name);
  const std::vector<session::ConfigValue> told = session.config(names);
  const auto workers = release.workers();
  std::vector<queue::LiveSetting> settings;
  for (std::size_t i = 0; i < kWorkerSettings.size(); ++i) {
    const WorkerSetting& known = kWorkerSettings[i];
    std::size_t own = 0;
    for (const cluster::Deployment* deployment : workers) {
      auto set = own_setting(*deployment, known);
      if (!set) continue;
      ++own;
      if (workers.size() > 1) set->deployment = deployment->name;
      settings.push_back(*set);
    }
    if (own == workers.size() && own > 0) continue;
    const std::string source = source_of(told[i], known);
    const std::string unshared = unshared_environment(release, source == "environment" || source == "file");
    if (is_the_servers_own(release, known))
      settings.push_back({&known, "", "", "elsewhere", "set only for the server"});
    else if (!unshared.empty()) settings.push_back({&known, "", "", "elsewhere", unshared});
    else settings.push_back({&known, "", told[i].value, source, told[i].from});
  }
  return settings;
}

std::optional<std::int64_t> number_of(const std::vector<queue::LiveSetting>& settings, std::string_view name,
                                      const std::string& deployment) {
  const queue::LiveSetting* found = nullptr;
  for (const queue::LiveSetting& one : settings) {
    if (one.known->name == name && (one.deployment == deployment || (one.deployment.empty() && found == nullptr)))
      found = &one;
  }
  return found == nullptr ? std::nullopt : queue::parse_whole(found->value, kMostAtOnce);
}

}  // namespace akqueue::diagnosis
