#include "commands/look/workers_all_sites.hpp"

#include "commands/look/workers_document.hpp"
#include "commands/shared/all_sites.hpp"
#include "commands/watch/watch_loop.hpp"
#include "system/pause.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

/// One look at all sites; of one that could not be looked at the error.
struct Round {
  std::vector<std::optional<WorkersLook>> looks;
  std::vector<Json> documents;
  std::vector<std::optional<Error>> errors;
};

Round look_at_all(AllSites& everywhere) {
  everywhere.look();
  Round round;
  round.looks.resize(everywhere.visits().size());
  round.documents.resize(round.looks.size());
  round.errors = everywhere.each([&](SiteJob& visit, std::size_t i) {
    const Site& site = visit.enter();
    round.looks[i] = look_at_workers(visit.invocation(), visit.cluster(), site, visit.inventory());
    round.documents[i] = document_of_workers(site, *round.looks[i]);
  });
  return round;
}

std::vector<WorkerRow> rows_of(const WorkersLook& look) { return worker_rows(look.inventory, look.metrics, look.seen); }

/// Whether some site's workers are still being killed, and whose.
std::string first_lines(const Terminal& terminal, const AllSites& everywhere, const Round& round) {
  std::string lines;
  std::int64_t read = 0;
  for (std::size_t i = 0; i < round.looks.size(); ++i) {
    if (!round.looks[i]) continue;
    ++read;
    const OomVerdict verdict = judge_kills(rows_of(*round.looks[i]), round.looks[i]->seen.now);
    if (verdict.still)
      lines += terminal.warning(visible(everywhere.visits()[i]->name().text()) + ": " + verdict.words) + "\n";
  }
  if (lines.empty())
    lines = "Not OOM-killed: no worker of " + count_of(read, "authentik", "authentiks") +
            " in the last quarter of an hour.\n";
  return lines;
}

std::string table(const Invocation& invocation, const AllSites& everywhere, const Round& round) {
  const bool wide = invocation.options.text("output") == "wide";
  auto columns = worker_columns(wide);
  columns.insert(columns.begin(), {"NAMESPACE", false, true});
  Listing listing(columns);
  for (std::size_t i = 0; i < round.looks.size(); ++i) {
    if (!round.looks[i]) continue;
    for (const WorkerRow& row : rows_of(*round.looks[i])) {
      auto cells = worker_cells(row, round.looks[i]->seen.now, wide);
      cells.insert(cells.begin(), everywhere.visits()[i]->name().name_space);
      listing.add(std::move(cells));
    }
  }
  return listing.empty() ? "No worker runs.\n" : listing.draw(invocation.environment.terminal);
}

int print(const Invocation& invocation, const AllSites& everywhere, Round& round) {
  Terminal& terminal = invocation.environment.terminal;
  if (invocation.options.text("output") == "name") {
    for (const auto& look : round.looks) {
      if (!look) continue;
      for (const WorkerRow& row : rows_of(*look)) terminal.out("pod/" + visible(row.pod->name) + "\n");
    }
  } else if (invocation.machine_output()) {
    terminal.out(documents_of_sites(invocation, everywhere, round.documents, round.errors));
  } else {
    terminal.out(first_lines(terminal, everywhere, round) + "\n" + table(invocation, everywhere, round));
  }
  return report(invocation, everywhere, round.errors);
}

}  // namespace

int run_workers_everywhere(const Invocation& invocation) {
  const auto interval = interval_of(invocation.options, kWorkersInterval);
  AllSites everywhere(invocation, kWithAutoscalers);
  Round first = look_at_all(everywhere);
  const int status = print(invocation, everywhere, first);
  if (!invocation.options.has("watch")) return status;
  Terminal& terminal = invocation.environment.terminal;
  while (pause_for(invocation.environment.clock, invocation.environment.interrupts, interval)) {
    try {
      Round round = look_at_all(everywhere);
      if (!invocation.machine_output()) terminal.out("\n");
      print(invocation, everywhere, round);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) break;
      terminal.err("can't look now: " + visible(error.what()) + "\n");
    }
  }
  return 0;
}

}  // namespace akqueue
