#include "release.hpp"

#include <algorithm>
#include <fstream>
#include <regex>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::contract {

Release::Release(std::string name, std::string schema) : name_(std::move(name)), schema_(std::move(schema)) {
  std::ifstream file(AKQUEUE_SOURCE_DIR "/fixtures/schema/" + name_ + ".json");
  if (!file) throw Error(ErrorCode::system, "no description of release " + name_ + " in fixtures/schema");
  tables_ = ForeignJson::parse(file).at("tables");
}

bool Release::has(std::string_view table) const { return tables_.contains(std::string(table)); }

bool Release::has(std::string_view table, std::string_view column) const {
  if (!has(table)) return false;
  const ForeignJson& columns = tables_.at(std::string(table)).at("columns");
  return std::ranges::any_of(columns, [&](const ForeignJson& one) { return one.at("name") == column; });
}

std::vector<std::string> Release::tables() const {
  std::vector<std::string> names;
  for (const auto& [name, description] : tables_.items()) names.push_back(name);
  return names;
}

ForeignJson Release::described(std::string_view table) const {
  ForeignJson description = tables_.at(std::string(table));
  constexpr std::string_view kDefault = " ON public.";
  for (ForeignJson& trigger : description.at("triggers")) {
    auto text = trigger.get<std::string>();
    if (const auto at = text.find(kDefault); at != std::string::npos)
      text.replace(at, kDefault.size(), " ON " + schema_ + ".");
    trigger = text;
  }
  return description;
}

std::vector<std::string> Release::references_to_tasks() const {
  static const std::regex kKey(R"(FOREIGN KEY (\([^)]*\)) REFERENCES authentik_tasks_task(\([^)]*\)).*)");
  std::vector<std::string> lines;
  for (const auto& [name, description] : tables_.items()) {
    for (const auto& key : description.at("foreign_keys")) {
      std::smatch found;
      const auto text = key.get<std::string>();
      if (std::regex_match(text, found, kKey))
        lines.push_back(name + found.str(1) + " -> authentik_tasks_task" + found.str(2) + " NO ACTION");
    }
  }
  std::ranges::sort(lines);
  return lines;
}

bool Release::status_from_logs() const {
  return tables_.at(std::string(kTaskTable)).value("aggregated_status_from", "") == kTaskLogTable;
}

}  // namespace akqueue::contract
