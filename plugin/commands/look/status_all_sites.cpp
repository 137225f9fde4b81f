#include "commands/look/status_all_sites.hpp"

#include <utility>

#include "cluster/drain_note.hpp"
#include "commands/shared/all_sites.hpp"
#include "diagnosis/wrong.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

/// What was seen of a site.
struct Seen {
  std::optional<queue::QueueStatus> status;
  std::string version;
  std::string database;
  bool standby = false;
};

Seen see(SiteJob& job, bool exact, Json& document) {
  const Site& site = job.enter();
  Seen seen;
  seen.status = read_status_of(site, exact);
  document = document_of_status(site, *seen.status);
  seen.version = site.facts.authentik;
  seen.database = site.facts.database;
  seen.standby = site.facts.standby;
  return seen;
}

std::string count(std::int64_t tasks, bool estimated) { return (estimated ? "~" : "") + with_separators(tasks); }

/// By the last part of its name.
ui::Text fastest(const queue::Flow& flow) {
  if (flow.actors.empty() || flow.actors.front().growth() <= 0) return {};
  const queue::ActorFlow& first = flow.actors.front();
  return ui::format_text("{} +{}", short_name(first.actor), with_separators(first.growth()));
}

std::vector<ui::Text> cells(const cluster::SiteName& name, const Seen& seen, bool wide) {
  if (!seen.status) {
    std::vector<ui::Text> unread{name.name_space, name.release, "<not read>"};
    unread.resize(wide ? 13 : 9, "?");
    return unread;
  }
  const queue::QueueStatus& status = *seen.status;
  const auto oldest = status.oldest_queued();
  std::vector<ui::Text> row{name.name_space,
                            name.release,
                            count(status.queued(), status.estimated()),
                            oldest ? format_age((status.now - *oldest) / kSecond) : "",
                            seen.standby ? "<unknown>" : with_separators(status.held),
                            seen.standby ? "<unknown>" : with_separators(status.orphaned),
                            with_separators(status.flow.came()),
                            with_separators(status.flow.done()),
                            with_separators(status.heartbeats.alive())};
  if (wide)
    row.insert(row.end(),
               {count(status.total(), status.estimated()), fastest(status.flow), seen.version, seen.database});
  return row;
}

ui::Text table(const ui::Terminal& terminal, const AllSites& sites, const std::vector<Seen>& seen, bool wide) {
  const std::string minutes = format_age(queue::QueueStatus::kFlowSeconds);
  std::vector<ui::ListingColumn> columns{{"NAMESPACE", false, true},
                                         {"RELEASE", false, true},
                                         {"QUEUED", true},
                                         {"OLDEST", true},
                                         {"HELD", true},
                                         {"ORPHANED", true},
                                         {ui::format_text("CAME/{}", minutes), true},
                                         {ui::format_text("DONE/{}", minutes), true},
                                         {"WORKERS", true}};
  if (wide) columns.insert(columns.end(), {{"TASKS", true}, {"GROWS-MOST"}, {"VERSION"}, {"DATABASE"}});
  ui::Listing listing(columns);
  for (std::size_t i = 0; i < seen.size(); ++i) listing.add(cells(sites.jobs()[i]->name(), seen[i], wide));
  return listing.draw(terminal);
}

ui::Text first_line(const AllSites& sites, const std::vector<Seen>& seen) {
  std::int64_t queued = 0;
  std::int64_t unread = 0;
  bool estimated = false;
  for (const Seen& one : seen) {
    unread += one.status ? 0 : 1;
    if (!one.status) continue;
    queued += one.status->queued();
    estimated = estimated || one.status->estimated();
  }
  ui::Text line = count_words(sites);
  if (!sites.context().empty()) line += ui::format_text(" of context {}", sites.context());
  if (std::cmp_equal(unread, seen.size())) return line + ": none could be read\n\n";
  line += ui::format_text(": {} queued", count(queued, estimated));
  if (unread > 0) line += ui::format_text("; {} could not be read", unread);
  return line + "\n\n";
}

/// Of those that were read; unfinished drains have lines of their own.
ui::Text wrong_lines(const AllSites& sites, const std::vector<Seen>& seen) {
  ui::Text lines;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i].status) continue;
    const SiteJob& job = *sites.jobs()[i];
    for (const diagnosis::Wrong& one : diagnosis::what_is_wrong(job.inventory(), *seen[i].status, seen[i].version)) {
      if (one.is_drain) continue;
      lines += lines.empty() ? ui::Text("\nWrong     ") : ui::Text("          ");
      lines += ui::format_text("{}: {}\n", job.name().text(), one.words);
    }
  }
  return lines;
}

/// Also of a site that can't be entered.
ui::Text drain_lines(const AllSites& sites) {
  ui::Text lines;
  for (const auto& job : sites.jobs()) {
    const cluster::SiteName& name = job->name();
    for (const cluster::Deployment& deployment : job->inventory().deployments) {
      if (!deployment.annotations.contains(cluster::kDrainAnnotation)) continue;
      lines += ui::format_text(
          "\nDrain     unfinished in {0}: deployment/{1}\n"
          "          kubectl akqueue drain --resume -n {0}{2} finishes it, drain --cancel scales back\n",
          name.name_space, deployment.name, name.release.empty() ? "" : " --release " + name.release);
    }
  }
  return lines;
}

}  // namespace

int status_of_all_sites(const cli::Environment& environment, const StatusRequest& request) {
  AllSites sites(environment, request.site, cluster::kPodsAndDeployments);
  sites.look();
  ui::Terminal& terminal = environment.terminal;
  if (request.output == OutputFormat::name) {
    for (const auto& job : sites.jobs()) terminal.out(ui::format_text("{}\n", job->name().text()));
    return 0;
  }
  std::vector<Seen> seen(sites.jobs().size());
  std::vector<Json> documents(seen.size());
  const auto errors = sites.each([&](SiteJob& job, std::size_t i) { seen[i] = see(job, request.exact, documents[i]); });
  if (is_json(request.output)) {
    terminal.out(documents_of_sites(request.output, sites, documents, errors));
  } else if (request.output == OutputFormat::csv) {
    terminal.out(table(terminal, sites, seen, true));
  } else {
    terminal.out(first_line(sites, seen) + table(terminal, sites, seen, request.output == OutputFormat::wide) +
                 wrong_lines(sites, seen) + drain_lines(sites));
  }
  return report(terminal, sites, errors);
}

}  // namespace akqueue::commands
