#include "commands/others.hpp"

#include "akqueue/json_depth.hpp"
#include "commands/shared/site.hpp"
#include "ui/errors.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

struct Versions {
  std::string kubectl;
  std::string api_server;
  std::string authentik;
  std::string database;
};

std::string git_version(const ForeignJson& document, const char* part) {
  const auto found = document.find(part);
  if (found == document.end() || !found->is_object()) return {};
  return found->value("gitVersion", std::string());
}

struct VersionRequest {
  SiteRequest site;
  bool only_client = false;  ///< no cluster is asked
  OutputFormat output = OutputFormat::table;
};

/// `kubectl version` prints its own version even where the API server does not answer.
void ask_kubectl(Cluster& cluster, bool only_client, Versions& versions) {
  std::vector<std::string> args{"version", "--output", "json"};
  if (only_client) args.insert(args.begin() + 1, "--client");
  const system::Finished got = cluster.kubectl.run(args);
  const auto document = parse_foreign<ForeignJson>(got.output);
  if (document.is_object()) {
    versions.kubectl = git_version(document, "clientVersion");
    versions.api_server = git_version(document, "serverVersion");
  }
  if (!got.status.ok()) throw cluster::kubectl_error(got, "ask the API server for its version");
}

Json document_of_versions(const Versions& versions, bool only_client) {
  Json document = document_of("versions");
  const auto add = [&](const char* name, const std::string& version) {
    document[name] = version.empty() ? Json() : Json(version);
  };
  add("akqueue", AKQUEUE_VERSION);
  add("kubectl", versions.kubectl);
  if (only_client) return document;
  add("api_server", versions.api_server);
  add("authentik", versions.authentik);
  add("database", versions.database);
  return document;
}

ui::Text table(const ui::Terminal& terminal, const Versions& versions, bool only_client) {
  ui::Listing listing({{"NAME"}, {"VERSION"}});
  listing.add({"kubectl-akqueue", AKQUEUE_VERSION});
  listing.add({"kubectl", versions.kubectl});
  if (!only_client) {
    listing.add({"api-server", versions.api_server});
    listing.add({"authentik", versions.authentik});
    listing.add({"database", versions.database});
  }
  return listing.draw(terminal);
}

int run_version(const cli::Invocation& invocation) {
  const VersionRequest request{.site = read_site_request(invocation.options, invocation.command.effect),
                               .only_client = invocation.options.has("client"),
                               .output = read_output(invocation.options)};
  const cli::Environment& environment = invocation.environment;
  Versions versions;
  int status = 0;
  try {
    Cluster cluster = open_cluster(environment, request.site);
    ask_kubectl(cluster, request.only_client, versions);
    if (!request.only_client) {
      const Site site = enter(environment, request.site);
      versions.authentik = site.facts.authentik;
      versions.database = site.facts.engine + " " + site.facts.server_version;
    }
  } catch (const Error& error) {
    ui::print_error(environment.terminal, error);
    status = error_kind(error.code()).exit_status;
  }
  environment.terminal.out(is_json(request.output)
                               ? as_json(request.output, document_of_versions(versions, request.only_client))
                               : table(environment.terminal, versions, request.only_client));
  return status;
}

}  // namespace

cli::Command version_command() {
  return {.name = "version",
          .group = "Other",
          .summary = "Show the versions of everything involved",
          .arguments = "",
          .description =
              "Its own version, kubectl's, the API server's, authentik's and the database's. What can't be\n"
              "reached is said on standard error, and the exit status is 1 then.",
          .options = {{"client", 0, "", "only what is on this machine: no cluster is asked"}},
          .examples = {{"version", "everything"}, {"version --client", "without a cluster"}},
          .outputs = "table|csv|json|yaml|jsonpath=|custom-columns=",
          .run = run_version};
}

}  // namespace akqueue::commands
