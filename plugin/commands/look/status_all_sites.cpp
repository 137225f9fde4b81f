#include "commands/look/status_all_sites.hpp"

#include "commands/look/status_document.hpp"
#include "commands/shared/all_sites.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

/// What was seen of a site.
struct Seen {
  std::optional<QueueStatus> status;
  std::string version;
  std::string database;
  bool standby = false;
};

Seen see(SiteJob& visit, Json& document) {
  const Site& site = visit.enter();
  Seen seen;
  seen.status = read_status_of(visit.invocation(), site);
  document = document_of_status(site, *seen.status);
  seen.version = site.facts.authentik;
  seen.database = site.facts.database;
  seen.standby = site.facts.standby;
  return seen;
}

std::string count(std::int64_t tasks, bool estimated) { return (estimated ? "~" : "") + with_separators(tasks); }

/// By the last part of its name.
std::string fastest(const Flow& flow) {
  if (flow.actors.empty() || flow.actors.front().growth() <= 0) return {};
  const ActorFlow& first = flow.actors.front();
  return first.actor.substr(first.actor.rfind('.') + 1) + " +" + with_separators(first.growth());
}

std::vector<std::string> cells(const SiteName& name, const Seen& seen, bool wide) {
  if (!seen.status) {
    std::vector<std::string> unread{name.name_space, name.release, "<not read>"};
    unread.resize(wide ? 13 : 9, "?");
    return unread;
  }
  const QueueStatus& status = *seen.status;
  const auto oldest = status.oldest_queued();
  std::vector<std::string> row{name.name_space,
                               name.release,
                               count(status.queued(), status.estimated()),
                               oldest ? format_age((status.now - *oldest) / kSecond) : "",
                               seen.standby ? "<unknown>" : with_separators(status.held),
                               seen.standby ? "<unknown>" : with_separators(status.orphaned),
                               with_separators(status.flow.came()),
                               with_separators(status.flow.done()),
                               with_separators(status.workers_alive())};
  if (wide)
    row.insert(row.end(),
               {count(status.total(), status.estimated()), fastest(status.flow), seen.version, seen.database});
  return row;
}

std::string table(const Terminal& terminal, const AllSites& everywhere, const std::vector<Seen>& seen, bool wide) {
  const std::string minutes = format_age(QueueStatus::kFlowSeconds);
  std::vector<ListingColumn> columns{{"NAMESPACE", false, true},
                                     {"RELEASE", false, true},
                                     {"QUEUED", true},
                                     {"OLDEST", true},
                                     {"HELD", true},
                                     {"ORPHANED", true},
                                     {"CAME/" + minutes, true},
                                     {"DONE/" + minutes, true},
                                     {"WORKERS", true}};
  if (wide) columns.insert(columns.end(), {{"TASKS", true}, {"GROWS-MOST"}, {"VERSION"}, {"DATABASE"}});
  Listing listing(columns);
  for (std::size_t i = 0; i < seen.size(); ++i) listing.add(cells(everywhere.visits()[i]->name(), seen[i], wide));
  return listing.draw(terminal);
}

std::string first_line(const AllSites& everywhere, const std::vector<Seen>& seen) {
  std::int64_t queued = 0;
  std::int64_t unread = 0;
  bool estimated = false;
  for (const Seen& one : seen) {
    unread += one.status ? 0 : 1;
    if (!one.status) continue;
    queued += one.status->queued();
    estimated = estimated || one.status->estimated();
  }
  const std::string line = count_words(everywhere) +
                           (everywhere.context().empty() ? "" : " of context " + visible(everywhere.context())) + ": ";
  if (unread == static_cast<std::int64_t>(seen.size())) return line + "none could be read\n\n";
  return line + count(queued, estimated) + " queued" +
         (unread > 0 ? "; " + std::to_string(unread) + " could not be read" : "") + "\n\n";
}

/// Also of a site that can't be entered.
std::string drain_lines(const AllSites& everywhere) {
  std::string lines;
  for (const auto& visit : everywhere.visits()) {
    const SiteName& name = visit->name();
    for (const Deployment& deployment : visit->inventory().deployments) {
      if (!deployment.annotations.contains(kDrainAnnotation)) continue;
      lines += "\nDrain     unfinished in " + visible(name.name_space) + ": deployment/" + visible(deployment.name) +
               "\n          kubectl akqueue drain --resume -n " + visible(name.name_space) + " --release " +
               visible(name.release) + " finishes it, drain --cancel scales back\n";
    }
  }
  return lines;
}

}  // namespace

int run_status_everywhere(const Invocation& invocation) {
  AllSites everywhere(invocation, kPodsAndDeployments);
  everywhere.look();
  Terminal& terminal = invocation.environment.terminal;
  const std::string output = invocation.options.text("output", "table");
  if (output == "name") {
    for (const auto& visit : everywhere.visits()) terminal.out(visible(visit->name().text()) + "\n");
    return 0;
  }
  std::vector<Seen> seen(everywhere.visits().size());
  std::vector<Json> documents(seen.size());
  const auto errors = everywhere.each([&](SiteJob& visit, std::size_t i) { seen[i] = see(visit, documents[i]); });
  if (invocation.machine_output()) {
    terminal.out(documents_of_sites(invocation, everywhere, documents, errors));
  } else {
    terminal.out(first_line(everywhere, seen) + table(terminal, everywhere, seen, output == "wide") +
                 drain_lines(everywhere));
  }
  return report(invocation, everywhere, errors);
}

}  // namespace akqueue
