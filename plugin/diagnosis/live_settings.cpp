#include "diagnosis/live_settings.hpp"

#include <algorithm>

namespace akqueue {
namespace {

/// More processes or threads than anybody has; their product still fits.
constexpr std::int64_t kMostAtOnce = 1'000'000;

std::string source_of(const ConfigValue& told, const WorkerSetting& known) {
  if (told.source != "configuration") return told.source;
  return told.value == known.fallback ? "default" : "configuration";
}

/// What stands in a deployment's own environment; nothing where nothing does. Of a reference only where it leads to is
/// told.
std::optional<LiveSetting> own_setting(const Deployment& deployment, const WorkerSetting& known) {
  for (const std::string& variable : variables_of(known)) {
    const std::string where = variable + " of deployment/" + deployment.name;
    if (const auto set = deployment.environment.find(variable); set != deployment.environment.end()) {
      const bool refers = set->second.starts_with("file://") || set->second.starts_with("env://");
      return refers
                 ? LiveSetting{&known, "", "", "elsewhere", set->second.substr(0, set->second.find('?')) + ", " + where}
                 : LiveSetting{&known, "", set->second, "environment", where};
    }
    if (const auto set = deployment.environment_elsewhere.find(variable); set != deployment.environment_elsewhere.end())
      return LiveSetting{&known, "", "", "elsewhere", set->second + ", " + where};
  }
  return std::nullopt;
}

/// Whether a server has it in its own deployment, which workers do not share.
bool is_the_servers_own(const Inventory& inventory, const WorkerSetting& known) {
  return std::ranges::any_of(inventory.deployments, [&](const Deployment& one) {
    return one.component == kServer && own_setting(one, known).has_value();
  });
}

/// Sources of environment that `deployment` has and none of `others`.
std::vector<std::string> only_of(const Deployment& deployment, const std::vector<const Deployment*>& others) {
  std::vector<std::string> own;
  for (const std::string& source : deployment.environment_from) {
    const bool shared = std::ranges::any_of(
        others, [&](const Deployment* other) { return std::ranges::count(other->environment_from, source) > 0; });
    if (!shared) own.push_back(source);
  }
  return own;
}

std::vector<const Deployment*> servers_of(const Inventory& inventory) {
  std::vector<const Deployment*> servers;
  for (const Deployment& one : inventory.deployments) {
    if (one.component == kServer) servers.push_back(&one);
  }
  return servers;
}

/// Where somebody's environment comes from that the other has not: what stands in it the other can't tell. Empty for
/// none.
std::string unshared_environment(const Inventory& inventory, bool of_environment) {
  const auto workers = inventory.workers();
  const auto servers = servers_of(inventory);
  if (workers.empty() || servers.empty()) return {};
  for (const Deployment* worker : workers) {
    const auto own = only_of(*worker, servers);
    if (!own.empty()) return "perhaps " + own.front() + ", which only deployment/" + worker->name + " has";
  }
  for (const Deployment* server : servers) {
    const auto own = only_of(*server, workers);
    if (of_environment && !own.empty())
      return "perhaps " + own.front() + ", which only deployment/" + server->name + " has";
  }
  return {};
}

}  // namespace

std::vector<LiveSetting> read_settings(Session& session, const Inventory& release) {
  std::vector<std::string> names;
  for (const WorkerSetting& known : kWorkerSettings) names.emplace_back(known.name);
  const std::vector<ConfigValue> told = session.config(names);
  const auto workers = release.workers();
  std::vector<LiveSetting> settings;
  for (std::size_t i = 0; i < kWorkerSettings.size(); ++i) {
    const WorkerSetting& known = kWorkerSettings[i];
    std::size_t own = 0;
    for (const Deployment* deployment : workers) {
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
      settings.push_back({&known, "", "", "elsewhere", "set for the server alone"});
    else if (!unshared.empty()) settings.push_back({&known, "", "", "elsewhere", unshared});
    else settings.push_back({&known, "", told[i].value, source, told[i].from});
  }
  return settings;
}

std::optional<std::int64_t> number_of(const std::vector<LiveSetting>& settings, std::string_view name,
                                      const std::string& deployment) {
  const LiveSetting* found = nullptr;
  for (const LiveSetting& one : settings) {
    if (one.known->name == name && (one.deployment == deployment || (one.deployment.empty() && found == nullptr)))
      found = &one;
  }
  return found == nullptr ? std::nullopt : parse_whole(found->value, kMostAtOnce);
}

}  // namespace akqueue
