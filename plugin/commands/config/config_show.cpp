#include "commands/config/commands.hpp"
#include "system/paths.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

ui::Text table_of_config(const ui::Terminal& terminal, const cluster::KeptSites& kept, bool wide) {
  ui::Listing listing({{"NAMESPACE", false, !wide}, {"CONTEXT", false, !wide}, {"SETTING"}, {"VALUE", false, !wide}});
  for (const cluster::KeptSite& site : kept.sites()) {
    for (const auto& [name, values] : site.values) listing.add({site.name_space, site.context, name, joined(values)});
  }
  return listing.draw(terminal);
}

int run_config_show(const cli::Invocation& invocation) {
  const cli::Environment& environment = invocation.environment;
  ui::Terminal& terminal = environment.terminal;
  const OutputFormat output = read_output(invocation.options);
  const cluster::KeptSites kept = cluster::KeptSites::read(environment.sites_file);
  if (is_json(output)) {
    terminal.out(as_json(output, document_of_config(environment, kept)));
  } else if (kept.sites().empty() && output != OutputFormat::csv) {
    terminal.err(ui::format_text("nothing is kept in {}\n", system::text_of(environment.sites_file)));
  } else {
    terminal.out(table_of_config(terminal, kept, is_wide(output)));
    terminal.err(ui::format_text("kept in {}\n", system::text_of(environment.sites_file)));
  }
  return 0;
}

}  // namespace

cli::Command config_show_verb() {
  return {.name = "show",
          .summary = "Show what is kept, of all sites",
          .description = "Context, namespace, setting and value of everything in the file. No cluster is asked.",
          .examples = {{"config", "what is kept on this machine"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|jsonpath=|custom-columns=",
          .enters_cluster = false,
          .run = run_config_show};
}

}  // namespace akqueue::commands
