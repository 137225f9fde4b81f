#include "kubectl/tables.hpp"

#include <algorithm>
#include <cctype>

#include "akqueue/json.hpp"

namespace akqueue::sim {
namespace {

using Cells = std::vector<std::string>;

const ForeignJson& at(const ForeignJson& object, const char* pointer) {
  static const ForeignJson nothing;
  const ForeignJson::json_pointer path(pointer);
  return object.contains(path) ? object.at(path) : nothing;
}

std::string text(const ForeignJson& value, const std::string& otherwise = "<none>") {
  return value.is_string() && !value.get_ref<const std::string&>().empty() ? value.get<std::string>() : otherwise;
}

std::int64_t number(const ForeignJson& value) { return value.is_number_integer() ? value.get<std::int64_t>() : 0; }

std::string age(const ForeignJson& object, Timestamp now) {
  const auto created = parse_timestamp(text(at(object, "/metadata/creationTimestamp"), ""));
  return created ? format_age((now - *created) / kSecond) : "<unknown>";
}

std::string pod_status(const ForeignJson& pod) {
  std::string status = text(at(pod, "/status/phase"), "Unknown");
  for (const ForeignJson& container : at(pod, "/status/containerStatuses")) {
    for (const char* reason : {"/state/waiting/reason", "/state/terminated/reason"}) {
      if (const std::string why = text(at(container, reason), ""); !why.empty()) status = why;
    }
  }
  return pod.at("metadata").contains("deletionTimestamp") ? "Terminating" : status;
}

std::string restarts(const ForeignJson& pod, Timestamp now) {
  std::int64_t count = 0;
  std::optional<Timestamp> last;
  for (const ForeignJson& container : at(pod, "/status/containerStatuses")) {
    count += number(container.at("restartCount"));
    const auto finished = parse_timestamp(text(at(container, "/lastState/terminated/finishedAt"), ""));
    if (finished && (!last || *finished > *last)) last = finished;
  }
  if (count == 0 || !last) return std::to_string(count);
  return std::to_string(count) + " (" + format_age((now - *last) / kSecond) + " ago)";
}

Cells pod_cells(const ForeignJson& pod, bool wide, Timestamp now) {
  const ForeignJson& statuses = at(pod, "/status/containerStatuses");
  const auto ready = std::ranges::count_if(statuses, [](const ForeignJson& one) { return one.at("ready") == true; });
  Cells row{std::to_string(ready) + "/" + std::to_string(at(pod, "/spec/containers").size()), pod_status(pod),
            restarts(pod, now), age(pod, now)};
  if (wide)
    row.insert(row.end(), {text(at(pod, "/status/podIP")), text(at(pod, "/spec/nodeName")), "<none>", "<none>"});
  return row;
}

std::string joined(const ForeignJson& containers, const char* field) {
  std::string list;
  for (const ForeignJson& container : containers) list += (list.empty() ? "" : ",") + text(container.at(field));
  return list;
}

std::string selector_of(const ForeignJson& workload) {
  std::string selector;
  for (const auto& [key, value] : at(workload, "/spec/selector/matchLabels").items())
    selector += (selector.empty() ? "" : ",") + key + "=" + text(value);
  return selector;
}

Cells deployment_cells(const ForeignJson& deployment, bool wide, Timestamp now) {
  const auto count = [&](const char* pointer) { return std::to_string(number(at(deployment, pointer))); };
  Cells row{count("/status/readyReplicas") + "/" + count("/spec/replicas"), count("/status/updatedReplicas"),
            count("/status/availableReplicas"), age(deployment, now)};
  if (wide) {
    const ForeignJson& containers = at(deployment, "/spec/template/spec/containers");
    row.insert(row.end(), {joined(containers, "name"), joined(containers, "image"), selector_of(deployment)});
  }
  return row;
}

Cells replica_set_cells(const ForeignJson& set, bool wide, Timestamp now) {
  const auto count = [&](const char* pointer) { return std::to_string(number(at(set, pointer))); };
  Cells row{count("/spec/replicas"), count("/status/replicas"), count("/status/readyReplicas"), age(set, now)};
  if (wide)
    row.insert(row.end(), {joined(at(set, "/spec/template/spec/containers"), "name"),
                           joined(at(set, "/spec/template/spec/containers"), "image"), selector_of(set)});
  return row;
}

Cells autoscaler_cells(const ForeignJson& scaler, bool, Timestamp now) {
  const auto count = [&](const char* pointer) { return std::to_string(number(at(scaler, pointer))); };
  return {text(at(scaler, "/spec/scaleTargetRef/kind")) + "/" + text(at(scaler, "/spec/scaleTargetRef/name")),
          "cpu: <unknown>/80%",
          count("/spec/minReplicas"),
          count("/spec/maxReplicas"),
          count("/status/currentReplicas"),
          age(scaler, now)};
}

Cells scaled_object_cells(const ForeignJson& scaler, bool, Timestamp now) {
  return {text(at(scaler, "/spec/scaleTargetRef/name")), std::to_string(number(at(scaler, "/spec/minReplicaCount"))),
          std::to_string(number(at(scaler, "/spec/maxReplicaCount"))), age(scaler, now)};
}

Cells event_cells(const ForeignJson& event, bool, Timestamp now) {
  const auto last = parse_timestamp(text(at(event, "/lastTimestamp"), ""));
  std::string kind = text(at(event, "/involvedObject/kind"));
  std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
  return {last ? format_age((now - *last) / kSecond) : "<unknown>", text(at(event, "/type")),
          text(at(event, "/reason")), kind + "/" + text(at(event, "/involvedObject/name")),
          text(at(event, "/message"))};
}

Cells namespace_cells(const ForeignJson& name_space, bool, Timestamp now) {
  return {text(at(name_space, "/status/phase")), age(name_space, now)};
}

struct Columns {
  std::string_view kind;
  Cells headings;
  Cells wide;
  Cells (*cells)(const ForeignJson& object, bool wide, Timestamp now);
};

const Columns& columns_of(std::string_view kind) {
  static const Columns kColumns[] = {
      {"Pod", {"READY", "STATUS", "RESTARTS", "AGE"}, {"IP", "NODE", "NOMINATED NODE", "READINESS GATES"}, pod_cells},
      {"Deployment",
       {"READY", "UP-TO-DATE", "AVAILABLE", "AGE"},
       {"CONTAINERS", "IMAGES", "SELECTOR"},
       deployment_cells},
      {"ReplicaSet", {"DESIRED", "CURRENT", "READY", "AGE"}, {"CONTAINERS", "IMAGES", "SELECTOR"}, replica_set_cells},
      {"HorizontalPodAutoscaler",
       {"REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"},
       {},
       autoscaler_cells},
      {"ScaledObject", {"SCALETARGETNAME", "MIN", "MAX", "AGE"}, {}, scaled_object_cells},
      {"Event", {"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"}, {}, event_cells},
      {"Namespace", {"STATUS", "AGE"}, {}, namespace_cells},
  };
  return *std::ranges::find(kColumns, kind, &Columns::kind);
}

}  // namespace

void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size()) out << std::string(widths[i] + 3 - row[i].size(), ' ');
    }
    out << '\n';
  }
}

std::string name_with_type(const Resource& resource, const ForeignJson& object) {
  return std::string(resource.singular) + (resource.group.empty() ? "" : "." + std::string(resource.group)) + "/" +
         text(object.at("metadata").at("name"));
}

std::vector<std::vector<std::string>> object_rows(const Resource& resource, const std::vector<ForeignJson>& objects,
                                                  const TableStyle& style, Timestamp now) {
  const Columns& columns = columns_of(resource.kind);
  const bool named = resource.kind != "Event";
  std::vector<Cells> rows;
  if (style.headings) {
    Cells heading;
    if (named) heading.emplace_back("NAME");
    if (style.with_namespace) heading.insert(heading.begin(), "NAMESPACE");
    heading.insert(heading.end(), columns.headings.begin(), columns.headings.end());
    if (style.wide) heading.insert(heading.end(), columns.wide.begin(), columns.wide.end());
    rows.push_back(heading);
  }
  for (const ForeignJson& object : objects) {
    Cells row;
    if (named)
      row.push_back(style.with_type ? name_with_type(resource, object) : text(object.at("metadata").at("name")));
    if (style.with_namespace) row.insert(row.begin(), text(at(object, "/metadata/namespace")));
    const Cells cells = columns.cells(object, style.wide, now);
    row.insert(row.end(), cells.begin(), cells.end());
    rows.push_back(row);
  }
  return rows;
}

}  // namespace akqueue::sim
