#include "commands/shared/share.hpp"

#include "cluster/shared_record.hpp"

namespace akqueue::commands {

void share(const cli::Environment& environment, const SiteRequest& request, const Site& site,
           const backup::HistoryEntry& entry, std::int64_t tasks, const std::string& ending) {
  ui::Terminal& terminal = environment.terminal;
  try {
    Cluster cluster = open_cluster(environment, same_place(request, site));
    const cluster::SharedRecord record{.id = entry.id,
                                       .at = entry.at,
                                       .command = entry.command,
                                       .what = entry.what,
                                       .ending = ending,
                                       .reason = entry.reason,
                                       .by = entry.by,
                                       .user = entry.user,
                                       .line = entry.line,
                                       .tasks = tasks};
    traced(environment, cluster, [&] {
      cluster::share_record(cluster.kubectl, site.inventory, record);
      return true;
    });
    terminal.err("noted on the server's deployment: kubectl akqueue status shows it to others\n");
  } catch (const Error& error) {
    terminal.err(ui::format_text("{}could not be noted for others: {}\n", terminal.warning("note: "), error.what()));
  }
}

}  // namespace akqueue::commands
