#include <algorithm>

#include "commands/config/commands.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {
namespace {

struct UnsetRequest {
  SiteRequest site;
  std::vector<std::string> names;  ///< empty: all
  OutputFormat output = OutputFormat::table;
};

/// With or without the dashes of an option.
std::string setting_named(const std::string& word) {
  const std::string name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  if (cluster::find_kept_setting(name) != nullptr) return name;
  std::vector<std::string> names;
  for (const cluster::KeptSetting& one : cluster::kept_settings()) names.emplace_back(one.name);
  const auto near = nearest(name, names);
  throw Error(ErrorCode::usage, "'" + word + "' is not a setting that can be kept",
              near ? "did you mean " + *near + "?" : listed_words(names, "and") + " can");
}

UnsetRequest read_unset_request(const Options& options) {
  UnsetRequest request{
      .site = read_site_request(options, Effect::changes), .names = {}, .output = read_output(options)};
  for (const std::string& word : options.arguments()) request.names.push_back(setting_named(word));
  return request;
}

Error nothing_kept(const Cluster& cluster, const std::vector<std::string>& names) {
  return Error(ErrorCode::not_found,
               "nothing is kept" + (names.empty() ? std::string() : " of " + listed_words(names, "or")) +
                   " for context " + cluster.context.name + ", namespace " + cluster.search.name_space,
               "kubectl akqueue config show shows what is kept");
}

int run_config_unset(const cli::Invocation& invocation) {
  const UnsetRequest request = read_unset_request(invocation.options);
  const cli::Environment& environment = invocation.environment;
  const Cluster cluster = open_cluster(environment, request.site);
  cluster::KeptSites kept = cluster.kept;
  if (!kept.unset(cluster.context.name, cluster.search.name_space, request.names))
    throw nothing_kept(cluster, request.names);
  kept.write(environment.sites_file);
  if (is_json(request.output)) {
    environment.terminal.out(as_json(request.output, document_of_config(environment, kept)));
    return 0;
  }
  environment.terminal.out(ui::format_text("context {}, namespace {}: {} forgotten\n", cluster.context.name,
                                           cluster.search.name_space,
                                           request.names.empty() ? "everything" : joined(request.names)));
  return 0;
}

}  // namespace

cli::Command config_unset_verb() {
  return {.name = "unset",
          .summary = "Forget options of a context and a namespace",
          .arguments = "[SETTING...]",
          .most_arguments = cluster::kept_settings().size(),
          .description = "Forgets these settings, or without SETTING everything that is kept of the site.",
          .examples = {{"config unset -n sso worker-deployment", "the others stay"},
                       {"config unset -n sso", "everything that is kept of it"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_config_unset};
}

}  // namespace akqueue::commands
