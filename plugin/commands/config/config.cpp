#include "commands/config/commands.hpp"

#include "system/paths.hpp"

namespace akqueue::commands {

Json document_of_config(const cli::Environment& environment, const cluster::KeptSites& kept) {
  Json document = document_of("config");
  document["file"] = system::text_of(environment.sites_file);
  document["sites"] = Json::array();
  for (const cluster::KeptSite& site : kept.sites()) {
    document["sites"].push_back(
        {{"context", site.context}, {"namespace", site.name_space}, {"settings", cluster::json_of(site.values)}});
  }
  return document;
}

cli::Command config_command() {
  return {.name = "config",
          .group = "Other",
          .summary = "Show or keep what says which pods of a site are what",
          .description =
              "Where a site's labels and containers say nothing of server and worker, options do:\n"
              "--server-selector, --worker-selector, --worker-deployment, --container, --selector,\n"
              "--allow-worker. config set keeps them for a context and a namespace, in a file of this\n"
              "machine; from then on every command takes them from there, and an option that is typed\n"
              "wins. With -v a command says what it took. Nothing in the cluster changes.",
          .verbs = {config_show_verb(), config_set_verb(), config_unset_verb()}};
}

}  // namespace akqueue::commands
