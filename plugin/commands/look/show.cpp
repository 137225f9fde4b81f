#include "commands/look/commands.hpp"

#include <algorithm>

#include "akqueue/json_depth.hpp"
#include "commands/shared/id_list.hpp"
#include "commands/shared/site.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/task/logs.hpp"
#include "queue/task/task.hpp"
#include "ui/streaming.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

/// A log line of ten megabytes is no use on a terminal; -o json has it whole.
constexpr std::int64_t kEventShown = 2000;
constexpr std::size_t kTextShown = 4000;

struct Shown {
  Timestamp now = 0;
  TaskDetail task;
};

std::string shortened(const std::string& text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  return text.substr(0, end) + "… (" + format_size(static_cast<std::int64_t>(text.size())) + "; -o json shows all)";
}

std::string plain(const Value& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string ago(Timestamp now, Timestamp at) {
  const std::int64_t seconds = (now - at) / kSecond;
  return seconds >= 0 ? format_age(seconds) + " ago" : "in " + format_age(-seconds);
}

std::string held_words(const Site& site, const TaskDetail& task) {
  if (!task.taken) return {};
  if (site.facts.standby) return "a standby can't tell whether a live worker holds it";
  return task.held ? "held by a live worker" : "orphaned: its worker died, the next one takes it up";
}

/// What a column's value alone does not say.
std::string remark(const Site& site, const Shown& shown, const TaskDetail::Cell& cell) {
  const std::string& name = cell.column.name;
  if (name == "state") return held_words(site, shown.task);
  if (name == "rel_obj_content_type_id" && !cell.value.is_null())
    return shown.task.object.substr(0, shown.task.object.find('/'));
  if (name == "message") {
    if (shown.task.message.form == Message::Form::empty) return "empty: it can't be retried";
    return std::string(form_name(shown.task.message.form)) + ", see below";
  }
  if (cell.column.type == "timestamp with time zone") {
    if (const auto at = timestamp(cell.value)) return ago(shown.now, *at);
  }
  return {};
}

std::string cell_text(const TaskDetail::Cell& cell, const TaskDetail& task) {
  if (cell.value.is_null()) return "<none>";
  if (cell.column.name == "message") return format_size(static_cast<std::int64_t>(task.message.size));
  return visible(shortened(plain(cell.value), kTextShown));
}

std::string columns_text(const Site& site, const Shown& shown) {
  std::size_t width = 0;
  for (const auto& cell : shown.task.cells) width = std::max(width, columns_of(cell.column.name));
  std::string text;
  for (const auto& cell : shown.task.cells) {
    const std::string note = remark(site, shown, cell);
    const std::string name = visible(cell.column.name);
    text += name + std::string(width + 3 - std::min(width, columns_of(name)), ' ') + cell_text(cell, shown.task) +
            (note.empty() ? "" : "  (" + visible(note) + ")") + "\n";
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

std::string message_text(const Message& message) {
  if (message.form == Message::Form::empty) return {};
  if (!message.problem.empty())
    return "\nMessage\n  " + visible(message.problem) + "\n  it begins " + message.beginning + "\n";
  const std::string json = with_short_texts(message.content).dump(2, ' ', false, Json::error_handler_t::replace);
  std::string text = "\nMessage\n  ";
  for (const char c : shortened(json, kTextShown)) text += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return visible_lines(text) + "\n";
}

std::string level_text(const Terminal& terminal, const std::string& level) {
  const std::string shown = visible(level) + std::string(8 - std::min<std::size_t>(columns_of(visible(level)), 8), ' ');
  if (!terminal.out_is_terminal()) return shown;
  if (level == "error" || level == "critical") return terminal.failure(shown);
  return level == "warning" ? terminal.warning(shown) : shown;
}

std::string event_text(const LogLine& line) {
  std::string text = visible(line.event);
  const std::int64_t shown = static_cast<std::int64_t>(characters_in(line.event));
  if (line.event_size > shown) text += "… (" + with_separators(line.event_size) + " characters; -o json shows all)";
  if (line.attributes.size() > 2) text += "  " + visible(shortened(line.attributes, 500));
  return text;
}

/// The log of the current attempt, or of those before, as it comes. Nothing where there is none.
void print_logs(Terminal& terminal, const Database& database, const std::string& id, bool previous) {
  BufferedOutput output(terminal);
  bool first = true;
  read_logs(database, id, kEventShown, [&](const LogLine& line) {
    if (line.previous != previous) return;
    if (first) output.print(previous ? "\nLog of the attempts before\n" : "\nLog\n");
    first = false;
    output.print("  " + (line.at ? format_timestamp(*line.at) : std::string(27, ' ')) + "  " +
                 level_text(terminal, line.level) + "  " + event_text(line) + "\n");
  });
  output.flush();
}

std::string references_text(const TaskDetail& task) {
  std::string text;
  for (const auto& reference : task.referenced) {
    if (reference.rows > 0)
      text += "  " + visible(reference.table) + "  " + count_of(reference.rows, "row", "rows") + "\n";
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
  const Message& message = shown.task.message;
  task["message"] = {{"form", form_name(message.form)}, {"bytes", message.size}, {"content", message.content}};
  if (!message.problem.empty()) task["message"]["problem"] = message.problem;
  document["taken"] = shown.task.taken;
  document["held"] = site.facts.standby ? Json() : Json(shown.task.held);
  document["object"] = shown.task.object.empty() ? Json() : Json(shown.task.object);
  document["referenced"] = Json::array();
  for (const auto& one : shown.task.referenced)
    document["referenced"].push_back({{"by", one.table}, {"rows", one.rows}});
  return document;
}

/// As JSON where it can be read; else its text. Keys come sorted: to keep the order of very many is slow.
Json attributes_of(const LogLine& line) {
  const Value value = parse_foreign<Value>(line.attributes, kDeepestShown);
  return value.is_discarded() ? Json(line.attributes) : Json(value);
}

Json json_of(const LogLine& line) {
  return {{"at", to_json(line.at)},
          {"level", line.level},
          {"logger", line.logger},
          {"event", line.event},
          {"attributes", attributes_of(line)},
          {"previous", line.previous}};
}

void print_document(const Invocation& invocation, const Site& site, const Shown& shown, const std::string& id) {
  Terminal& terminal = invocation.environment.terminal;
  Json document = document_of_task(site, shown);
  if (invocation.options.text("output") == "jsonl") {
    document["log"] = Json::array();
    read_logs(site.database(), id, 0, [&](const LogLine& line) { document["log"].push_back(json_of(line)); });
    terminal.out(as_json(invocation, document));
    return;
  }
  StreamedDocument stream(terminal, document, "log");
  read_logs(site.database(), id, 0, [&](const LogLine& line) { stream.add(json_of(line)); });
  stream.finish(Json::object());
}

int run_show(const Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  if (arguments.empty())
    throw Error(ErrorCode::usage, "show needs the id of a task, or its beginning", "kubectl akqueue list shows ids");
  const std::string written(without_kind(arguments.front()));
  if (!Uuid::beginning_with(written))
    throw Error(ErrorCode::usage, "'" + arguments.front() + "' is not a task id", "kubectl akqueue list shows ids");
  const Site site = enter(invocation);
  const Database database = site.database();
  const Transaction transaction(*site.session, kLooking);
  const Uuid id = resolve_id(database, written);
  const Shown shown{transaction.now(), read_task(database, id)};
  Terminal& terminal = invocation.environment.terminal;
  if (invocation.machine_output()) {
    print_document(invocation, site, shown, id.to_string());
  } else if (invocation.options.text("output") == "name") {
    terminal.out("task/" + id.to_string() + "\n");
  } else {
    terminal.out(columns_text(site, shown) + message_text(shown.task.message));
    print_logs(terminal, database, id.to_string(), true);
    print_logs(terminal, database, id.to_string(), false);
    terminal.out(references_text(shown.task));
  }
  return 0;
}

}  // namespace

Command show_command() {
  return {.name = "show",
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
          .outputs = "table|json|jsonl|name",
          .run = run_show};
}

}  // namespace akqueue
