#include "cluster/events.hpp"

#include <cstdio>

#include "akqueue/json.hpp"
#include "cluster/pods.hpp"
#include "world/random.hpp"

namespace akqueue::sim {
namespace {

/// As client-go names them: the object and sixteen digits of a time. Here the digits depend on reason and message, so
/// that the same event is found again.
std::string event_name(const Json& object, const Happened& happened) {
  std::uint64_t hash = 1469598103934665603u;
  for (const char c : happened.reason + happened.message)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return name_of(object) + "." + digits;
}

}  // namespace

void record_event(ObjectStore& store, const ClusterObject& object, const Happened& happened, Timestamp at) {
  const Json& metadata = object.at("metadata");
  const std::string name_space = metadata.at("namespace");
  const std::string name = event_name(object, happened);
  if (auto before = store.find("Event", name_space, name)) {
    (*before)["count"] = (*before)["count"].get<std::int64_t>() + 1;
    (*before)["lastTimestamp"] = seconds_text(at);
    store.put(*before);
    return;
  }
  Random random(static_cast<std::uint64_t>(store.revision()) * 0x9e3779b97f4a7c15u);
  Json event{
      {"apiVersion", "v1"},
      {"count", 1},
      {"eventTime", nullptr},
      {"firstTimestamp", seconds_text(at)},
      {"involvedObject",
       {{"apiVersion", object.at("apiVersion")},
        {"kind", object.at("kind")},
        {"name", name_of(object)},
        {"namespace", name_space},
        {"resourceVersion", metadata.value("resourceVersion", std::string())},
        {"uid", metadata.at("uid")}}},
      {"kind", "Event"},
      {"lastTimestamp", seconds_text(at)},
      {"message", happened.message},
      {"metadata",
       {{"creationTimestamp", seconds_text(at)}, {"name", name}, {"namespace", name_space}, {"uid", random.uuid()}}},
      {"reason", happened.reason},
      {"reportingComponent", happened.component},
      {"reportingInstance", ""},
      {"source", {{"component", happened.component}}},
      {"type", happened.warning ? "Warning" : "Normal"}};
  store.put(event);
}

}  // namespace akqueue::sim
