#include "commands/config/commands.hpp"
#include "commands/shared/site.hpp"
#include "system/paths.hpp"

namespace akqueue::commands {
namespace {

struct SetRequest {
  SiteRequest site;
  cluster::KeptValues values;
  OutputFormat output = OutputFormat::table;
};

cluster::KeptValues values_of(const Options& options) {
  cluster::KeptValues values;
  for (const cluster::KeptSetting& setting : cluster::kept_settings()) {
    if (!options.has(setting.name)) continue;
    std::vector<std::string>& here = values[std::string(setting.name)];
    if (setting.kind == cluster::KeptSetting::Kind::flag) here = {"true"};
    else if (setting.kind == cluster::KeptSetting::Kind::texts) here = options.all(setting.name);
    else here = {options.text(setting.name)};
    for (const std::string& one : here) {
      if (one.empty())
        throw Error(ErrorCode::usage, "--" + std::string(setting.name) + " needs a value to be kept",
                    "kubectl akqueue config unset " + std::string(setting.name) + " forgets it");
    }
    if (here.empty()) throw Error(ErrorCode::usage, "--" + std::string(setting.name) + " needs a value to be kept");
  }
  return values;
}

SetRequest read_set_request(const Options& options) {
  for (const char* const name : {"pod", "release"}) {
    if (options.has(name))
      throw Error(ErrorCode::usage, "--" + std::string(name) + " can't be kept: it may be another one tomorrow",
                  "leave it out, and type it where it is wanted");
  }
  // The context's name is found out as for what the history remembers.
  SetRequest request{.site = read_site_request(options, Effect::changes),
                     .values = values_of(options),
                     .output = read_output(options)};
  if (request.values.empty())
    throw Error(ErrorCode::usage, "nothing to keep: no option says which pods are what",
                "kubectl akqueue config set --worker-deployment NAME -n NAMESPACE");
  return request;
}

int run_config_set(const cli::Invocation& invocation) {
  const SetRequest request = read_set_request(invocation.options);
  const cli::Environment& environment = invocation.environment;
  const Cluster cluster = open_cluster(environment, request.site);
  cluster::KeptSites kept = cluster.kept;
  kept.set(cluster.context.name, cluster.search.name_space, request.values);
  kept.write(environment.sites_file);
  if (is_json(request.output)) {
    environment.terminal.out(as_json(request.output, document_of_config(environment, kept)));
    return 0;
  }
  environment.terminal.out(ui::format_text("context {}, namespace {}: {} kept\n", cluster.context.name,
                                           cluster.search.name_space, joined(cluster::words_of(request.values), " ")));
  return 0;
}

}  // namespace

cli::Command config_set_verb() {
  return {.name = "set",
          .summary = "Keep options for a context and a namespace",
          .description =
              "Keeps --selector, --container, --server-selector, --worker-selector, --worker-deployment\n"
              "and --allow-worker as they are given here, for the namespace and the context that a command\n"
              "with the same -n and --context would use. What is given replaces what was kept of the same\n"
              "option; the others stay. Whether such pods exist is not looked at.",
          .examples = {{"config set -n sso --worker-deployment ak-tasks --worker-deployment ak-tasks-ldap",
                        "these are the workers there"},
                       {"config set -n sso --server-selector app=sso,tier=web", "and these the servers"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_config_set};
}

}  // namespace akqueue::commands
