#include "commands/site.hpp"

#include <cstdlib>

#include "akqueue/tasks.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kUsualRelease = "authentik";

std::string world_of(const Options& options) {
  if (const auto given = options.value("sim")) return *given;
  const char* const variable = std::getenv("AKQUEUE_SIM");
  return variable == nullptr ? std::string() : std::string(variable);
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

void show(Terminal& terminal, const std::string& what, const std::string& text) { terminal.err(what + ": " + visible(text) + "\n"); }

void trace_statements(const Invocation& invocation, Session& session) {
  if (!invocation.options.has("verbose")) return;
  Terminal& terminal = invocation.world.terminal;
  session.on_statement([&terminal](const Statement& statement) {
    const std::string values = statement.params.dump(-1, ' ', false, Value::error_handler_t::replace);
    constexpr std::size_t kShown = 400;
    const std::string shown = values.size() > kShown ? values.substr(0, kShown) + "… (" + std::to_string(values.size()) + " bytes)" : values;
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
    {ErrorCode::no_authentik, "authentik can't be imported in ", "is this authentik's server container? --container names another"},
    {ErrorCode::config, "authentik's configuration can't be read in ", "check the AUTHENTIK_POSTGRESQL__* settings and the secrets that the pod mounts"},
    {ErrorCode::connect, "the database can't be reached from ", "is PostgreSQL up, and do AUTHENTIK_POSTGRESQL__* point to it? the pod's own log says more"},
};

Opened open_or_explain(const Exec& exec, const Target& target) {
  const std::string pod = "pod " + visible(target.pod);
  try {
    return open_session(exec, [&](const Finished& ended) { return kubectl_error(ended, "enter " + pod); });
  } catch (const Error& error) {
    for (const ConnectTrouble& trouble : kConnectTroubles) {
      if (error.code() == trouble.code) throw Error(error.code(), std::string(trouble.what) + pod + ": " + error.what(), std::string(trouble.hint));
    }
    throw;
  }
}

Error tables_missing(const DatabaseFacts& facts) {
  return Error(ErrorCode::tables_missing,
               "database " + facts.database + " has no table " + facts.schema + "." + std::string(kTaskTable),
               facts.authentik.empty() ? "authentik keeps its tasks there from 2025.8 on: is this a newer authentik, and has it migrated?"
                                       : "authentik " + facts.authentik + " runs there; it keeps its tasks in the database from 2025.8 on, once migrated");
}

}  // namespace

std::string Site::where() const {
  std::string words = (context.empty() ? "" : "context " + visible(context) + ", ") + "namespace " + visible(name_space);
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
  const auto program = kubectl_program(world_of(options));
  auto flags = passed_on(options);
  Search search;
  search.selector = options.text("selector", Search::kDefaultSelector);
  search.pod = options.text("pod");
  search.container = options.text("container");
  search.name_space = options.text("namespace");

  Context context;
  if (search.name_space.empty() || (with_context && !options.has("context"))) {
    Kubectl kubectl(invocation.world.launcher, program, flags);
    context = read_context(kubectl);
    if (invocation.options.has("verbose")) show(invocation.world.terminal, "run", kubectl.journal().back());
  }
  if (options.has("context")) {
    context.name = options.text("context");
  } else if (!context.name.empty()) {
    // Somebody may switch the current context meanwhile: all calls go where this one looked.
    flags.push_back("--context=" + context.name);
  }
  if (search.name_space.empty()) search.name_space = context.name_space;
  if (search.name_space.empty()) search.name_space = kUsualNamespace;
  flags.push_back("--namespace=" + search.name_space);
  std::string line;
  for (const std::string& word : program) line += (line.empty() ? "" : " ") + word;
  return {Kubectl(invocation.world.launcher, program, flags), line, context, search};
}

Site enter(const Invocation& invocation) {
  Cluster cluster = open_cluster(invocation, invocation.command.effect != Effect::looks);
  Terminal& terminal = invocation.world.terminal;
  const bool verbose = invocation.options.has("verbose");
  const auto traced = [&](auto&& call) {
    const std::size_t before = cluster.kubectl.journal().size();
    auto result = call();
    for (std::size_t i = before; verbose && i < cluster.kubectl.journal().size(); ++i) show(terminal, "run", cluster.kubectl.journal()[i]);
    return result;
  };

  const Inventory inventory = traced([&] { return take_inventory(cluster.kubectl, cluster.search); });
  if (inventory.pods.empty() && inventory.deployments.empty()) throw nothing_found(cluster.kubectl, cluster.search);
  Site site;
  site.kubectl = cluster.program;
  site.context = cluster.context.name;
  site.name_space = cluster.search.name_space;
  site.target = choose_server(inventory, cluster.search);
  terminal.err("using server pod " + visible(site.target.pod) + " in namespace " + visible(site.name_space) + "\n");

  const Exec exec = [&](const std::vector<std::string>& command) {
    return traced([&] {
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
  return site;
}

std::string as_json(const Invocation& invocation, const Json& document) {
  const int indent = invocation.options.text("output") == "jsonl" ? -1 : 2;
  return document.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json document_of(std::string_view kind) { return {{"version", 1}, {"kind", kind}}; }

Json to_json(const std::optional<Timestamp>& at) { return at ? Json(format_timestamp(*at)) : Json(); }

}  // namespace akqueue
