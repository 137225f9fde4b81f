#include "backup/history.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "backup/system_id.hpp"

namespace akqueue::backup {
namespace {

std::string history_line(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Lines of earlier builds have no `effect`; they are of these commands. A line of a later build counts only if it is
/// understood: it must not get in the way of an undo.
Effect effect_of(const std::string& name, const std::string& command) {
  if (!name.empty()) return effect_named(name).value_or(Effect::looks);
  if (command == "restore" || command == "undo") return Effect::restores;
  return command == "flush" || command == "delete" || command == "drain" ? Effect::destroys : Effect::looks;
}

HistoryEntry entry_of(const Json& object) {
  const auto word = [&](const char* name) { return object.value(name, std::string()); };
  HistoryEntry entry;
  entry.id = word("id");
  entry.at = word("at");
  entry.command = word("command");
  entry.effect = effect_of(word("effect"), entry.command);
  entry.kubectl = word("kubectl");
  entry.context = word("context");
  entry.name_space = word("namespace");
  entry.release = word("release");
  entry.database = word("database");
  entry.system = word("system");
  entry.what = word("what");
  entry.reason = word("reason");
  entry.backup = word("backup");
  entry.of = word("of");
  entry.by = word("by");
  entry.user = word("user");
  entry.line = word("line");
  entry.pod = word("pod");
  entry.expected = object.value("expected", std::int64_t{0});
  entry.include_running = object.value("include_running", false);
  entry.change = word("change");
  entry.with = word("with");
  return entry;
}

Json json_of(const HistoryEntry::End& end) {
  Json object{{"tasks", end.tasks}, {"other_rows", end.other_rows}, {"ending", end.ending}};
  if (end.rows) object["rows"] = end.rows->to_json();
  return object;
}

}  // namespace

bool HistoryEntry::same_site(const HistoryEntry& other) const {
  return same_names(other) && !another_system(system, other.system);
}

bool HistoryEntry::same_names(const HistoryEntry& other) const {
  return kubectl == other.kubectl && context == other.context && name_space == other.name_space &&
         database == other.database;
}

Json HistoryEntry::to_json() const {
  Json object{{"id", id},
              {"at", at},
              {"command", command},
              {"effect", effect_name(effect)},
              {"kubectl", kubectl},
              {"context", context},
              {"namespace", name_space},
              {"release", release},
              {"database", database},
              {"what", what},
              {"reason", reason},
              {"backup", backup},
              {"expected", expected}};
  if (!system.empty()) object["system"] = system;
  for (const auto& [name, value] :
       {std::pair("of", &of), {"by", &by}, {"user", &user}, {"line", &line}, {"pod", &pod}, {"with", &with}}) {
    if (!value->empty()) object[name] = *value;
  }
  if (include_running) object["include_running"] = true;
  if (!change.empty()) object["change"] = change;
  if (end) object["end"] = json_of(*end);
  return object;
}

void begin_history(const StateDirectory& state, const HistoryEntry& entry) {
  Json object = entry.to_json();
  object.erase("end");
  state.append_history(history_line(object));
}

void end_history(const StateDirectory& state, const std::string& id, const HistoryEntry::End& end) {
  Json object = json_of(end);
  object["ended"] = id;
  state.append_history(history_line(object));
}

std::vector<HistoryEntry> read_history(const StateDirectory& state) {
  std::vector<HistoryEntry> entries;
  for (const std::string& line : state.read_history()) {
    const Json object = parse_foreign<Json>(line);
    if (!object.is_object()) continue;
    try {
      if (!object.contains("ended")) {
        entries.push_back(entry_of(object));
        continue;
      }
      const auto begun = std::ranges::find(entries, object.at("ended").get<std::string>(), &HistoryEntry::id);
      if (begun != entries.end())
        begun->end = {object.at("tasks").get<std::int64_t>(), object.at("other_rows").get<std::int64_t>(),
                      object.at("ending").get<std::string>(),
                      object.contains("rows") ? std::optional(OtherRows::from_json(object.at("rows"))) : std::nullopt};
    } catch (const Json::exception&) { continue; }
  }
  return entries;
}

std::string new_history_id(const std::string& at) {
  std::string id;
  for (const char c : at.substr(0, at.find('.'))) {
    if (c != '-' && c != ':') id += c;
  }
  char suffix[8];
  std::snprintf(suffix, sizeof suffix, "Z-%04x", std::random_device()() & 0xffffu);
  return id + suffix;
}

}  // namespace akqueue::backup
