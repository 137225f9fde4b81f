#include "commands/look/commands.hpp"

#include <algorithm>

#include "commands/shared/site.hpp"
#include "diagnosis/live_settings.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

std::int64_t worker_pods(const cluster::Inventory& inventory) {
  return std::ranges::count_if(inventory.pods,
                               [](const cluster::Pod& pod) { return pod.roles.worker && !pod.terminating; });
}

ui::Text describe(const ui::Terminal& terminal, const std::vector<queue::LiveSetting>& settings,
                  const std::vector<std::string>& remarks, const cluster::Inventory& inventory, bool wide) {
  std::vector<ui::ListingColumn> columns{{"SETTING"}, {"VALUE"}, {"DEFAULT"}, {"FROM"}};
  columns.push_back({.header = "MEANING", .shorten = !wide, .prose = true});
  ui::Listing listing(columns);
  for (const queue::LiveSetting& one : settings) {
    std::string from = one.source;
    if ((wide || one.source == "elsewhere") && !one.from.empty())
      from = one.source == "elsewhere" ? one.from : from + " " + one.from;
    listing.add({std::string(one.known->name.substr(one.known->name.find('.') + 1)) +
                     (one.deployment.empty() ? "" : " (" + one.deployment + ")"),
                 one.value.empty() ? "<unknown>" : one.value, std::string(one.known->fallback), from,
                 std::string(one.known->meaning)});
  }
  ui::Text text = listing.draw(terminal);
  if (terminal.tables().csv) return text;
  for (const std::string& remark : remarks) text += ui::format_text("\n{}\n", terminal.warning(remark));
  if (inventory.workers().empty()) text += "\nno worker deployment can be seen: these are what the server pod has\n";
  return text;
}

Json document_of_settings(const Site& site, const std::vector<queue::LiveSetting>& settings,
                          const std::vector<std::string>& remarks) {
  Json document = document_of("settings");
  document["site"] = site.to_json();
  document["settings"] = Json::array();
  for (const queue::LiveSetting& one : settings) {
    Json entry{{"name", one.known->name},        {"value", one.value.empty() ? Json() : Json(one.value)},
               {"default", one.known->fallback}, {"unit", one.known->unit},
               {"meaning", one.known->meaning},  {"source", one.source}};
    entry["from"] = one.from.empty() ? Json() : Json(one.from);
    entry["deployment"] = one.deployment.empty() ? Json() : Json(one.deployment);
    document["settings"].push_back(std::move(entry));
  }
  document["remarks"] = remarks;
  return document;
}

int run_settings(const cli::Invocation& invocation) {
  const SiteRequest request = read_site_request(invocation.options, invocation.command.effect);
  const OutputFormat output = read_output(invocation.options);
  const Site site = enter(invocation.environment, request);
  const std::vector<queue::LiveSetting> settings = diagnosis::read_settings(*site.session, site.inventory);
  queue::QueueStatus status;
  {
    const session::Transaction transaction(*site.session, kLooking);
    status = queue::read_status(site.database(), transaction.now());
  }
  const auto remarks = queue::remarks_on(settings, status, worker_pods(site.inventory));
  ui::Terminal& terminal = invocation.environment.terminal;
  if (output == OutputFormat::name) {
    for (const queue::LiveSetting& one : settings) terminal.out(ui::format_text("{}\n", one.known->name));
  } else if (is_json(output)) {
    terminal.out(as_json(output, document_of_settings(site, settings, remarks)));
  } else {
    terminal.out(describe(terminal, settings, remarks, site.inventory, is_wide(output)));
  }
  return 0;
}

}  // namespace

cli::Command settings_command() {
  return {.name = "settings",
          .group = "Look",
          .summary = "Show the workers' settings, and where each comes from",
          .arguments = "",
          .description =
              "The settings of authentik's workers that are in force: value, upstream's default, where it\n"
              "comes from (default, environment, file, configuration), what it means; with -o wide also\n"
              "the variable or the file. Then what stands out for the queue as it is. Settings are those\n"
              "of the server pod, but for what stands in the worker deployments' own environment; other\n"
              "settings, some of which are secrets, never leave the pod.",
          .examples = {{"settings", "what the workers run with"},
                       {"settings -o wide", "with variables and files"},
                       {"settings -o json", "for a script"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .run = run_settings};
}

}  // namespace akqueue::commands
