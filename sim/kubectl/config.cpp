// `kubectl config view|current-context|get-contexts` and `kubectl version`. The kubeconfig is the scenario's contexts.
#include <algorithm>
#include <set>

#include "akqueue/json.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/tables.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kKubernetes = "v1.32.2";

Json named_context(const Context& context) {
  Json inner{{"cluster", context.cluster}, {"user", context.user}};
  if (!context.name_space.empty()) inner["namespace"] = context.name_space;
  return {{"name", context.name}, {"context", inner}};
}

Json kubeconfig(const std::vector<Context>& contexts, const std::string& current) {
  Json config{{"kind", "Config"},          {"apiVersion", "v1"},     {"preferences", Json::object()},
              {"clusters", Json::array()}, {"users", Json::array()}, {"contexts", Json::array()}};
  std::set<std::string> clusters;
  std::set<std::string> users;
  for (const Context& context : contexts) {
    if (clusters.insert(context.cluster).second) {
      config["clusters"].push_back(
          {{"name", context.cluster}, {"cluster", {{"server", "https://akqueue-sim.invalid:6443"}}}});
    }
    if (users.insert(context.user).second)
      config["users"].push_back({{"name", context.user}, {"user", Json::object()}});
    config["contexts"].push_back(named_context(context));
  }
  config["current-context"] = current;
  return config;
}

Json build_of(std::string_view version) {
  return {
      {"major", "1"}, {"minor", "32"}, {"gitVersion", version}, {"gitTreeState", "clean"}, {"platform", "linux/amd64"}};
}

}  // namespace

const std::vector<Flag>& config_flags() {
  static const std::vector<Flag> flags{
      {"minify", 0, false}, {"raw", 0, false}, {"flatten", 0, false}, {"output", 'o'}, {"no-headers", 0, false}};
  return flags;
}

int run_config_view(World& world, const Arguments& arguments, const Streams& streams) {
  auto contexts = contexts_of(world);
  const std::string current = arguments.value("context", world.fact("current_context"));
  if (arguments.set("minify")) {
    const auto found = std::ranges::find(contexts, current, &Context::name);
    if (current.empty()) throw Failure("error: current-context must exist in order to minify");
    if (found == contexts.end()) throw Failure("error: cannot locate context " + current);
    contexts = {Context(*found)};
  }
  const std::string format = arguments.value("output", "yaml");
  if (format != "json")
    throw Failure("error: the simulator's kubectl prints the configuration only as json, not as " + format);
  streams.out << kubeconfig(contexts, current).dump(4) << '\n';
  return 0;
}

int run_config_current_context(World& world, const Arguments&, const Streams& streams) {
  const std::string current = world.fact("current_context");
  if (current.empty()) throw Failure("error: current-context is not set");
  streams.out << current << '\n';
  return 0;
}

int run_config_get_contexts(World& world, const Arguments& arguments, const Streams& streams) {
  const std::string current = world.fact("current_context");
  std::vector<std::vector<std::string>> rows;
  const bool names = arguments.value("output") == "name";
  if (!names && !arguments.set("no-headers")) rows.push_back({"CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"});
  for (const Context& one : contexts_of(world)) {
    if (!arguments.words.empty() && std::ranges::find(arguments.words, one.name) == arguments.words.end()) continue;
    if (names) rows.push_back({one.name});
    else rows.push_back({one.name == current ? "*" : "", one.name, one.cluster, one.user, one.name_space});
  }
  print_table(streams.out, rows);
  const auto contexts = contexts_of(world);
  for (const std::string& word : arguments.words) {
    if (std::ranges::find(contexts, word, &Context::name) == contexts.end())
      throw Failure("error: context " + word + " not found");
  }
  return 0;
}

const std::vector<Flag>& version_flags() {
  static const std::vector<Flag> flags{{"client", 0, false}, {"output", 'o'}};
  return flags;
}

int run_version(World& world, const Arguments& arguments, const Streams& streams) {
  const std::string format = arguments.value("output");
  if (!format.empty() && format != "json" && format != "yaml")
    throw Failure("error: --output must be 'yaml' or 'json'");
  if (format == "yaml") throw Failure("error: the simulator's kubectl prints its version only as json or text");
  const bool client_only = arguments.set("client");
  if (!client_only) Client(world, arguments);
  if (format == "json") {
    Json versions{{"clientVersion", build_of(kKubernetes)}, {"kustomizeVersion", "v5.5.0"}};
    if (!client_only) versions["serverVersion"] = build_of(kKubernetes);
    streams.out << versions.dump(2) << '\n';
    return 0;
  }
  streams.out << "Client Version: " << kKubernetes << "\nKustomize Version: v5.5.0\n";
  if (!client_only) streams.out << "Server Version: " << kKubernetes << '\n';
  return 0;
}

}  // namespace akqueue::sim
