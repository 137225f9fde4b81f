#include "commands/shared/site.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "backup/system_id.hpp"
#include "queue/measure/heartbeats.hpp"
#include "session/connect_error.hpp"
#include "system/paths.hpp"
#include "system/pause.hpp"
#include "ui/drawn_line.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kBetweenTries = 5s;
constexpr std::string_view kUsualRelease = "authentik";

std::string in_line(std::vector<std::string> releases) {
  std::ranges::replace(releases, std::string(), "(without a label)");
  return joined(releases);
}

/// The release of the pod that was asked for. Where it does not exist, that is said later.
std::string release_of_pod(const cluster::Inventory& inventory, const std::string& name) {
  const auto pod = std::ranges::find(inventory.pods, name, &cluster::Pod::name);
  return pod == inventory.pods.end() ? std::string() : pod->instance;
}

void show_run(ui::Terminal& terminal, const std::string& command) {
  terminal.err(ui::format_text("run: {}\n", command));
}

void trace_statements(ui::Terminal& terminal, session::Session& session) {
  session.on_statement([&terminal](const session::Statement& statement) {
    const std::string values = statement.params.dump(-1, ' ', false, session::Value::error_handler_t::replace);
    constexpr std::size_t kShown = 400;
    const ui::Text some =
        values.size() > kShown
            ? ui::format_text("{}… ({} bytes)", std::string_view(values).substr(0, kShown), values.size())
            : ui::Text(values);
    terminal.err(ui::format_text("sql: {}", statement.sql) +
                 (statement.params.empty() ? ui::Text("\n") : ui::format_text("  -- {}\n", some)));
  });
}

/// Before the next try, on a terminal second by second.
void count_down(const cli::Environment& environment, const std::string& trouble) {
  ui::Terminal& terminal = environment.terminal;
  ui::DrawnLine line(terminal);
  for (auto left = kBetweenTries; left > 0s; left -= 1s) {
    const ui::Text end = ui::format_text("; trying again in {}s", left.count());
    if (terminal.err_is_terminal()) {
      line.draw(trouble, end);
    } else if (left == kBetweenTries) {
      terminal.err(ui::Text(trouble) + end + "\n");
    }
    if (!system::pause_for(environment.clock, environment.interrupts, 1s))
      throw Error(ErrorCode::interrupted, "interrupted; " + trouble);
  }
}

session::Opened open_or_explain(const cli::Environment& environment, const session::Exec& exec, const std::string& pod,
                                std::chrono::milliseconds patience, int most) {
  for (int tries = 1;; ++tries) {
    try {
      return session::open_session(
          exec, [&](const system::Finished& ended) { return cluster::kubectl_error(ended, "enter pod " + pod); },
          kTaskTable, patience);
    } catch (const Error& error) {
      const Error explained = session::explain_connecting(error, pod);
      if (!session::may_pass(error) || tries >= most) throw explained;
      count_down(environment, explained.what());
    }
  }
}

/// Never a value: only which settings.
void tell_of_injected(ui::Terminal& terminal, const session::DatabaseFacts& facts) {
  if (facts.injected.empty()) return;
  terminal.err(
      ui::format_text("note: {} from authentik's own process: what kubectl exec starts there does not have {}\n",
                      joined(facts.injected), facts.injected.size() == 1 ? "it" : "them"));
}

/// Two releases in one namespace have two databases: which one is meant is asked, or refused, but never guessed.
std::string release_of(const cli::Environment& environment, const Cluster& cluster,
                       const cluster::Inventory& inventory) {
  const cluster::Search& search = cluster.search;
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
  ui::Terminal& terminal = environment.terminal;
  const std::string several =
      "namespace " + search.name_space + " holds several releases of authentik: " + in_line(releases);
  if (!terminal.in_is_terminal() || !cluster.request.may_ask) {
    throw Error(ErrorCode::refused, several, "choose one with --release " + releases.back());
  }
  terminal.err(ui::format_text("{}\n", several));
  return ui::ask_which(terminal, environment.interrupts, {"Which one? ", "no release was chosen"}, releases);
}

Error tables_missing(const session::DatabaseFacts& facts) {
  return Error(ErrorCode::tables_missing,
               "database " + facts.database + " has no table " + facts.schema + "." + std::string(kTaskTable),
               facts.authentik.empty()
                   ? "authentik keeps its tasks there from 2025.8 on: is this a newer authentik, and has it migrated?"
                   : "authentik " + facts.authentik +
                         " runs there; it keeps its tasks in the database from 2025.8 on, once migrated");
}

/// One outside this cluster may still work on the same database; its lock tells.
bool a_worker_lives(const Site& site) {
  if (!site.database().locks_tell) return false;
  const std::string table = queue::find_workers_table(site.database());
  const session::Transaction transaction(*site.session, kLooking);
  return queue::read_heartbeats(site.database(), table, transaction.now()).alive() > 0;
}

}  // namespace

ui::Text Site::where() const {
  ui::Text words;
  if (!context.empty()) words += ui::format_text("context {}, ", context);
  words += ui::format_text("namespace {}", name_space);
  if (!target.instance.empty() && target.instance != kUsualRelease)
    words += ui::format_text(", release {}", target.instance);
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
  site["pooled"] = facts.pooled;
  if (!facts.authentik.empty()) site["authentik"] = facts.authentik;
  return site;
}

Cluster open_cluster(const cli::Environment& environment, const SiteRequest& request) {
  const auto program = cluster::kubectl_program(request.world);
  auto flags = request.kubectl_flags;
  cluster::Search search = request.search;
  cluster::Context context;
  cluster::KeptSites kept = cluster::KeptSites::read(environment.sites_file);
  const bool name_needed = request.remembered || request.tells_where || !kept.sites().empty();
  if (search.name_space.empty() || (name_needed && !request.context)) {
    cluster::Kubectl kubectl(environment.launcher, program, flags);
    context = cluster::read_context(kubectl);
    if (request.verbose) show_run(environment.terminal, kubectl.journal().back());
  }
  if (request.context) {
    context.name = *request.context;
  } else if (!context.name.empty()) {
    // Somebody may switch the current context meanwhile: all calls go where this one looked.
    flags.push_back("--context=" + context.name);
  }
  if (!request.many()) {
    if (search.name_space.empty()) search.name_space = context.name_space;
    if (search.name_space.empty()) search.name_space = cluster::kUsualNamespace;
    flags.push_back("--namespace=" + search.name_space);
  }
  Cluster cluster{cluster::Kubectl(environment.launcher, program, flags),
                  joined(program, " "),
                  context,
                  search,
                  request,
                  std::move(kept)};
  if (!request.many()) cluster.search = search_in(environment, cluster, search.name_space);
  return cluster;
}

cluster::Search search_in(const cli::Environment& environment, const Cluster& cluster, const std::string& name_space) {
  cluster::Search search = cluster.request.search;
  search.name_space = name_space;
  const cluster::KeptSite* const site = cluster.kept.find(cluster.context.name, name_space);
  if (site == nullptr) return search;
  const cluster::KeptValues taken = cluster::take_over(site->values, search);
  if (cluster.request.verbose && !taken.empty())
    environment.terminal.err(ui::format_text("config: {} from {}\n", joined(cluster::words_of(taken), " "),
                                             system::text_of(environment.sites_file)));
  return search;
}

void trace_kubectl(const cli::Environment& environment, const Cluster& cluster, std::size_t from) {
  if (!cluster.request.verbose) return;
  for (std::size_t i = from; i < cluster.kubectl.journal().size(); ++i)
    show_run(environment.terminal, cluster.kubectl.journal()[i]);
}

cluster::Inventory look_around(const cli::Environment& environment, Cluster& cluster, const char* kinds) {
  cluster::Inventory inventory =
      traced(environment, cluster, [&] { return cluster::take_inventory(cluster.kubectl, cluster.search, kinds); });
  cluster.search.without_labels = inventory.without_labels;
  cluster.search.all_workers = false;
  if (inventory.pods.empty() && inventory.deployments.empty())
    throw cluster::nothing_found(cluster.kubectl, cluster.search);
  const std::string release = release_of(environment, cluster, inventory);
  if (cluster.search.names_workers() && cluster.search.release.empty()) {
    cluster.search.release = release;
    cluster::apply_search(inventory, cluster.search);
  }
  const cluster::Inventory chosen = inventory.of_release(release);
  // Nothing of any release: what is there instead is for the error that follows.
  return chosen.pods.empty() && chosen.deployments.empty() ? inventory : chosen;
}

Site enter(const cli::Environment& environment, Cluster& cluster, cluster::Inventory inventory) {
  Site site;
  site.kubectl = cluster.program;
  site.context = cluster.context.name;
  site.user = cluster.context.user;
  site.name_space = cluster.search.name_space;
  site.target = cluster::choose_server(inventory, cluster.search);
  site.inventory = std::move(inventory);
  if (!site.target.note.empty()) environment.terminal.err(ui::format_text("note: {}\n", site.target.note));
  environment.terminal.err(ui::format_text("using server pod {} in namespace {}\n", site.target.pod, site.name_space));

  const session::Exec exec = [&](const std::vector<std::string>& command) {
    return traced(environment, cluster, [&] {
      return cluster.kubectl.start({"exec", "--stdin", site.target.pod, "--container", site.target.container}, command);
    });
  };
  session::Opened opened = open_or_explain(environment, exec, site.target.pod, cluster.request.patience, cluster.tries);
  tell_of_injected(environment.terminal, opened.facts);
  site.facts = opened.facts;
  site.session = std::move(opened.session);
  if (cluster.request.verbose) trace_statements(environment.terminal, *site.session);
  site.dialect = session::make_dialect(site.facts.engine, site.facts.server_version);
  site.catalog = std::move(opened.catalog);
  if (site.catalog.tables.empty()) throw tables_missing(site.facts);
  site.workers_gone = site.inventory.workers_gone() && !a_worker_lives(site);
  if (cluster.request.remembered) identify(site);
  return site;
}

void identify(Site& site) {
  if (site.facts.system.empty()) site.facts.system = backup::fingerprint(*site.session, site.facts.schema);
}

SiteRequest same_place(SiteRequest request, const Site& site) {
  request.search.name_space = site.name_space;
  request.search.release = site.target.instance;
  if (!request.context && !site.context.empty()) {
    request.context = site.context;
    request.kubectl_flags.push_back("--context=" + site.context);
  }
  return request;
}

void stay_entered(const cli::Environment& environment, const SiteRequest& request, Site& site) {
  try {
    const session::Transaction still_there(*site.session, kLooking);
    return;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::lost) throw;
  }
  environment.terminal.err("the line was cut while the question stood: entering again\n");
  Site again = enter(environment, same_place(request, site));
  if (again.facts.system != site.facts.system || again.facts.database != site.facts.database ||
      again.facts.schema != site.facts.schema)
    throw Error(ErrorCode::refused,
                "another database is there now than before the question; nothing was deleted or restored",
                "run it again, and look at its preview");
  site = std::move(again);
}

Site enter(const cli::Environment& environment, const SiteRequest& request, const char* kinds) {
  Cluster cluster = open_cluster(environment, request);
  return enter(environment, cluster, look_around(environment, cluster, kinds));
}

}  // namespace akqueue::commands
