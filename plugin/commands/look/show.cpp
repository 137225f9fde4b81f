#include "commands/look/commands.hpp"

#include <algorithm>

#include "akqueue/json_depth.hpp"
#include "commands/shared/id_list.hpp"
#include "commands/shared/site.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/measure/heartbeats.hpp"
#include "queue/task/logs.hpp"
#include "queue/task/task.hpp"
#include "ui/streaming.hpp"

namespace akqueue::commands {
namespace {

/// A log line of ten megabytes is of no use on a terminal; -o json has it whole.
constexpr std::int64_t kEventShown = 2000;
constexpr std::size_t kTextShown = 4000;

struct Shown {
  Timestamp now = 0;
  queue::TaskDetail task;
  bool stranded = false;  ///< locked, though no worker has given a sign of life
};

Shown read_shown(const session::Database& database, Timestamp now, const Uuid& id) {
  Shown shown{now, queue::read_task(database, id)};
  if (!shown.task.held || !shown.task.taken) return shown;
  const queue::Heartbeats heartbeats = queue::read_heartbeats(database, now);
  shown.stranded = queue::with_workers(database, heartbeats).workers_gone;
  if (shown.stranded) shown.task.held = false;
  return shown;
}

std::string shortened(const std::string& text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  return text.substr(0, end) + "… (" + ui::format_size(static_cast<std::int64_t>(text.size())) + "; -o json shows all)";
}

std::string plain(const session::Value& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string ago(Timestamp now, Timestamp at) {
  const std::int64_t seconds = (now - at) / kSecond;
  return seconds >= 0 ? format_age(seconds) + " ago" : "in " + format_age(-seconds);
}

std::string held_words(const Site& site, const Shown& shown) {
  const queue::TaskDetail& task = shown.task;
  if (!task.taken) return {};
  if (site.facts.standby) return "a standby can't tell whether a live worker holds it";
  if (task.held) return "held by a live worker";
  if (shown.stranded) return "stranded: locked, but no worker is behind the lock";
  if (task.ending) return "just ending: its worker is about to write how it ended";
  return "orphaned: its worker died; a worker takes it up when it starts, or after 30 s without a notification";
}

/// What a column's value alone does not say.
std::string remark(const Site& site, const Shown& shown, const queue::TaskDetail::Cell& cell) {
  const std::string& name = cell.column.name;
  if (name == "state") return held_words(site, shown);
  if (name == "rel_obj_content_type_id" && !cell.value.is_null())
    return shown.task.object.substr(0, shown.task.object.find('/'));
  if (name == "message") {
    if (shown.task.message.form == queue::Message::Form::empty) return "empty: it can't be retried";
    return std::string(queue::form_name(shown.task.message.form)) + ", see below";
  }
  if (cell.column.type == "timestamp with time zone") {
    if (const auto at = session::timestamp(cell.value)) return ago(shown.now, *at);
  }
  return {};
}

ui::Text cell_text(const queue::TaskDetail::Cell& cell, const queue::TaskDetail& task) {
  if (cell.value.is_null()) return "<none>";
  if (cell.column.name == "message") return ui::format_size(static_cast<std::int64_t>(task.message.size));
  return shortened(plain(cell.value), kTextShown);
}

ui::Text columns_text(const Site& site, const Shown& shown) {
  std::size_t width = 0;
  for (const auto& cell : shown.task.cells) width = std::max(width, ui::columns_of(cell.column.name));
  ui::Text text;
  for (const auto& cell : shown.task.cells) {
    const std::string note = remark(site, shown, cell);
    text += ui::format_text("{}   {}{}\n", ui::padded(cell.column.name, width), cell_text(cell, shown.task),
                            note.empty() ? ui::Text() : ui::format_text("  ({})", note));
  }
  return text;
}

/// A padded payload would push everything else off the screen.
Json with_short_texts(const Json& value) {
  constexpr std::size_t kLongest = 200;
  if (value.is_string()) return shortened(value.get<std::string>(), kLongest);
  if (!value.is_structured()) return value;
  Json copy = value;
  for (Json& item : copy) item = with_short_texts(item);
  return copy;
}

/// Each of its lines further to the right.
ui::Text under_heading(const std::string& text) {
  ui::Text result = "  ";
  for (std::string_view rest = text;;) {
    const auto end = rest.find('\n');
    result += rest.substr(0, end);
    if (end == std::string_view::npos) return result;
    result += "\n  ";
    rest.remove_prefix(end + 1);
  }
}

ui::Text message_text(const queue::Message& message) {
  if (message.form == queue::Message::Form::empty) return {};
  if (!message.problem.empty())
    return ui::format_text("\nMessage\n  {}\n  it begins {}\n", message.problem, message.beginning);
  const std::string json = with_short_texts(message.content).dump(2, ' ', false, Json::error_handler_t::replace);
  return ui::format_text("\nMessage\n{}\n", under_heading(shortened(json, kTextShown)));
}

ui::Text level_text(const ui::Terminal& terminal, const std::string& level) {
  const ui::Text wide = ui::padded(level, 8);
  if (!terminal.out_is_terminal()) return wide;
  if (level == "error" || level == "critical") return terminal.failure(wide);
  return level == "warning" ? terminal.warning(wide) : wide;
}

ui::Text event_text(const queue::LogLine& line) {
  ui::Text text = line.event;
  const auto shown = static_cast<std::int64_t>(ui::characters_in(line.event));
  if (line.event_size > shown)
    text += ui::format_text("… ({} characters; -o json shows all)", with_separators(line.event_size));
  if (line.attributes.size() > 2) text += ui::format_text("  {}", shortened(line.attributes, 500));
  return text;
}

/// The log of the current attempt, or of those before, as it comes. Nothing where there is none.
void print_logs(ui::Terminal& terminal, const session::Database& database, const std::string& id, bool previous) {
  ui::BufferedOutput output(terminal);
  bool first = true;
  queue::read_logs(database, id, kEventShown, [&](const queue::LogLine& line) {
    if (line.previous != previous) return;
    if (first) output.print(previous ? ui::Text("\nLog of the attempts before\n") : ui::Text("\nLog\n"));
    first = false;
    output.print(ui::format_text("  {}  {}  {}\n", ui::padded(line.at ? format_timestamp(*line.at) : "", 27),
                                 level_text(terminal, line.level), event_text(line)));
  });
  output.flush();
}

ui::Text references_text(const queue::TaskDetail& task) {
  ui::Text text;
  for (const auto& reference : task.referenced) {
    if (reference.rows > 0)
      text += ui::format_text("  {}  {}\n", reference.table, count_of(reference.rows, "row", "rows"));
  }
  return text.empty() ? text : "\nReferenced by\n" + text;
}

Json document_of_task(const Site& site, const Shown& shown) {
  Json document = document_of("task");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(shown.now);
  Json& task = document["task"];
  for (const auto& cell : shown.task.cells)
    task[cell.column.name] = cell.column.name == "message" ? Json(nullptr) : Json(cell.value);
  const queue::Message& message = shown.task.message;
  task["message"] = {{"form", queue::form_name(message.form)}, {"bytes", message.size}, {"content", message.content}};
  if (!message.problem.empty()) task["message"]["problem"] = message.problem;
  document["taken"] = shown.task.taken;
  document["held"] = site.facts.standby ? Json() : Json(shown.task.held);
  document["stranded"] = site.facts.standby ? Json() : Json(shown.stranded);
  document["ending"] = site.facts.standby ? Json() : Json(shown.task.ending);
  document["object"] = shown.task.object.empty() ? Json() : Json(shown.task.object);
  document["referenced"] = Json::array();
  for (const auto& one : shown.task.referenced)
    document["referenced"].push_back({{"by", one.table}, {"rows", one.rows}});
  return document;
}

/// As JSON where it can be read; else its text. Keys come sorted: to keep the order of very many is slow.
Json attributes_of(const queue::LogLine& line) {
  const auto value = parse_foreign<session::Value>(line.attributes, kDeepestShown);
  return value.is_discarded() ? Json(line.attributes) : Json(value);
}

Json json_of(const queue::LogLine& line) {
  return {{"at", to_json(line.at)},
          {"level", line.level},
          {"logger", line.logger},
          {"event", line.event},
          {"attributes", attributes_of(line)},
          {"previous", line.previous}};
}

void print_document(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const Shown& shown,
                    const std::string& id) {
  Json document = document_of_task(site, shown);
  if (output == OutputFormat::jsonl) {
    document["log"] = Json::array();
    queue::read_logs(site.database(), id, 0,
                     [&](const queue::LogLine& line) { document["log"].push_back(json_of(line)); });
    terminal.out(as_json(output, document));
    return;
  }
  RowsDocument stream(terminal, output, document, "log");
  queue::read_logs(site.database(), id, 0, [&](const queue::LogLine& line) { stream.add(json_of(line)); });
  stream.finish(Json::object());
}

struct ShowRequest {
  SiteRequest site;
  std::string id;  ///< or its beginning
  OutputFormat output = OutputFormat::table;
};

ShowRequest read_show_request(const Options& options, Effect effect) {
  if (options.arguments().empty())
    throw Error(ErrorCode::usage, "show needs the id of a task, or its beginning", "kubectl akqueue list shows ids");
  const std::string& written = options.arguments().front();
  const std::string_view id = without_kind(written);
  if (!Uuid::beginning_with(id))
    throw Error(ErrorCode::usage, "'" + written + "' is not a task id", "kubectl akqueue list shows ids");
  return {.site = read_site_request(options, effect), .id = std::string(id), .output = read_output(options)};
}

int run_show(const cli::Invocation& invocation) {
  const ShowRequest request = read_show_request(invocation.options, invocation.command.effect);
  const Site site = enter(invocation.environment, request.site);
  const session::Database database = site.database();
  const session::Transaction transaction(*site.session, kLooking);
  const Uuid id = queue::resolve_id(database, request.id);
  const Shown shown = read_shown(database, transaction.now(), id);
  ui::Terminal& terminal = invocation.environment.terminal;
  if (is_json(request.output)) {
    print_document(terminal, request.output, site, shown, id.to_string());
  } else if (request.output == OutputFormat::name) {
    terminal.out(ui::format_text("task/{}\n", id.to_string()));
  } else {
    terminal.out(columns_text(site, shown) + message_text(shown.task.message));
    print_logs(terminal, database, id.to_string(), true);
    print_logs(terminal, database, id.to_string(), false);
    terminal.out(references_text(shown.task));
  }
  return 0;
}

}  // namespace

cli::Command show_command() {
  return {.name = "show",
          .short_names = {"describe", "get"},
          .group = "Look",
          .summary = "Show everything about one task",
          .arguments = "ID",
          .most_arguments = 1,
          .description =
              "Every column, the message as its actor would get it (read from the pickle's opcodes, never\n"
              "unpickled), the object it is about, whether a live worker holds it, and its log, that of\n"
              "earlier attempts too. ID may be the beginning of one.",
          .examples = {{"show 11111111-2222", "by the beginning of its id"},
                       {"show 11111111-2222-4333-8444-555555555555 -o json", "for a script"}},
          .outputs = "table|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .run = run_show};
}

}  // namespace akqueue::commands
