// Asks kubectl what there is of authentik, however it is labelled.
#pragma once

#include "cluster/inventory.hpp"

namespace akqueue::cluster {

/// One `kubectl get KINDS` in the namespace that `kubectl` has as a flag, or in all of them: by labels, or of
/// everything where a look by labels did not do (Search::by_labels). Where the usual labels, which nobody has asked
/// for, don't find a server and a worker, a second one asks without labels, and what is authentik's beyond doubt is
/// taken if it is more; in one namespace also with Search::all_workers, and where all workers that labels find are
/// gone. Kinds other than pods may be refused: the result names them. Throws the Errors of kubectl,
/// and (not_found) for a deployment of --worker-deployment that does not exist.
Inventory take_inventory(Kubectl& kubectl, const Search& search, const char* kinds = kPodsAndDeployments);

/// The second of these two alone: what there is in one namespace without labels, if that is more than `first`, which
/// labels have found there; else `first`. Throws Error (interrupted), and where `first` is nothing that is authentik's
/// the Errors of kubectl.
Inventory look_wider(Kubectl& kubectl, const Search& search, const char* kinds, Inventory first);

/// The first of these two alone, for a look that is repeated, in two halves: the words for kubectl, and what it then
/// said. Throws the same.
std::vector<std::string> inventory_words(const Search& search, const char* kinds = kPodsAndDeployments);
Inventory inventory_of(const system::Finished& got, const Search& search);

/// What somebody has said about which pods and deployments are what, in place of what was recognised; and of objects
/// that no labels were asked of only those that are authentik's. Throws Error (usage) for what is not a selector,
/// (not_found) as take_inventory().
void apply_search(Inventory& inventory, const Search& search);

}  // namespace akqueue::cluster
