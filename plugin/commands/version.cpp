#include "commands/others.hpp"

#include "akqueue/json_depth.hpp"
#include "commands/shared/site.hpp"
#include "ui/errors.hpp"
#include "ui/listing.hpp"

namespace akqueue {
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

/// `kubectl version` prints its own version even where the API server does not answer.
void ask_kubectl(const Invocation& invocation, Cluster& cluster, Versions& versions) {
  std::vector<std::string> args{"version", "--output", "json"};
  if (invocation.options.has("client")) args.insert(args.begin() + 1, "--client");
  const Finished got = cluster.kubectl.run(args);
  const auto document = parse_foreign<ForeignJson>(got.output);
  if (document.is_object()) {
    versions.kubectl = git_version(document, "clientVersion");
    versions.api_server = git_version(document, "serverVersion");
  }
  if (!got.status.ok()) throw kubectl_error(got, "ask the API server for its version");
}

void print(const Invocation& invocation, const Versions& versions) {
  const bool whole = !invocation.options.has("client");
  Terminal& terminal = invocation.environment.terminal;
  if (invocation.machine_output()) {
    Json document = document_of("versions");
    const auto add = [&](const char* name, const std::string& version) {
      document[name] = version.empty() ? Json() : Json(version);
    };
    add("akqueue", AKQUEUE_VERSION);
    add("kubectl", versions.kubectl);
    if (whole) {
      add("api_server", versions.api_server);
      add("authentik", versions.authentik);
      add("database", versions.database);
    }
    terminal.out(as_json(invocation, document));
    return;
  }
  Listing listing({{"NAME"}, {"VERSION"}});
  listing.add({"kubectl-akqueue", AKQUEUE_VERSION});
  listing.add({"kubectl", versions.kubectl});
  if (whole) {
    listing.add({"api-server", versions.api_server});
    listing.add({"authentik", versions.authentik});
    listing.add({"database", versions.database});
  }
  terminal.out(listing.draw(terminal));
}

int run_version(const Invocation& invocation) {
  Versions versions;
  int status = 0;
  try {
    Cluster cluster = open_cluster(invocation, false);
    ask_kubectl(invocation, cluster, versions);
    if (!invocation.options.has("client")) {
      const Site site = enter(invocation);
      versions.authentik = site.facts.authentik;
      versions.database = site.facts.engine + " " + site.facts.server_version;
    }
  } catch (const Error& error) {
    print_error(invocation.environment.terminal, error);
    status = error_kind(error.code()).exit_status;
  }
  print(invocation, versions);
  return status;
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .group = "Other",
          .summary = "Show the versions of everything involved",
          .arguments = "",
          .description =
              "Its own version, kubectl's, the API server's, authentik's and the database's. What can't be\n"
              "reached is said on standard error, and the exit status is 1 then.",
          .options = {{"client", 0, "", "only what is on this machine: no cluster is asked"}},
          .examples = {{"version", "everything"}, {"version --client", "without a cluster"}},
          .outputs = "table|json",
          .run = run_version};
}

}  // namespace akqueue
