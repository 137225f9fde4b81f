#include "commands/look/commands.hpp"

#include "commands/look/show_document.hpp"
#include "commands/look/show_log.hpp"
#include "commands/look/show_text.hpp"
#include "commands/shared/id_list.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/measure/heartbeats.hpp"
#include "ui/errors.hpp"

namespace akqueue::commands {
namespace {

Shown read_shown(const session::Database& database, Timestamp now, const Uuid& id) {
  Shown shown{now, queue::read_task(database, id)};
  shown.failure = queue::read_failure(database, shown.task);
  if (!shown.task.held || !shown.task.taken) return shown;
  const queue::Heartbeats heartbeats = queue::read_heartbeats(database, now);
  shown.stranded = queue::with_workers(database, heartbeats).workers_gone;
  if (shown.stranded) shown.task.held = false;
  return shown;
}

struct ShowRequest {
  SiteRequest site;
  std::vector<std::string> ids;  ///< or their beginnings
  OutputFormat output = OutputFormat::table;
};

ShowRequest read_show_request(const Options& options, Effect effect) {
  if (options.arguments().empty())
    throw Error(ErrorCode::usage, "show needs the id of a task, or its beginning", "kubectl akqueue list shows ids");
  ShowRequest request{.site = read_site_request(options, effect), .ids = {}, .output = read_output(options)};
  for (const std::string& written : options.arguments()) {
    const std::string_view id = without_kind(written);
    if (!Uuid::beginning_with(id))
      throw Error(ErrorCode::usage, "'" + written + "' is not a task id", "kubectl akqueue list shows ids");
    request.ids.emplace_back(id);
  }
  return request;
}

/// The tasks that are there, and what is to be said of those that are not.
struct FoundTasks {
  std::vector<Uuid> ids;
  std::vector<Error> missing;
};

FoundTasks find_tasks(const session::Database& database, const std::vector<std::string>& written) {
  FoundTasks found;
  for (const std::string& id : written) {
    try {
      found.ids.push_back(queue::resolve_id(database, id));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::not_found || written.size() == 1) throw;
      found.missing.push_back(error);
    }
  }
  return found;
}

void print_text(ui::Terminal& terminal, const Site& site, const Shown& shown, const std::string& id) {
  terminal.out(task_text(site, shown));
  print_logs(terminal, site.database(), id, true);
  print_logs(terminal, site.database(), id, false);
  terminal.out(references_text(shown.task));
}

void print_list(ui::Terminal& terminal, const OutputFormat& output, const Site& site, Timestamp now,
                const std::vector<Uuid>& ids) {
  TaskListDocument document(terminal, output, site, now);
  for (const Uuid& id : ids) document.add(read_shown(site.database(), now, id));
  document.finish();
}

void print_each(ui::Terminal& terminal, const OutputFormat& output, const Site& site, Timestamp now,
                const std::vector<Uuid>& ids, bool headed) {
  for (const Uuid& id : ids) {
    const std::string name = id.to_string();
    if (output == OutputFormat::name) {
      terminal.out(ui::format_text("task/{}\n", name));
      continue;
    }
    const Shown shown = read_shown(site.database(), now, id);
    if (is_json(output)) {
      print_document(terminal, output, site, shown);
      continue;
    }
    if (headed) terminal.out(ui::format_text("{}task/{}\n\n", id == ids.front() ? ui::Text() : "\n", name));
    print_text(terminal, site, shown, name);
  }
}

int run_show(const cli::Invocation& invocation) {
  const ShowRequest request = read_show_request(invocation.options, invocation.command.effect);
  const Site site = enter(invocation.environment, request.site);
  const session::Transaction transaction(*site.session, kLooking);
  const FoundTasks found = find_tasks(site.database(), request.ids);
  ui::Terminal& terminal = invocation.environment.terminal;
  const bool several = request.ids.size() > 1;
  if (several && is_json(request.output) && request.output != OutputFormat::jsonl) {
    print_list(terminal, request.output, site, transaction.now(), found.ids);
  } else {
    print_each(terminal, request.output, site, transaction.now(), found.ids, several);
  }
  std::vector<ui::OwnedError> missing;
  for (const Error& error : found.missing) missing.push_back({{}, error});
  ui::print_errors(terminal, missing);
  return found.missing.empty() ? 0 : error_kind(ErrorCode::not_found).exit_status;
}

}  // namespace

cli::Command show_command() {
  return {.name = "show",
          .short_names = {"describe", "get"},
          .group = "Look",
          .summary = "Show everything about tasks, and why they failed",
          .arguments = "ID...",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Why it failed, if it has: the last error of its log, how many tries. Then every column, the\n"
              "message as its actor would get it (read from the pickle's opcodes, never unpickled), the\n"
              "object it is about, which worker holds it, and its log, that of earlier attempts too; of a\n"
              "long traceback its end. ID may be the beginning of one. Of several tasks those that are\n"
              "there are shown; if one is not, the exit status is 1.",
          .examples = {{"show 11111111-2222", "by the beginning of its id"},
                       {"show 11111111-2222-4333-8444-555555555555 -o json", "for a script"},
                       {"show fc3a36ae ec327efd", "several, one after another"}},
          .outputs = "table|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .run = run_show};
}

}  // namespace akqueue::commands
