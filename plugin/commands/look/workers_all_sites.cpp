#include "commands/look/workers_all_sites.hpp"

#include "commands/shared/all_sites.hpp"
#include "diagnosis/kills.hpp"
#include "system/pause.hpp"

namespace akqueue::commands {
namespace {

/// One look at all sites; of one that could not be looked at the error.
struct Round {
  std::vector<std::optional<WorkersLook>> looks;
  std::vector<Json> documents;
  std::vector<std::optional<Error>> errors;
};

Round look_at_all(AllSites& sites) {
  sites.look();
  Round round;
  round.looks.resize(sites.jobs().size());
  round.documents.resize(round.looks.size());
  round.errors = sites.each([&](SiteJob& job, std::size_t i) {
    const Site& site = job.enter();
    round.looks[i] = look_at_workers(job.environment(), job.cluster(), site, job.inventory());
    round.documents[i] = document_of_workers(site, *round.looks[i]);
  });
  return round;
}

std::vector<WorkerRow> rows_of(const WorkersLook& look) { return worker_rows(look.inventory, look.metrics, look.seen); }

/// Whether some site's workers are still being killed, and whose.
ui::Text first_lines(const ui::Terminal& terminal, const AllSites& sites, const Round& round) {
  ui::Text lines;
  std::int64_t read = 0;
  for (std::size_t i = 0; i < round.looks.size(); ++i) {
    if (!round.looks[i]) continue;
    ++read;
    const diagnosis::Kills kills = diagnosis::read_kills(round.looks[i]->inventory);
    const Timestamp now = round.looks[i]->seen.now;
    if (kills.lately(now))
      lines += terminal.warning(ui::format_text("{}: {}", sites.jobs()[i]->name().text(), kills.words(now))) + "\n";
  }
  if (lines.empty())
    lines = ui::format_text("No OOM kill in the last 15m among the workers of {}\n",
                            count_of(read, "authentik", "authentiks"));
  return lines;
}

ui::Text table(const ui::Terminal& terminal, const AllSites& sites, const Round& round, bool wide) {
  auto columns = worker_columns(wide);
  columns.insert(columns.begin(), {"NAMESPACE", false, true});
  ui::Listing listing(columns);
  for (std::size_t i = 0; i < round.looks.size(); ++i) {
    if (!round.looks[i]) continue;
    for (const WorkerRow& row : rows_of(*round.looks[i])) {
      auto cells = worker_cells(row, round.looks[i]->seen.now, wide);
      cells.insert(cells.begin(), sites.jobs()[i]->name().name_space);
      listing.add(std::move(cells));
    }
  }
  return listing.empty() && !terminal.tables().csv ? "No worker runs\n" : listing.draw(terminal);
}

int print(ui::Terminal& terminal, const OutputFormat& output, const AllSites& sites, Round& round) {
  if (output == OutputFormat::name) {
    for (const auto& look : round.looks) {
      if (!look) continue;
      for (const WorkerRow& row : rows_of(*look)) terminal.out(ui::format_text("pod/{}\n", row.pod->name));
    }
  } else if (is_json(output)) {
    terminal.out(documents_of_sites(output, sites, round.documents, round.errors));
  } else if (output == OutputFormat::csv) {
    terminal.out(table(terminal, sites, round, true));
  } else {
    terminal.out(first_lines(terminal, sites, round) + "\n" +
                 table(terminal, sites, round, output == OutputFormat::wide));
  }
  return report(terminal, sites, round.errors);
}

}  // namespace

int workers_of_all_sites(const cli::Environment& environment, const WorkersRequest& request) {
  ui::Terminal& terminal = environment.terminal;
  AllSites sites(environment, request.site, cluster::kWithAutoscalers);
  Round first = look_at_all(sites);
  const int status = print(terminal, request.output, sites, first);
  if (!request.watch) return status;
  while (system::pause_for(environment.clock, environment.interrupts, request.interval)) {
    try {
      Round round = look_at_all(sites);
      terminal.out(between_looks(request.output));
      print(terminal, request.output, sites, round);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) break;
      terminal.err(ui::format_text("can't look now: {}\n", error.what()));
    }
  }
  return 0;
}

}  // namespace akqueue::commands
