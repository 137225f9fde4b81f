// `kubectl patch`, with --type=json and --type=merge.
#include <ostream>

#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/named.hpp"

namespace akqueue::sim {
namespace {

Json parse_patch(const Arguments& arguments) {
  const std::string text = arguments.value("patch");
  if (text.empty()) throw Failure("error: must specify -p to patch");
  Json patch = parse_foreign<Json>(text);
  if (patch.is_discarded()) throw Failure("error: unable to parse \"" + text + "\": invalid JSON");
  return patch;
}

[[noreturn]] void refuse() {
  throw Failure("The request is invalid: the server rejected our request due to an error in our request");
}

/// Operations may copy a value into itself: a few of them would make an object too large for any memory.
void check_size(const Json& object) {
  constexpr std::size_t kLargest = 3u << 20;  // the API server's limit
  const std::string text = object.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kLargest || nested_deeper_than(text, kDeepestDocument))
    throw Failure("Error from server (RequestEntityTooLarge): Request entity too large: limit is 3145728");
}

/// For the API server a missing value is null.
bool tests_for_nothing(const Json& object, const Json& operation) {
  return operation.value("op", "") == "test" && operation.contains("value") && operation.at("value").is_null() &&
         !object.contains(Json::json_pointer(operation.value("path", "")));
}

Json patched(const Json& before, const Json& patch, bool merge) {
  try {
    Json after = before;
    if (merge) {
      after.merge_patch(patch);
      check_size(after);
      return after;
    }
    for (const Json& operation : patch) {
      if (!tests_for_nothing(after, operation)) after = after.patch(Json::array({operation}));
      check_size(after);
    }
    return after;
  } catch (const Json::exception&) { refuse(); }
}

void check(const Json& before, const Json& after, const Named& one) {
  const auto invalid = [&](const std::string& why) {
    return Failure("The " + std::string(one.resource->kind) + " \"" + one.name + "\" is invalid: " + why);
  };
  if (!after.is_object() || !after.contains("metadata") || !after.at("metadata").is_object()) refuse();
  for (const char* fixed : {"/metadata/name", "/metadata/namespace", "/metadata/uid", "/kind"}) {
    const Json::json_pointer path(fixed);
    if (after.contains(path) != before.contains(path) || (after.contains(path) && after.at(path) != before.at(path)))
      throw invalid("metadata.name: Invalid value: field is immutable");
  }
  const Json::json_pointer replicas("/spec/replicas");
  if (!before.contains(replicas)) return;
  if (!after.contains(replicas) || !after.at(replicas).is_number_integer()) refuse();
  if (after.at(replicas) < 0)
    throw invalid("spec.replicas: Invalid value: " + after.at(replicas).dump() +
                  ": must be greater than or equal to 0");
}

}  // namespace

const std::vector<Flag>& patch_flags() {
  static const std::vector<Flag> flags{{"patch", 'p'}, {"type"}, {"output", 'o'}, {"field-manager"}};
  return flags;
}

int run_patch(World& world, const Arguments& arguments, const Streams& streams) {
  Client client(world, arguments);
  const std::string type = arguments.value("type", "strategic");
  const NamedObjects objects = named_objects(arguments.words);
  if (objects.named.empty()) throw Failure("error: resource(s) were provided, but no name was specified");
  if (type != "json" && type != "merge")
    throw Failure("error: the simulator's kubectl patches only with --type=json or --type=merge, not " + type);
  const Json patch = parse_patch(arguments);
  for (const Named& one : objects.named) {
    client.require("patch", *one.resource, "", one.name);
    const bool changed = change(client, one, [&](const Json& before) {
      Json after = patched(before, patch, type == "merge");
      check(before, after, one);
      return after;
    });
    if (arguments.value("output") == "json") streams.out << client.object(*one.resource, one.name).dump(4) << '\n';
    else if (arguments.value("output") == "name") streams.out << one.words() << '\n';
    else streams.out << one.words() << " patched" << (changed ? "" : " (no change)") << '\n';
  }
  return 0;
}

}  // namespace akqueue::sim
