#include "commands/look/worker_table.hpp"

#include <algorithm>

namespace akqueue::commands {
namespace {

std::string ago(Timestamp now, const std::optional<Timestamp>& at) {
  return at ? format_age((now - *at) / kSecond) : std::string();
}

std::string last_end(const cluster::Pod& pod, Timestamp now) {
  if (!pod.last_end) return {};
  const std::string reason =
      pod.last_end->reason.empty() ? "exit " + std::to_string(pod.last_end->exit_code) : pod.last_end->reason;
  return pod.last_end->at ? reason + " " + ago(now, pod.last_end->at) + " ago" : reason;
}

std::string memory_of(const WorkerRow& row, bool wide) {
  if (!row.usage) return "<no metrics>";
  const std::string used = ui::format_size(row.usage->memory);
  if (!row.pod->memory_limit || *row.pod->memory_limit == 0) return used;
  const std::string share =
      ui::format_share(row.usage->memory, *row.pod->memory_limit) + " of " + ui::format_size(*row.pod->memory_limit);
  return wide ? used + ", " + share : share;
}

/// As kubectl's STATUS, but that one which is up is Ready or NotReady: Running says too little of a worker.
std::string state_of(const cluster::Pod& pod) {
  if (pod.terminating) return "Terminating";
  if (pod.ready) return "Ready";
  if (!pod.trouble.empty()) return pod.trouble;
  return pod.phase == "Running" ? "NotReady" : pod.phase;
}

std::string heartbeat_of(const WorkerRow& row, Timestamp now) {
  if (!row.heartbeat) return {};
  return ago(now, row.heartbeat->last_seen) + (row.heartbeat->alive ? "" : ", dead");
}

}  // namespace

std::vector<ui::ListingColumn> worker_columns(bool wide) {
  const bool narrow = !wide;
  std::vector<ui::ListingColumn> columns{{"NAME", false, true},
                                         {.header = "STATE", .shorten = narrow, .prose = true},
                                         {"RESTARTS", true},
                                         {.header = "LAST-END", .shorten = narrow, .prose = true},
                                         {"MEMORY"},
                                         {.header = "HELD", .number = true, .spare = narrow},
                                         {.header = "HEARTBEAT", .number = true, .spare = narrow}};
  if (wide) columns.insert(columns.end(), {{"CPU", true}, {"VERSION"}, {"IP"}});
  columns.push_back({"AGE", true});
  return columns;
}

std::vector<ui::Text> worker_cells(const WorkerRow& row, Timestamp now, bool wide) {
  std::vector<ui::Text> cells{
      row.pod->name,           state_of(*row.pod),   std::to_string(row.pod->restarts),
      last_end(*row.pod, now), memory_of(row, wide), row.held ? with_separators(*row.held) : "<unknown>",
      heartbeat_of(row, now)};
  if (wide)
    cells.insert(cells.end(), {row.usage ? std::to_string(row.usage->cpu_milli) + "m" : "<no metrics>",
                               row.heartbeat ? row.heartbeat->version : "", row.pod->ip});
  cells.emplace_back(ago(now, row.pod->started));
  return cells;
}

std::vector<WorkerRow> worker_rows(const cluster::Inventory& inventory, const cluster::Metrics& metrics,
                                   const queue::WorkersSeen& seen) {
  std::vector<WorkerRow> rows;
  std::int64_t attributed = 0;
  for (const cluster::Pod& pod : inventory.pods) {
    if (!pod.roles.worker) continue;
    WorkerRow row{&pod, std::nullopt, std::nullopt, std::nullopt};
    row.usage = metrics.of(pod);
    const auto heartbeat = std::ranges::find(seen.heartbeats.workers, pod.name, &queue::WorkerHeartbeat::hostname);
    if (heartbeat != seen.heartbeats.workers.end()) row.heartbeat = *heartbeat;
    for (const std::string& holder : {pod.ip, pod.name}) {
      const auto held = holder.empty() ? seen.held.end() : seen.held.find(holder);
      if (held != seen.held.end()) row.held = row.held.value_or(0) + held->second;
    }
    attributed += row.held.value_or(0);
    rows.push_back(std::move(row));
  }
  // Where all that is held was found, who was not found holds nothing.
  for (WorkerRow& row : rows) {
    if (!row.held && attributed == seen.held_in_all()) row.held = 0;
  }
  return rows;
}

}  // namespace akqueue::commands
