#include "commands/look/show_document.hpp"

#include "akqueue/json_depth.hpp"
#include "commands/shared/holders.hpp"
#include "queue/task/logs.hpp"

namespace akqueue::commands {
namespace {

std::string_view word_of(queue::Failure::Stage stage) {
  switch (stage) {
    case queue::Failure::Stage::rejected: return "rejected";
    case queue::Failure::Stage::waiting: return "waiting";
    case queue::Failure::Stage::again: return "again";
    case queue::Failure::Stage::done: return "done";
  }
  return {};
}

Json json_of(const std::optional<queue::Failure>& failure) {
  if (!failure) return nullptr;
  return {{"stage", word_of(failure->stage)},
          {"error", failure->what.empty() ? Json() : Json(failure->what)},
          {"at", to_json(failure->at)},
          {"tries", failure->tries ? Json(*failure->tries) : Json()}};
}

/// All but the log.
void fill_document(const Site& site, const Shown& shown, Json& document) {
  Json& task = document["task"];
  for (const auto& cell : shown.task.cells)
    task[cell.column.name] = cell.column.name == "message" ? Json(nullptr) : Json(cell.value);
  const queue::Message& message = shown.task.message;
  task["message"] = {{"form", queue::form_name(message.form)}, {"bytes", message.size}, {"content", message.content}};
  if (!message.problem.empty()) task["message"]["problem"] = message.problem;
  document["taken"] = shown.task.taken;
  document["held"] = site.facts.standby ? Json() : Json(shown.task.held);
  const std::string holder = shown.task.held ? holder_name(site, shown.task.holder) : "";
  document["holder"] = holder.empty() ? Json() : Json(holder);
  document["stranded"] = site.facts.standby ? Json() : Json(shown.stranded);
  document["ending"] = site.facts.standby ? Json() : Json(shown.task.ending);
  document["object"] = shown.task.object.empty() ? Json() : Json(shown.task.object);
  document["referenced"] = Json::array();
  for (const auto& one : shown.task.referenced)
    document["referenced"].push_back({{"by", one.table}, {"rows", one.rows}});
  document["failure"] = json_of(shown.failure);
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

void add_log(const Site& site, const Shown& shown, Json& document) {
  document["log"] = Json::array();
  queue::read_logs(site.database(), session::text(shown.task.value("message_id")), 0,
                   [&](const queue::LogLine& line) { document["log"].push_back(json_of(line)); });
}

Json head_of(std::string_view kind, const Site& site, Timestamp now) {
  Json document = document_of(kind);
  document["site"] = site.to_json();
  document["now"] = format_timestamp(now);
  return document;
}

}  // namespace

void print_document(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const Shown& shown) {
  Json document = head_of("task", site, shown.now);
  fill_document(site, shown, document);
  if (output == OutputFormat::jsonl) {
    add_log(site, shown, document);
    terminal.out(as_json(output, document));
    return;
  }
  RowsDocument stream(terminal, output, document, "log");
  queue::read_logs(site.database(), session::text(shown.task.value("message_id")), 0,
                   [&](const queue::LogLine& line) { stream.add(json_of(line)); });
  stream.finish(Json::object());
}

TaskListDocument::TaskListDocument(ui::Terminal& terminal, const OutputFormat& output, const Site& site, Timestamp now)
    : site_(site), stream_(terminal, output, head_of("task-list", site, now), "tasks") {}

void TaskListDocument::add(const Shown& shown) {
  Json document = Json::object();
  fill_document(site_, shown, document);
  add_log(site_, shown, document);
  stream_.add(document);
}

void TaskListDocument::finish() { stream_.finish(Json::object()); }

}  // namespace akqueue::commands
