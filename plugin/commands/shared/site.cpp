#include "commands/shared/site.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "backup/system_id.hpp"
#include "system/surroundings.hpp"
#include "ui/json_text.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kUsualRelease = "authentik";

std::string in_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words)
    line += (line.empty() ? "" : ", ") + (word.empty() ? "(without a label)" : word);
  return line;
}

/// The release of the pod that was asked for. Where it does not exist, that is said later.
std::string release_of_pod(const Inventory& inventory, const std::string& name) {
  const auto pod = std::ranges::find(inventory.pods, name, &Pod::name);
  return pod == inventory.pods.end() ? std::string() : pod->instance;
}

std::string world_of(const Options& options) {
  if (const auto given = options.value("sim")) return *given;
  return environment_variable("AKQUEUE_SIM").value_or("");
}

/// Everything but the namespace, which is found out first.
std::vector<std::string> passed_on(const Options& options) {
  std::vector<std::string> flags;
  for (const Option& option : kubectl_options()) {
    if (option.name == "namespace") continue;
    const auto values = option.repeatable ? options.all(option.name) : std::vector<std::string>();
    for (const std::string& value : values) flags.push_back("--" + std::string(option.name) + "=" + value);
    const auto single = option.repeatable ? std::nullopt : options.value(option.name);
    if (single) flags.push_back("--" + std::string(option.name) + "=" + *single);
  }
  return flags;
}

void refuse_one_site(const Options& options) {
  for (const char* const name : {"namespace", "release", "pod"}) {
    if (!options.has(name)) continue;
    throw Error(ErrorCode::usage, "--" + std::string(name) + " names one site, and -A means all of them",
                "leave one of the two out");
  }
}

void show(Terminal& terminal, const std::string& what, const std::string& text) {
  terminal.err(what + ": " + visible(text) + "\n");
}

void trace_statements(const Invocation& invocation, Session& session) {
  if (!invocation.options.has("verbose")) return;
  Terminal& terminal = invocation.environment.terminal;
  session.on_statement([&terminal](const Statement& statement) {
    const std::string values = statement.params.dump(-1, ' ', false, Value::error_handler_t::replace);
    constexpr std::size_t kShown = 400;
    const std::string shown =
        values.size() > kShown ? values.substr(0, kShown) + "… (" + std::to_string(values.size()) + " bytes)" : values;
    show(terminal, "sql", statement.sql + (statement.params.empty() ? "" : "  -- " + shown));
  });
}

/// What the agent reports when it can't connect, with what to do about it.
struct ConnectTrouble {
  ErrorCode code;
  std::string_view what;
  std::string_view hint;
};

constexpr ConnectTrouble kConnectTroubles[] = {
    {ErrorCode::no_authentik, "authentik can't be imported in ",
     "is this authentik's server container? --container names another"},
    {ErrorCode::config, "authentik's configuration can't be read in ",
     "check the AUTHENTIK_POSTGRESQL__* settings and the secrets that the pod mounts"},
    {ErrorCode::connect, "the database can't be reached from ",
     "is PostgreSQL up, and do AUTHENTIK_POSTGRESQL__* point to it? the pod's own log says more"},
};

Opened open_or_explain(const Exec& exec, const Target& target) {
  const std::string pod = "pod " + visible(target.pod);
  try {
    return open_session(exec, [&](const Finished& ended) { return kubectl_error(ended, "enter " + pod); });
  } catch (const Error& error) {
    for (const ConnectTrouble& trouble : kConnectTroubles) {
      if (error.code() == trouble.code)
        throw Error(error.code(), std::string(trouble.what) + pod + ": " + error.what(), std::string(trouble.hint));
    }
    throw;
  }
}

/// Two releases in one namespace have two databases: which one is meant is asked, or refused, but never guessed.
std::string release_of(const Invocation& invocation, const Search& search, const Inventory& inventory) {
  const auto releases = inventory.releases();
  if (!search.release.empty()) {
    if (std::ranges::find(releases, search.release) != releases.end()) return search.release;
    throw Error(ErrorCode::not_found,
                "no release " + search.release + " of authentik in namespace " + search.name_space + ", only " +
                    in_line(releases),
                "kubectl get deployments -n " + search.name_space + " -L app.kubernetes.io/instance shows them");
  }
  if (!search.pod.empty()) return release_of_pod(inventory, search.pod);
  if (releases.size() < 2) return releases.empty() ? std::string() : releases.front();
  Terminal& terminal = invocation.environment.terminal;
  const std::string several =
      "namespace " + search.name_space + " holds several releases of authentik: " + in_line(releases);
  if (!terminal.in_is_terminal() || invocation.machine_output() || invocation.options.has("yes")) {
    throw Error(ErrorCode::refused, several, "choose one with --release " + releases.back());
  }
  terminal.err(visible(several) + "\n");
  return ask_which(terminal, invocation.environment.interrupts, {"Which one? ", "no release was chosen"}, releases);
}

Error tables_missing(const DatabaseFacts& facts) {
  return Error(ErrorCode::tables_missing,
               "database " + facts.database + " has no table " + facts.schema + "." + std::string(kTaskTable),
               facts.authentik.empty()
                   ? "authentik keeps its tasks there from 2025.8 on: is this a newer authentik, and has it migrated?"
                   : "authentik " + facts.authentik +
                         " runs there; it keeps its tasks in the database from 2025.8 on, once migrated");
}

}  // namespace

std::string Site::where() const {
  std::string words =
      (context.empty() ? "" : "context " + visible(context) + ", ") + "namespace " + visible(name_space);
  if (!target.instance.empty() && target.instance != kUsualRelease) words += ", release " + visible(target.instance);
  return words;
}

Json Site::to_json() const {
  Json site;
  if (!context.empty()) site["context"] = context;
  site["namespace"] = name_space;
  site["pod"] = target.pod;
  if (!target.instance.empty()) site["release"] = target.instance;
  site["database"] = facts.database;
  site["schema"] = facts.schema;
  site["engine"] = facts.engine + " " + facts.server_version;
  site["standby"] = facts.standby;
  if (!facts.authentik.empty()) site["authentik"] = facts.authentik;
  return site;
}

Cluster open_cluster(const Invocation& invocation, bool with_context) {
  const Options& options = invocation.options;
  const bool everywhere = options.has(kEverywhere.name);
  if (everywhere) refuse_one_site(options);
  const auto program = kubectl_program(world_of(options));
  auto flags = passed_on(options);
  Search search;
  search.selector = options.text("selector", Search::kDefaultSelector);
  search.pod = options.text("pod");
  search.container = options.text("container");
  search.name_space = options.text("namespace");
  search.release = options.text("release");

  Context context;
  if (search.name_space.empty() || (with_context && !options.has("context"))) {
    Kubectl kubectl(invocation.environment.launcher, program, flags);
    context = read_context(kubectl);
    if (invocation.options.has("verbose")) show(invocation.environment.terminal, "run", kubectl.journal().back());
  }
  if (options.has("context")) {
    context.name = options.text("context");
  } else if (!context.name.empty()) {
    // Somebody may switch the current context meanwhile: all calls go where this one looked.
    flags.push_back("--context=" + context.name);
  }
  if (!everywhere) {
    if (search.name_space.empty()) search.name_space = context.name_space;
    if (search.name_space.empty()) search.name_space = kUsualNamespace;
    flags.push_back("--namespace=" + search.name_space);
  }
  std::string line;
  for (const std::string& word : program) line += (line.empty() ? "" : " ") + word;
  return {Kubectl(invocation.environment.launcher, program, flags), line, context, search};
}

void trace_kubectl(const Invocation& invocation, const Kubectl& kubectl, std::size_t from) {
  if (!invocation.options.has("verbose")) return;
  for (std::size_t i = from; i < kubectl.journal().size(); ++i)
    show(invocation.environment.terminal, "run", kubectl.journal()[i]);
}

Inventory look_around(const Invocation& invocation, Cluster& cluster, const char* kinds) {
  Inventory inventory =
      traced(invocation, cluster.kubectl, [&] { return take_inventory(cluster.kubectl, cluster.search, kinds); });
  if (inventory.pods.empty() && inventory.deployments.empty()) throw nothing_found(cluster.kubectl, cluster.search);
  const Inventory chosen = inventory.of_release(release_of(invocation, cluster.search, inventory));
  // Nothing of any release: what is there instead is for the error that follows.
  return chosen.pods.empty() && chosen.deployments.empty() ? inventory : chosen;
}

Site enter(const Invocation& invocation, Cluster& cluster, Inventory inventory) {
  Site site;
  site.kubectl = cluster.program;
  site.context = cluster.context.name;
  site.name_space = cluster.search.name_space;
  site.target = choose_server(inventory, cluster.search);
  site.inventory = std::move(inventory);
  invocation.environment.terminal.err("using server pod " + visible(site.target.pod) + " in namespace " +
                                      visible(site.name_space) + "\n");

  const Exec exec = [&](const std::vector<std::string>& command) {
    return traced(invocation, cluster.kubectl, [&] {
      return cluster.kubectl.start({"exec", "--stdin", site.target.pod, "--container", site.target.container}, command);
    });
  };
  Opened opened = open_or_explain(exec, site.target);
  site.facts = opened.facts;
  site.session = std::move(opened.session);
  trace_statements(invocation, *site.session);
  site.dialect = make_dialect(site.facts.engine, site.facts.server_version);
  site.catalog = site.session->introspect(kTaskTable);
  if (site.catalog.tables.empty()) throw tables_missing(site.facts);
  if (invocation.command.effect != Effect::looks) identify(site);
  return site;
}

void identify(Site& site) {
  if (site.facts.system.empty()) site.facts.system = fingerprint(*site.session, site.facts.schema);
}

Site enter(const Invocation& invocation, const char* kinds) {
  Cluster cluster = open_cluster(invocation, invocation.command.effect != Effect::looks);
  return enter(invocation, cluster, look_around(invocation, cluster, kinds));
}

std::string as_json(const Invocation& invocation, const Json& document) {
  return (invocation.options.text("output") == "jsonl" ? compact_json(document) : indented_json(document)) + "\n";
}

Json document_of(std::string_view kind) { return {{"version", 1}, {"kind", kind}}; }

Json to_json(const std::optional<Timestamp>& at) { return at ? Json(format_timestamp(*at)) : Json(); }

}  // namespace akqueue
