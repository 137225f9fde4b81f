#include "commands/settings.hpp"

#include <algorithm>

#include "commands/site.hpp"
#include "queue/settings.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

/// `AUTHENTIK_WORKER__THREADS`
std::string variable_of(std::string_view name) {
  std::string variable = "AUTHENTIK_";
  for (const char c : name) {
    if (c == '.') variable += "__";
    else variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

std::string source_of(const ConfigValue& told, const KnownSetting& known) {
  if (told.source != "configuration") return told.source;
  return told.value == known.fallback ? "default" : "configuration";
}

/// Its variables, the first of which wins. `worker.concurrency` is what threads were called before.
std::vector<std::string> variables_of(const KnownSetting& known) {
  if (known.name == "worker.threads") return {variable_of("worker.concurrency"), variable_of(known.name)};
  return {variable_of(known.name)};
}

/// What stands in a deployment's own environment; nothing where nothing does. Of a reference only where it leads to is told.
std::optional<LiveSetting> own_setting(const Deployment& deployment, const KnownSetting& known) {
  for (const std::string& variable : variables_of(known)) {
    const std::string where = variable + " of deployment/" + deployment.name;
    if (const auto set = deployment.environment.find(variable); set != deployment.environment.end()) {
      const bool refers = set->second.starts_with("file://") || set->second.starts_with("env://");
      return refers ? LiveSetting{&known, "", "", "elsewhere", set->second.substr(0, set->second.find('?')) + ", " + where} : LiveSetting{&known, "", set->second, "environment", where};
    }
    if (const auto set = deployment.environment_elsewhere.find(variable); set != deployment.environment_elsewhere.end()) return LiveSetting{&known, "", "", "elsewhere", set->second + ", " + where};
  }
  return std::nullopt;
}

/// Whether a server has it in its own deployment, which workers do not share.
bool is_the_servers_own(const Inventory& inventory, const KnownSetting& known) {
  return std::ranges::any_of(inventory.deployments, [&](const Deployment& one) { return one.component == kServer && own_setting(one, known).has_value(); });
}

/// The server's view, which workers share but for what stands in the deployments' own environments.
std::vector<LiveSetting> settings_of(const Site& site) {
  std::vector<std::string> names;
  for (const KnownSetting& known : kWorkerSettings) names.emplace_back(known.name);
  const std::vector<ConfigValue> told = site.session->config(names);
  std::vector<LiveSetting> settings;
  for (std::size_t i = 0; i < kWorkerSettings.size(); ++i) {
    const KnownSetting& known = kWorkerSettings[i];
    const auto workers = site.inventory.workers();
    std::size_t own = 0;
    for (const Deployment* deployment : workers) {
      auto set = own_setting(*deployment, known);
      if (!set) continue;
      ++own;
      if (workers.size() > 1) set->deployment = deployment->name;
      settings.push_back(*set);
    }
    if (own == workers.size() && own > 0) continue;
    if (is_the_servers_own(site.inventory, known)) settings.push_back({&known, "", "", "elsewhere", "set for the server alone"});
    else settings.push_back({&known, "", told[i].value, source_of(told[i], known), told[i].from});
  }
  return settings;
}

std::int64_t worker_pods(const Inventory& inventory) {
  return std::ranges::count_if(inventory.pods, [](const Pod& pod) { return pod.component == kWorker && !pod.terminating; });
}

std::string describe(const Invocation& invocation, const std::vector<LiveSetting>& settings, const std::vector<std::string>& remarks, const Inventory& inventory) {
  const bool wide = invocation.options.text("output") == "wide";
  std::vector<ListingColumn> columns{{"SETTING"}, {"VALUE"}, {"DEFAULT"}, {"FROM"}};
  columns.push_back({"MEANING"});
  Listing listing(columns);
  for (const LiveSetting& one : settings) {
    std::string from = one.source;
    if ((wide || one.source == "elsewhere") && !one.from.empty()) from = one.source == "elsewhere" ? one.from : from + " " + one.from;
    listing.add({std::string(one.known->name.substr(one.known->name.find('.') + 1)) + (one.deployment.empty() ? "" : " (" + one.deployment + ")"), one.value.empty() ? "<unknown>" : one.value, std::string(one.known->fallback), from,
                 std::string(one.known->meaning)});
  }
  std::string text = listing.draw(invocation.world.terminal);
  for (const std::string& remark : remarks) text += "\n" + invocation.world.terminal.warning(visible(remark)) + "\n";
  if (inventory.workers().empty()) text += "\nno worker deployment can be seen: these are what the server pod has\n";
  return text;
}

Json document_of_settings(const Site& site, const std::vector<LiveSetting>& settings, const std::vector<std::string>& remarks) {
  Json document = document_of("settings");
  document["site"] = site.to_json();
  document["settings"] = Json::array();
  for (const LiveSetting& one : settings) {
    Json entry{{"name", one.known->name}, {"value", one.value.empty() ? Json() : Json(one.value)}, {"default", one.known->fallback}, {"unit", one.known->unit}, {"meaning", one.known->meaning}, {"source", one.source}};
    entry["from"] = one.from.empty() ? Json() : Json(one.from);
    entry["deployment"] = one.deployment.empty() ? Json() : Json(one.deployment);
    document["settings"].push_back(std::move(entry));
  }
  document["remarks"] = remarks;
  return document;
}

}  // namespace

int run_settings(const Invocation& invocation) {
  const Site site = enter(invocation);
  const std::vector<LiveSetting> settings = settings_of(site);
  QueueStatus status;
  {
    const Transaction transaction(*site.session, kLooking);
    status = read_status(site.database(), transaction.now());
  }
  const auto remarks = remarks_on(settings, status, worker_pods(site.inventory));
  Terminal& terminal = invocation.world.terminal;
  if (invocation.options.text("output") == "name") {
    for (const LiveSetting& one : settings) terminal.out(std::string(one.known->name) + "\n");
    return 0;
  }
  terminal.out(invocation.machine_output() ? as_json(invocation, document_of_settings(site, settings, remarks)) : describe(invocation, settings, remarks, site.inventory));
  return 0;
}

}  // namespace akqueue
