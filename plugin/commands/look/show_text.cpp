#include "commands/look/show_text.hpp"

#include <algorithm>

#include "commands/look/show_log.hpp"
#include "commands/shared/holders.hpp"

namespace akqueue::commands {
namespace {

constexpr std::size_t kTextShown = 4000;
constexpr std::size_t kErrorShown = 400;

std::string plain(const session::Value& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string ago(Timestamp now, Timestamp at) {
  const std::int64_t seconds = (now - at) / kSecond;
  return seconds >= 0 ? format_age(seconds) + " ago" : "in " + format_age(-seconds);
}

std::string held_words(const Site& site, const Shown& shown) {
  const queue::TaskDetail& task = shown.task;
  if (!task.taken) return {};
  if (site.facts.standby) return "a standby can't tell whether a live worker holds it";
  if (task.held) {
    const std::string holder = holder_name(site, task.holder);
    return holder.empty() ? "held by a live worker" : "held by a live worker: " + holder;
  }
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

/// Of a date or a time (queue/task/pickle.hpp).
std::string time_in(const Json& value) {
  if (!value.is_object() || !value.contains("iso") || !value.contains("object") || !value["iso"].is_string()) return {};
  const Json& name = value["object"];
  const bool dated = name.is_string() && name.get<std::string>().starts_with("datetime.");
  return dated ? value["iso"].get<std::string>() : std::string();
}

/// A padded payload would push everything else off the screen.
Json with_short_texts(const Json& value) {
  constexpr std::size_t kLongest = 200;
  if (const std::string time = time_in(value); !time.empty()) return time;
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

/// The traceback of the last try that failed, which Dramatiq keeps in the message's options; taken out of `content`.
std::string take_traceback(Json& content) {
  if (!content.is_object() || !content.contains("options") || !content["options"].is_object()) return {};
  Json& options = content["options"];
  const auto found = options.find("traceback");
  if (found == options.end() || !found->is_string()) return {};
  const std::string traceback = found->get<std::string>();
  if (traceback.find('\n') == std::string::npos) return {};
  *found = "(below)";
  return traceback;
}

ui::Text message_text(const queue::Message& message) {
  if (message.form == queue::Message::Form::empty) return {};
  if (!message.problem.empty())
    return ui::format_text("\nMessage\n  {}\n  it begins {}\n", message.problem, message.beginning);
  Json content = message.content;
  const std::string traceback = take_traceback(content);
  const std::string json = with_short_texts(content).dump(2, ' ', false, Json::error_handler_t::replace);
  const ui::Text text = ui::format_text("\nMessage\n{}\n", under_heading(shortened(json, kTextShown)));
  if (traceback.empty()) return text;
  return text + ui::format_text("\nTraceback in the message\n{}", traceback_text(lines_of(traceback), 2));
}

std::string tries_words(const Shown& shown) {
  const queue::Failure& failure = *shown.failure;
  const std::string when = failure.at ? ago(shown.now, *failure.at) : "";
  if (!failure.tries) return when;
  const std::string tries = count_of(*failure.tries, "try", "tries");
  if (when.empty()) return tries;
  return tries + (*failure.tries == 1 ? ", " : ", the last one ") + when;
}

std::string what_comes_next(const Shown& shown) {
  const std::optional<Timestamp> due = session::timestamp(shown.task.value("eta"));
  switch (shown.failure->stage) {
    case queue::Failure::Stage::rejected: return "; rejected: no worker tries it again";
    case queue::Failure::Stage::waiting:
      return due && *due > shown.now ? "; the next one is due in " + format_age((*due - shown.now) / kSecond)
                                     : "; it waits for the next one";
    case queue::Failure::Stage::again: return "; a worker has taken it for the next one";
    case queue::Failure::Stage::done: return "; it was done all the same";
  }
  return {};
}

/// Why it failed, before all else.
ui::Text failure_text(const Shown& shown) {
  if (!shown.failure) return {};
  const bool done = shown.failure->stage == queue::Failure::Stage::done;
  const std::string what = shown.failure->what.empty() ? "nothing in its log says why" : shown.failure->what;
  return ui::format_text("{}{}\n  {}{}\n\n", done ? "Logged an error: " : "Failed: ", shortened(what, kErrorShown),
                         tries_words(shown), what_comes_next(shown));
}

}  // namespace

ui::Text task_text(const Site& site, const Shown& shown) {
  return failure_text(shown) + columns_text(site, shown) + message_text(shown.task.message);
}

ui::Text references_text(const queue::TaskDetail& task) {
  ui::Text text;
  for (const auto& reference : task.referenced) {
    if (reference.rows > 0)
      text += ui::format_text("  {}  {}\n", reference.table, count_of(reference.rows, "row", "rows"));
  }
  return text.empty() ? text : "\nReferenced by\n" + text;
}

}  // namespace akqueue::commands
