#include "cluster/inventory.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <set>

#include "cluster/releases.hpp"

namespace akqueue::cluster {
namespace {

template <class Object>
std::vector<Object> only(const std::vector<Object>& all, const std::string& instance) {
  std::vector<Object> some;
  std::ranges::copy_if(all, std::back_inserter(some), [&](const Object& one) { return one.instance == instance; });
  return some;
}

}  // namespace

const Container* Pod::container_of(Role role) const {
  const auto found = std::ranges::find(containers, role, &Container::role);
  return found == containers.end() ? nullptr : &*found;
}

std::string Pod::condition() const {
  std::string words = phase.empty() ? "in an unknown state" : phase;
  if (terminating) words = "Terminating";
  words += ready ? ", ready" : ", not ready";
  return trouble.empty() ? words : words + " (" + trouble + ")";
}

bool Deployment::owns(const Pod& pod) const {
  if (match_labels.empty() || pod.name_space != name_space) return false;
  return std::ranges::all_of(match_labels, [&](const auto& one) {
    const auto found = pod.labels.find(one.first);
    return found != pod.labels.end() && found->second == one.second;
  });
}

Roles Inventory::roles() const {
  Roles all;
  const auto add = [&](const auto& object) {
    all.server = all.server || object.roles.server;
    all.worker = all.worker || object.roles.worker;
  };
  std::ranges::for_each(pods, add);
  std::ranges::for_each(deployments, add);
  return all;
}

std::vector<std::string> Inventory::releases() const {
  std::set<std::string> names;
  for (const SiteName& site : sites()) names.insert(site.release);
  return {names.begin(), names.end()};
}

Inventory Inventory::of_release(const std::string& name) const {
  // No label of an autoscaler can be relied on: it belongs to what it scales.
  return {only(pods, name), only(deployments, name), autoscalers, refused, without_labels};
}

std::vector<SiteName> Inventory::sites() const {
  std::set<SiteName> names;
  const auto add = [&](const auto& object) {
    if (object.roles.any()) names.insert({object.name_space, object.instance});
  };
  std::ranges::for_each(pods, add);
  std::ranges::for_each(deployments, add);
  return {names.begin(), names.end()};
}

Inventory Inventory::of_namespace(const std::string& name) const {
  const auto there = [&](const auto& object) { return object.name_space == name; };
  Inventory found{{}, {}, {}, refused, without_labels};
  std::ranges::copy_if(pods, std::back_inserter(found.pods), there);
  std::ranges::copy_if(deployments, std::back_inserter(found.deployments), there);
  std::ranges::copy_if(autoscalers, std::back_inserter(found.autoscalers), there);
  return found;
}

Inventory Inventory::of_site(const SiteName& site) const {
  return of_namespace(site.name_space).of_release(site.release);
}

std::vector<const Deployment*> Inventory::workers() const {
  std::vector<const Deployment*> some;
  for (const Deployment& deployment : deployments) {
    if (deployment.roles.worker) some.push_back(&deployment);
  }
  return some;
}

bool Inventory::workers_gone() const {
  const auto deployments_of_workers = workers();
  return refused.empty() && !deployments_of_workers.empty() &&
         std::ranges::all_of(deployments_of_workers, [](const Deployment* one) { return one->replicas == 0; }) &&
         std::ranges::none_of(pods, [](const Pod& pod) { return pod.roles.worker; });
}

void adopt_unlabelled(Inventory& inventory) {
  const auto releases = releases_with_servers(inventory);
  const auto adopt = [&](auto& object) {
    const auto found = releases.find(object.name_space);
    if (object.instance.empty() && found != releases.end() && found->second.size() == 1)
      object.instance = *found->second.begin();
  };
  std::ranges::for_each(inventory.pods, adopt);
  std::ranges::for_each(inventory.deployments, adopt);
}

const Autoscaler* Inventory::autoscaler_of(const Deployment& deployment) const {
  const auto found = std::ranges::find_if(autoscalers, [&](const Autoscaler& scaler) {
    return scaler.kind == "Deployment" && scaler.target == deployment.name &&
           scaler.name_space == deployment.name_space;
  });
  return found == autoscalers.end() ? nullptr : &*found;
}

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  struct Suffix {
    std::string_view word;
    double factor;
  };
  static constexpr Suffix kSuffixes[] = {
      {"", 1},     {"m", 1e-3},    {"k", 1e3},        {"M", 1e6},           {"G", 1e9},
      {"T", 1e12}, {"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0}};
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789."));
  const std::string_view rest = text.substr(digits.size());
  if (digits.empty() || digits.front() == '.') return std::nullopt;
  const double value = std::strtod(std::string(digits).c_str(), nullptr);
  const auto* suffix = std::ranges::find(kSuffixes, rest, &Suffix::word);
  constexpr double kMost = 9e18;
  if (suffix == std::end(kSuffixes) || value * suffix->factor > kMost) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(value * suffix->factor));
}

}  // namespace akqueue::cluster
