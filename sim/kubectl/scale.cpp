// `kubectl scale deployment NAME --replicas=N [--current-replicas=M]`.
#include <charconv>
#include <ostream>

#include "kubectl/commands.hpp"
#include "kubectl/named.hpp"

namespace akqueue::sim {
namespace {

std::int64_t count_of(const Arguments& arguments, const char* flag) {
  const std::string text = arguments.value(flag);
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw Failure("error: invalid argument \"" + text + "\" for \"--" + flag + "\" flag: strconv.ParseInt: parsing \"" +
                  text + "\": invalid syntax\nSee 'kubectl scale --help' for usage.");
  }
  return count;
}

}  // namespace

const std::vector<Flag>& scale_flags() {
  static const std::vector<Flag> flags{{"replicas"}, {"current-replicas"}, {"timeout"}, {"output", 'o'}};
  return flags;
}

int run_scale(World& world, const Arguments& arguments, const Streams& streams) {
  Client client(world, arguments);
  if (!arguments.has("replicas")) throw Failure("error: required flag(s) \"replicas\" not set");
  const std::int64_t replicas = count_of(arguments, "replicas");
  if (replicas < 0)
    throw Failure("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  const NamedObjects objects = named_objects(arguments.words);
  if (objects.named.empty()) throw Failure("error: no objects passed to scale");
  for (const Named& one : objects.named) {
    if (one.resource->kind != "Deployment" && one.resource->kind != "ReplicaSet")
      throw Failure("Error from server (NotFound): the server could not find the requested resource");
    client.require("patch", *one.resource, "scale", one.name);
    change(client, one, [&](const ClusterObject& before) {
      ClusterObject after = before;
      const std::int64_t current = before.at("spec").at("replicas");
      if (arguments.has("current-replicas") && current != count_of(arguments, "current-replicas")) {
        throw Failure("error: Expected replicas to be " + arguments.value("current-replicas") + ", was " +
                      std::to_string(current));
      }
      after["spec"]["replicas"] = replicas;
      return after;
    });
    streams.out << one.words() << " scaled\n";
  }
  return 0;
}

}  // namespace akqueue::sim
