#include "cluster/take_inventory.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "akqueue/words.hpp"
#include "cluster/drain_note.hpp"
#include "cluster/releases.hpp"

namespace akqueue::cluster {
namespace {

/// What kubectl was not allowed to list, from its message: `… cannot list resource "deployments" in …`.
std::vector<std::string> refused_kinds(std::string_view errors) {
  constexpr std::string_view kWords = "cannot list resource \"";
  std::vector<std::string> kinds;
  for (std::size_t at = errors.find(kWords); at != std::string_view::npos; at = errors.find(kWords, at + 1)) {
    const std::string_view rest = errors.substr(at + kWords.size());
    kinds.emplace_back(rest.substr(0, rest.find('"')));
  }
  return kinds;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::optional<LabelSelector> selector_of(const std::string& text, std::string_view option) {
  return text.empty() ? std::nullopt : std::optional(LabelSelector::parse(text, option));
}

/// The labels of the pods that it makes.
const Labels& labels_of_pods(const Deployment& deployment) {
  return deployment.pod_labels.empty() ? deployment.match_labels : deployment.pod_labels;
}

void apply_servers(Inventory& inventory, const LabelSelector& selector) {
  for (Pod& pod : inventory.pods) pod.roles.server = selector.matches(pod.labels);
  for (Deployment& one : inventory.deployments) one.roles.server = selector.matches(labels_of_pods(one));
}

void check_deployments_exist(const Inventory& inventory, const Search& search) {
  for (const std::string& name : search.worker_deployments) {
    if (std::ranges::find(inventory.deployments, name, &Deployment::name) != inventory.deployments.end()) continue;
    if (has(inventory.refused, "deployments"))
      throw Error(ErrorCode::forbidden,
                  "--worker-deployment " + name + ": these permissions don't allow listing deployments",
                  "--worker-selector names the workers by the labels of their pods");
    throw Error(ErrorCode::not_found,
                "--worker-deployment: no deployment " + name + " in namespace " + search.name_space,
                "kubectl get deployments -n " + search.name_space +
                    " lists them; kubectl akqueue config show shows what is kept for this site");
  }
}

void apply_workers(Inventory& inventory, const Search& search) {
  check_deployments_exist(inventory, search);
  const auto selector = selector_of(search.worker_selector, "worker-selector");
  const auto chosen = [&](const Labels& labels) { return selector && selector->matches(labels); };
  for (Deployment& one : inventory.deployments) {
    const bool drained = one.annotations.contains(kDrainAnnotation);
    one.roles.worker = drained || has(search.worker_deployments, one.name) || chosen(labels_of_pods(one));
  }
  for (Pod& pod : inventory.pods) {
    const bool owned = std::ranges::any_of(inventory.deployments, [&](const Deployment& one) {
      return has(search.worker_deployments, one.name) && one.owns(pod);
    });
    pod.roles.worker = owned || chosen(pod.labels);
  }
}

/// A deployment whose template says nothing is what its pods are: an admission webhook may have written into these what
/// they run.
void learn_from_pods(Inventory& inventory) {
  for (Deployment& one : inventory.deployments) {
    if (one.roles.any()) continue;
    for (const Pod& pod : inventory.pods) {
      if (!pod.roles.any() || !one.owns(pod)) continue;
      one.roles.server = one.roles.server || pod.roles.server;
      one.roles.worker = one.roles.worker || pod.roles.worker;
      one.authentiks = one.authentiks || pod.authentiks;
    }
  }
}

/// Workers that somebody has named belong to the site whose server is entered, whatever their labels.
void adopt_named_workers(Inventory& inventory, const Search& search) {
  auto releases = releases_with_servers(inventory);
  const auto adopt = [&](auto& object) {
    if (!object.roles.worker || object.roles.server) return;
    const std::set<std::string>& there = releases[object.name_space];
    if (!search.release.empty()) object.instance = search.release;
    else if (there.size() == 1) object.instance = *there.begin();
  };
  std::ranges::for_each(inventory.pods, adopt);
  std::ranges::for_each(inventory.deployments, adopt);
}

bool has_worker(const Inventory& inventory, const std::string& name) {
  const auto is_it = [&](const auto& object) { return object.roles.worker && object.name == name; };
  return std::ranges::any_of(inventory.pods, is_it) || std::ranges::any_of(inventory.deployments, is_it);
}

/// A server or a worker where there was none; or one more worker that belongs to a release which was found.
bool is_more(const Inventory& all, const Inventory& first) {
  const Roles before = first.roles();
  const Roles now = all.roles();
  if ((now.server && !before.server) || (now.worker && !before.worker)) return true;
  const auto releases = first.releases();
  const auto is_new = [&](const auto& object) {
    return object.roles.worker && has(releases, object.instance) && !has_worker(first, object.name);
  };
  return std::ranges::any_of(all.pods, is_new) || std::ranges::any_of(all.deployments, is_new);
}

}  // namespace

void apply_search(Inventory& inventory, const Search& search) {
  const auto servers = selector_of(search.server_selector, "server-selector");
  if (servers) apply_servers(inventory, *servers);
  if (search.names_workers()) apply_workers(inventory, search);
  if (!search.by_labels()) {
    const auto another = [&](const auto& object) {
      const bool named = (servers && object.roles.server) || (search.names_workers() && object.roles.worker);
      return !named && !(object.authentiks && object.roles.any());
    };
    // The pod that was asked for stays: the error that follows says what it is.
    std::erase_if(inventory.pods, [&](const Pod& pod) { return another(pod) && pod.name != search.pod; });
    std::erase_if(inventory.deployments, another);
  }
  adopt_unlabelled(inventory);
  if (search.names_workers()) adopt_named_workers(inventory, search);
  inventory.without_labels = !search.by_labels();
}

std::vector<std::string> inventory_words(const Search& search, const char* kinds) {
  const bool deployments_needed = !search.worker_deployments.empty() && kinds == std::string_view("pods");
  std::vector<std::string> words{"get", deployments_needed ? kPodsAndDeployments : kinds};
  if (search.by_labels()) words.insert(words.end(), {"--selector", search.selector});
  words.insert(words.end(), {"--output", "json"});
  if (search.name_space.empty()) words.emplace_back("--all-namespaces");
  return words;
}

Inventory inventory_of(const system::Finished& got, const Search& search) {
  // If it may not list some kind, kubectl still prints the others and then fails.
  const auto refused = refused_kinds(got.error_text);
  const bool pods_listed = !refused.empty() && !has(refused, "pods");
  if (!got.status.ok() && (got.output.empty() || !pods_listed)) {
    throw kubectl_error(got, "list authentik's pods in " +
                                 (search.name_space.empty() ? "all namespaces" : "namespace " + search.name_space));
  }
  Inventory inventory = read_inventory(got.output);
  inventory.refused = refused;
  learn_from_pods(inventory);
  apply_search(inventory, search);
  return inventory;
}

Inventory look_wider(Kubectl& kubectl, const Search& search, const char* kinds, Inventory first) {
  Search wider = search;
  wider.without_labels = true;
  try {
    Inventory all = inventory_of(kubectl.run(inventory_words(wider, kinds)), wider);
    if (is_more(all, first)) return all;
  } catch (const Error& error) {
    // Whoever may list pods by labels may list them all; but an API server may fail at the second question.
    if (error.code() == ErrorCode::interrupted || !first.roles().any()) throw;
  }
  return first;
}

Inventory take_inventory(Kubectl& kubectl, const Search& search, const char* kinds) {
  Inventory first = inventory_of(kubectl.run(inventory_words(search, kinds)), search);
  if (!search.by_labels() || search.selector_given) return first;
  const Roles found = first.roles();
  // Whoever concludes that no worker is left must have seen them all.
  const bool all_workers = !search.name_space.empty() && (search.all_workers || first.workers_gone());
  if (found.server && found.worker && !all_workers) return first;
  return look_wider(kubectl, search, kinds, std::move(first));
}

}  // namespace akqueue::cluster
