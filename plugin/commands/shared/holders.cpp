#include "commands/shared/holders.hpp"

#include "akqueue/words.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/measure/heartbeats.hpp"

namespace akqueue::commands {
namespace {

std::vector<const cluster::Pod*> workers_known_as(const Site& site, const std::string& holder) {
  std::vector<const cluster::Pod*> pods;
  for (const cluster::Pod& pod : site.inventory.pods) {
    if (pod.roles.worker && (pod.name == holder || pod.ip == holder)) pods.push_back(&pod);
  }
  return pods;
}

bool looks_like_address(const std::string& text) {
  return text.find_first_of(".:") != std::string::npos &&
         text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos;
}

[[noreturn]] void refuse_unknown(const Site& site, const std::string& name) {
  std::vector<std::string> known;
  for (const cluster::Pod& pod : site.inventory.pods) {
    if (pod.roles.worker) known.push_back(pod.name);
  }
  const auto near = nearest(name, known);
  throw Error(ErrorCode::usage, "no worker '" + name + "' in namespace " + site.name_space,
              near            ? "did you mean " + *near + "?"
              : known.empty() ? "no worker's pod is there"
                              : queue::what_there_is(known));
}

}  // namespace

std::string holder_name(const Site& site, const std::string& holder) {
  if (site.facts.pooled || holder.empty()) return {};
  const auto pods = workers_known_as(site, holder);
  return pods.size() == 1 ? pods.front()->name : holder;
}

session::Database knowing_workers(const Site& site, Timestamp now) {
  return queue::with_workers(site.database(), queue::read_heartbeats(site.database(), now));
}

void check_holders(const Site& site, queue::TaskChoice& choice) {
  const std::string option = choice.held ? "--held" : choice.orphaned ? "--orphaned" : "--holder";
  if (!choice.held && !choice.orphaned && choice.holders.empty()) return;
  if (site.facts.standby)
    throw Error(ErrorCode::unsupported,
                option + " can't be told here: the database is a standby, where workers' locks can't be seen",
                "choose by state: --state running,consumed,preprocess,postprocess");
  if (!choice.holders.empty() && site.facts.pooled)
    throw Error(ErrorCode::unsupported,
                "--holder can't be told here: a connection pooler stands between, and its connections hold the locks",
                "--held chooses what any live worker holds");
  for (queue::HolderName& holder : choice.holders) {
    const auto pods = workers_known_as(site, holder.name);
    if (pods.empty() && !looks_like_address(holder.name)) refuse_unknown(site, holder.name);
    for (const cluster::Pod* const pod : pods) {
      if (!pod->ip.empty()) holder.known_as.push_back(pod->ip);
    }
  }
}

}  // namespace akqueue::commands
