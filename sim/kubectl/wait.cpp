// `kubectl wait --for=delete|condition=NAME[=VALUE]`.
#include "kubectl/wait.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <ostream>
#include <thread>

#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/named.hpp"
#include "kubectl/selector.hpp"
#include "simulation/catch_up.hpp"

namespace akqueue::sim {
namespace {

struct Condition {
  std::string type;  ///< empty: wait for its deletion
  std::string value = "True";
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Condition condition_of(const std::string& text) {
  if (text == "delete") return {};
  constexpr std::string_view kPrefix = "condition=";
  if (!text.starts_with(kPrefix)) throw Failure("error: unrecognized condition: \"" + text + "\"");
  Condition condition{text.substr(kPrefix.size())};
  if (const auto equals = condition.type.find('='); equals != std::string::npos) {
    condition.value = condition.type.substr(equals + 1);
    condition.type.resize(equals);
  }
  return condition;
}

bool holds(const std::optional<Json>& object, const Condition& condition) {
  if (!object) return condition.type.empty();
  if (condition.type.empty()) return false;
  const Json::json_pointer path("/status/conditions");
  if (!object->contains(path)) return false;
  return std::ranges::any_of(object->at(path), [&](const Json& one) {
    return lower(one.at("type")) == lower(condition.type) && lower(one.at("status")) == lower(condition.value);
  });
}

/// A duration as in Go: `30s`. 0 checks once, a negative one waits a week.
std::optional<double> timeout_of(const Arguments& arguments) {
  const std::string text = arguments.value("timeout", "30s");
  if (text.starts_with('-')) return std::nullopt;
  try {
    return static_cast<double>(parse_span(text).count()) / 1000;
  } catch (const Error&) {
    throw Failure("error: invalid argument \"" + text + "\" for \"--timeout\" flag: time: invalid duration \"" + text +
                  "\"\nSee 'kubectl wait --help' for usage.");
  }
}

std::vector<Named> awaited(Client& client, const Arguments& arguments) {
  NamedObjects objects = named_objects(arguments.words);
  if (!objects.named.empty()) return objects.named;
  if (!arguments.has("selector") && !arguments.set("all"))
    throw Failure("error: resource(s) were provided, but no name was specified");
  client.require("list", *objects.resource, "", "");
  const Selector selector(arguments.value("selector"));
  for (const Json& object : client.world().objects(objects.resource->kind, client.name_space())) {
    if (selector.matches(object.at("metadata").value("labels", Json::object())))
      objects.named.push_back({objects.resource, name_of(object)});
  }
  return objects.named;
}

}  // namespace

bool wait_until(World& world, const std::function<bool()>& holds, std::optional<double> timeout_s) {
  using namespace std::chrono_literals;
  const auto began = std::chrono::steady_clock::now();
  for (;;) {
    advance(world);
    if (holds()) return true;
    if (timeout_s && std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() >= *timeout_s)
      return false;
    std::this_thread::sleep_for(20ms);
  }
}

const std::vector<Flag>& wait_flags() {
  static const std::vector<Flag> flags{{"for"}, {"timeout"}, {"selector", 'l'}, {"all", 0, false}, {"output", 'o'}};
  return flags;
}

int run_wait(World& world, const Arguments& arguments, const Streams& streams) {
  Client client(world, arguments);
  if (!arguments.has("for")) throw Failure("error: required flag(s) \"for\" not set");
  const Condition condition = condition_of(arguments.value("for"));
  const auto timeout = timeout_of(arguments);
  const std::vector<Named> objects = awaited(client, arguments);
  if (objects.empty() && !condition.type.empty()) throw Failure("error: no matching resources found");
  for (const Named& one : objects) {
    client.require("get", *one.resource, "", one.name);
    const auto find = [&] {
      return world.store().find(one.resource->kind, one.resource->namespaced ? client.name_space() : "", one.name);
    };
    if (!condition.type.empty() && !find())
      throw Failure("Error from server (NotFound): " + one.resource->full_name() + " \"" + one.name + "\" not found");
    if (!wait_until(world, [&] { return holds(find(), condition); }, timeout)) {
      throw Failure("error: timed out waiting for the condition on " + std::string(one.resource->plural) + "/" +
                    one.name);
    }
    streams.out << one.words() << " condition met\n" << std::flush;
  }
  return 0;
}

}  // namespace akqueue::sim
