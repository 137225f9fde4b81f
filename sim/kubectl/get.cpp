// `kubectl get`.
#include <algorithm>

#include "akqueue/json.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/metrics.hpp"
#include "kubectl/named.hpp"
#include "kubectl/selector.hpp"
#include "kubectl/tables.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kFormats =
    "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,"
    "jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml";

/// The requested objects of one kind.
struct Found {
  const Resource* resource;
  std::vector<ForeignJson> objects;
};

struct Wanted {
  std::vector<const Resource*> resources;
  std::vector<std::string> names;
  bool by_name = false;  ///< `pod/NAME`: each resource has its own name
};

Wanted read_words(const std::vector<std::string>& words) {
  if (words.empty()) {
    throw Failure(
        "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported "
        "resources.\n\n"
        "error: Required resource not specified.\n"
        "Use \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\n"
        "See 'kubectl get -h' for help and examples");
  }
  Wanted wanted;
  wanted.by_name = words[0].find('/') != std::string::npos;
  if (wanted.by_name) {
    for (const std::string& word : words) {
      const auto slash = word.find('/');
      if (slash == std::string::npos) {
        throw Failure(
            "error: there is no need to specify a resource type as a separate argument when passing arguments in "
            "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource "
            "resource/<resource_name>'");
      }
      wanted.resources.push_back(&known_resource(word.substr(0, slash)));
      wanted.names.push_back(word.substr(slash + 1));
    }
    return wanted;
  }
  std::string_view rest = words[0];
  for (;;) {
    const auto comma = rest.find(',');
    wanted.resources.push_back(&known_resource(std::string(rest.substr(0, comma))));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  wanted.names.assign(words.begin() + 1, words.end());
  return wanted;
}

/// `status.phase=Running,metadata.name!=x`.
bool fields_match(const std::string& selector, const ForeignJson& object) {
  for (std::string_view rest = selector; !rest.empty();) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos)
      throw Failure("Error from server (BadRequest): invalid selector: '" + selector + "'; can't understand '" +
                    std::string(part) + "'");
    const bool negated = equals > 0 && part[equals - 1] == '!';
    std::string path = "/" + std::string(part.substr(0, negated ? equals - 1 : equals));
    std::ranges::replace(path, '.', '/');
    const ForeignJson::json_pointer pointer(path);
    const bool equal =
        object.contains(pointer) &&
        object.at(pointer) == std::string(part.substr(equals + (part.substr(equals).starts_with("==") ? 2 : 1)));
    if (equal == negated) return false;
  }
  return true;
}

std::vector<ForeignJson> list(Client& client, const Resource& resource, const Arguments& arguments) {
  client.require("list", resource, "", "");
  const Selector selector(arguments.value("selector"));
  std::vector<ForeignJson> objects;
  for (const auto& stored : client.world().objects(resource.kind, resource.namespaced ? client.name_space() : "")) {
    ForeignJson object = stored;
    const ForeignJson labels = object.at("metadata").value("labels", ForeignJson::object());
    if (selector.matches(labels) && fields_match(arguments.value("field-selector"), object))
      objects.push_back(std::move(object));
  }
  return objects;
}

/// The objects that were found; the errors of the others go to `errors`, since kubectl continues after one.
std::vector<Found> collect(Client& client, const Wanted& wanted, const Arguments& arguments,
                           std::vector<std::string>& errors) {
  std::vector<Found> found;
  for (std::size_t i = 0; i < wanted.resources.size(); ++i) {
    const Resource& resource = *wanted.resources[i];
    std::vector<std::string> names = wanted.names;
    if (wanted.by_name) names = {wanted.names[i]};
    Found one{&resource, {}};
    try {
      if (names.empty()) one.objects = list(client, resource, arguments);
      for (const std::string& name : names) {
        try {
          client.require("get", resource, "", name);
          one.objects.emplace_back(client.object(resource, name));
        } catch (const Failure& failure) {
          const bool missing = std::string_view(failure.what()).find("(NotFound)") != std::string_view::npos;
          if (!missing || !arguments.set("ignore-not-found")) errors.emplace_back(failure.what());
        }
      }
    } catch (const Failure& failure) { errors.emplace_back(failure.what()); }
    found.push_back(std::move(one));
  }
  return found;
}

void print_json(const std::vector<Found>& found, bool single, std::ostream& out) {
  ForeignJson items = ForeignJson::array();
  for (const Found& one : found) {
    for (const ForeignJson& object : one.objects) items.push_back(object);
  }
  if (single && items.size() == 1) {
    out << items.front().dump(4) << '\n';
    return;
  }
  out << ForeignJson{{"apiVersion", "v1"}, {"items", items}, {"kind", "List"}, {"metadata", {{"resourceVersion", ""}}}}
             .dump(4)
      << '\n';
}

void print_tables(Client& client, const std::vector<Found>& found, const Arguments& arguments, const Streams& streams,
                  bool failed) {
  const bool all = arguments.set("all-namespaces");
  bool first = true;
  for (const Found& one : found) {
    if (one.objects.empty()) continue;
    if (!first) streams.out << '\n';
    first = false;
    const TableStyle style{arguments.value("output") == "wide", !arguments.set("no-headers"),
                           all && one.resource->namespaced, found.size() > 1};
    print_table(streams.out, object_rows(*one.resource, one.objects, style, client.world().now()));
  }
  if (!first || failed || arguments.set("ignore-not-found")) return;
  const bool spaced = !all && std::ranges::any_of(found, [](const Found& one) { return one.resource->namespaced; });
  streams.err << "No resources found" << (spaced ? " in " + client.name_space() + " namespace." : "") << '\n';
}

}  // namespace

const std::vector<Flag>& get_flags() {
  static const std::vector<Flag> flags{{"output", 'o'},          {"selector", 'l'},
                                       {"field-selector"},       {"all-namespaces", 'A', false},
                                       {"no-headers", 0, false}, {"ignore-not-found", 0, false},
                                       {"chunk-size"},           {"show-kind", 0, false},
                                       {"subresource"},          {"raw"}};
  return flags;
}

int run_get(World& world, const Arguments& arguments, const Streams& streams) {
  const std::string format = arguments.value("output");
  const std::string kind = format.substr(0, format.find('='));
  const bool known = kind.empty() || ("," + std::string(kFormats) + ",").find("," + kind + ",") != std::string::npos;
  const bool ours = kind.empty() || kind == "json" || kind == "name" || kind == "wide";
  Client client(world, arguments);
  if (arguments.has("raw")) {
    streams.out << raw(client, arguments.value("raw"));
    return 0;
  }
  const Wanted wanted = read_words(arguments.words);
  if (!known)
    throw Failure("error: unable to match a printer suitable for the output format \"" + format +
                  "\", allowed formats are: " + std::string(kFormats));
  if (!ours) throw Failure("error: the simulator's kubectl prints only json, name, wide and tables, not " + kind);

  std::vector<std::string> errors;
  const auto found = collect(client, wanted, arguments, errors);
  const bool single = wanted.names.size() == 1 && found.size() == 1;
  const bool nothing = single && found.front().objects.empty();
  if (kind == "json" && !nothing) print_json(found, single, streams.out);
  if (kind == "name") {
    for (const Found& one : found) {
      for (const ForeignJson& object : one.objects) streams.out << name_with_type(*one.resource, object) << '\n';
    }
  }
  if (kind.empty() || kind == "wide") print_tables(client, found, arguments, streams, !errors.empty());
  for (const std::string& error : errors) streams.err << error << '\n';
  return errors.empty() ? 0 : 1;
}

}  // namespace akqueue::sim
