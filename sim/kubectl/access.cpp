// `kubectl auth can-i VERB TYPE[/NAME]`.
#include "kubectl/commands.hpp"

namespace akqueue::sim {

const std::vector<Flag>& can_i_flags() {
  static const std::vector<Flag> flags{
      {"subresource"}, {"quiet", 'q', false}, {"all-namespaces", 'A', false}, {"list", 0, false}};
  return flags;
}

int run_can_i(World& world, const Arguments& arguments, const Streams& streams) {
  if (arguments.words.size() != 2) {
    throw Failure(
        "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
        "See 'kubectl auth can-i -h' for help and examples.");
  }
  const Client client(world, arguments);
  const std::string& verb = arguments.words[0];
  const std::string& given = arguments.words[1];
  const auto slash = given.find('/');
  const std::string type = given.substr(0, slash);
  const Resource* resource = find_resource(type);
  if (resource == nullptr && type != "*")
    streams.err << "Warning: the server doesn't have a resource type '" << type << "'\n\n";
  std::string whole = resource == nullptr ? type : std::string(resource->plural);
  // For kubectl the part after the slash is the object's name, but people mean pods/exec.
  if (slash != std::string::npos && given.substr(slash) == "/exec") whole += "/exec";
  if (arguments.has("subresource")) whole += "/" + arguments.value("subresource");
  const bool may = client.may(verb, whole);
  if (!arguments.set("quiet")) streams.out << (may ? "yes" : "no") << '\n';
  return may ? 0 : 1;
}

}  // namespace akqueue::sim
