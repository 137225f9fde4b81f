#include "commands/shared/sessions_beside.hpp"

#include "akqueue/tasks.hpp"
#include "backup/system_id.hpp"
#include "session/connect_error.hpp"

namespace akqueue::commands {
namespace {

bool is_database_of(const Site& site, session::Opened& opened) {
  const session::DatabaseFacts& facts = opened.facts;
  const std::string system = facts.system.empty() ? backup::fingerprint(*opened.session, facts.schema) : facts.system;
  return facts.engine == site.facts.engine && facts.database == site.facts.database &&
         facts.schema == site.facts.schema && facts.standby == site.facts.standby && system == site.facts.system;
}

std::unique_ptr<session::Session> open_one(const cli::Environment& environment, Cluster& cluster, const Site& site) {
  const std::string& pod = site.target.pod;
  const session::Exec exec = [&](const std::vector<std::string>& command) {
    return traced(environment, cluster, [&] {
      return cluster.kubectl.start({"exec", "--stdin", pod, "--container", site.target.container}, command);
    });
  };
  try {
    session::Opened opened = session::open_session(
        exec, [&](const system::Finished& ended) { return cluster::kubectl_error(ended, "enter pod " + pod); },
        kTaskTable, cluster.request.patience);
    if (!is_database_of(site, opened)) throw Error(ErrorCode::refused, "pod " + pod + " leads to another database now");
    return std::move(opened.session);
  } catch (const Error& error) { throw session::explain_connecting(error, pod); }
}

}  // namespace

std::optional<int> read_jobs(const Options& options) {
  const auto jobs = options.number("jobs", 1);
  if (jobs > kMostJobs)
    throw Error(ErrorCode::usage, "--jobs: " + std::to_string(*jobs) + " sessions are too many",
                "it takes 1 to " + std::to_string(kMostJobs));
  return jobs ? std::optional(static_cast<int>(*jobs)) : std::nullopt;
}

std::vector<std::unique_ptr<session::Session>> open_beside(const cli::Environment& environment, const Cluster& cluster,
                                                           const Site& site, std::size_t more) {
  std::vector<std::unique_ptr<session::Session>> sessions;
  if (more == 0) return sessions;
  // Whoever looks on while kubectl is waited for looks on in one thread.
  const std::unique_ptr<system::Launcher> launcher = environment.launcher.listening_to(environment.interrupts);
  Cluster same{
      cluster.kubectl.with(*launcher), cluster.program, cluster.context, cluster.search, cluster.request, cluster.kept};
  try {
    while (sessions.size() < more) sessions.push_back(open_one(environment, same, site));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    environment.terminal.err(ui::format_text(
        "note: working with {} instead of {}: {}\n",
        count_of(static_cast<std::int64_t>(sessions.size() + 1), "session", "sessions"), more + 1, error.what()));
  }
  return sessions;
}

}  // namespace akqueue::commands
