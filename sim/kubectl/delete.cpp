// `kubectl delete pod NAME…|-l SELECTOR [--force --grace-period=0] [--wait=false]`.
#include <ostream>

#include "cluster/pods.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/named.hpp"
#include "kubectl/selector.hpp"
#include "kubectl/wait.hpp"
#include "simulation/catch_up.hpp"

namespace akqueue::sim {
namespace {

std::vector<Named> wanted(Client& client, const Arguments& arguments) {
  NamedObjects objects = named_objects(arguments.words);
  if (objects.resource->kind != "Pod")
    throw Failure("error: the simulator's kubectl deletes only pods, not " + std::string(objects.resource->plural));
  if (!objects.named.empty()) return objects.named;
  if (!arguments.has("selector") && !arguments.set("all"))
    throw Failure("error: resource(s) were provided, but no name was specified");
  client.require("list", *objects.resource, "", "");
  const Selector selector(arguments.value("selector"));
  for (const ClusterObject& object : client.world().objects("Pod", client.name_space())) {
    if (selector.matches(object.at("metadata").value("labels", ClusterObject::object())))
      objects.named.push_back({objects.resource, name_of(object)});
  }
  return objects.named;
}

}  // namespace

const std::vector<Flag>& delete_flags() {
  static const std::vector<Flag> flags{{"selector", 'l'}, {"all", 0, false},  {"force", 0, false}, {"now", 0, false},
                                       {"grace-period"},  {"wait", 0, false}, {"timeout"}};
  return flags;
}

int run_delete(World& world, const Arguments& arguments, const Streams& streams) {
  Client client(world, arguments);
  const bool forced = arguments.set("force") && arguments.value("grace-period", "0") == "0";
  if (arguments.value("grace-period") == "0" && !forced)
    throw Failure("error: --grace-period=0 and --force must be used together");
  const std::vector<Named> pods = wanted(client, arguments);
  if (pods.empty()) streams.err << "No resources found\n";
  if (forced) {
    streams.err
        << "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. "
           "The resource may continue to run on the cluster indefinitely.\n";
  }
  for (const Named& one : pods) {
    client.require("delete", *one.resource, "", one.name);
    Database& database = world.database();
    database.run("BEGIN IMMEDIATE");
    try {
      delete_pod(world, client.object(*one.resource, one.name), forced);
      database.run("COMMIT");
    } catch (...) {
      if (database.in_transaction()) database.run("ROLLBACK");
      throw;
    }
    streams.out << "pod \"" << one.name << "\" " << (forced ? "force deleted" : "deleted") << '\n' << std::flush;
  }
  if (arguments.has("wait") && !arguments.set("wait")) return 0;
  for (const Named& one : pods) {
    wait_until(world, [&] { return !world.store().find("Pod", client.name_space(), one.name); }, std::nullopt);
  }
  return 0;
}

}  // namespace akqueue::sim
