#include "queue/task/logs.hpp"

#include <algorithm>

#include "akqueue/json_depth.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kMessages = "_messages";
constexpr std::string_view kPreviousMessages = "_previous_messages";

/// CASE level WHEN 'debug' THEN 1 … ELSE 1 END
std::string rank_of(const std::string& level) {
  std::string expression = "CASE " + level;
  std::int64_t rank = 0;
  for (const std::string_view name : log_level::kKnown)
    expression += " WHEN '" + std::string(name) + "' THEN " + std::to_string(++rank);
  return expression + " ELSE 1 END";
}

/// Of an event that is cut, its last characters: a traceback says at its end what happened.
std::string ending_of(const std::string& event, std::int64_t longest) {
  if (longest == 0) return "NULL";
  const std::string most = std::to_string(longest);
  return "CASE WHEN length(" + event + ") > " + most + " THEN substr(" + event + ", length(" + event + ") - " + most +
         " + 1) END";
}

void read_rows(const session::Database& database, const session::Table& log, const std::string& id,
               std::int64_t longest, const std::function<void(const LogLine&)>& on_line) {
  session::Statement statement;
  const std::string task = statement.bind(id);
  const std::string event =
      longest > 0 ? "substr(l.event, 1, " + std::to_string(longest) + ")" : std::string("l.event");
  statement.sql = "SELECT l.timestamp, l.log_level, l.logger, " + event +
                  ", length(l.event), CAST(l.attributes AS text), l.previous, " + ending_of("l.event", longest) +
                  " FROM " + log.quoted() + " AS l WHERE l.task_id = " + task + " ORDER BY l.timestamp, l.id";
  database.session.query(statement, [&](const session::Value& row) {
    on_line({.at = session::timestamp(row.at(0)),
             .level = session::text(row.at(1)),
             .logger = session::text(row.at(2)),
             .event = session::text(row.at(3)),
             .ending = session::text(row.at(7)),
             .event_size = session::integer(row.at(4)),
             .attributes = session::text(row.at(5)),
             .previous = row.at(6) == session::Value(true)});
  });
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }

std::int64_t characters_of(const std::string& text, std::size_t bytes) {
  return std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bytes), begins_character);
}

/// The size in bytes of the first characters.
std::size_t bytes_of(const std::string& text, std::int64_t characters) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && characters-- == 0) return end;
  }
  return end;
}

LogLine line_of(const session::Value& message, std::int64_t longest) {
  LogLine line;
  const auto word = [&](const char* name) {
    const auto found = message.find(name);
    return found != message.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  line.at = parse_timestamp(word("timestamp"));
  line.level = word("log_level");
  line.logger = word("logger");
  line.event = word("event");
  line.event_size = characters_of(line.event, line.event.size());
  if (longest > 0 && line.event_size > longest) {
    line.ending = line.event.substr(bytes_of(line.event, line.event_size - longest));
    line.event.resize(bytes_of(line.event, longest));
  }
  line.attributes = message.contains("attributes")
                        ? message["attributes"].dump(-1, ' ', false, session::Value::error_handler_t::replace)
                        : "{}";
  return line;
}

/// A log that exists is never left out silently.
LogLine unreadable(const std::string& json, bool previous) {
  LogLine line;
  line.event = nested_deeper_than(json, kDeepestValue) ? "(this log is nested too deeply to be read here)"
                                                       : "(this log can't be read here)";
  line.event_size = static_cast<std::int64_t>(line.event.size());
  line.attributes = "{}";
  line.previous = previous;
  return line;
}

void read_list(const session::Database& database, std::string_view column, const std::string& id, std::int64_t longest,
               const std::function<void(const LogLine&)>& on_line) {
  session::Statement statement;
  const std::string task = statement.bind(id);
  statement.sql = "SELECT CAST(t." + session::quote_identifier(column) + " AS text) FROM " + database.task().quoted() +
                  " AS t WHERE t.message_id = " + task;
  database.session.query(statement, [&](const session::Value& row) {
    const std::string json = session::text(row.at(0));
    const auto messages = parse_foreign<session::Value>(json, kDeepestValue);
    if (messages.is_discarded() && !json.empty()) return on_line(unreadable(json, column == kPreviousMessages));
    if (!messages.is_array()) return;
    for (const session::Value& message : messages) {
      if (!message.is_object()) continue;
      LogLine line = line_of(message, longest);
      line.previous = column == kPreviousMessages;
      on_line(line);
    }
  });
}

}  // namespace

void read_logs(const session::Database& database, const std::string& id, std::int64_t longest,
               const std::function<void(const LogLine&)>& on_line) {
  for (const std::string_view column : {kPreviousMessages, kMessages}) {
    if (database.task().has(column)) read_list(database, column, id, longest, on_line);
  }
  if (const session::Table* log = database.referencing(kTaskLogTable)) read_rows(database, *log, id, longest, on_line);
}

std::string worst_level(const session::Database& database, std::string_view alias) {
  const std::string task(alias);
  std::string from_rows;
  std::string from_list;
  if (const session::Table* log = database.referencing(kTaskLogTable)) {
    from_rows = "(SELECT max(" + rank_of("l.log_level") + ") FROM " + log->quoted() +
                " AS l WHERE l.task_id = " + task + ".message_id AND NOT l.previous)";
  }
  if (database.task().has(kMessages)) {
    from_list = "(SELECT max(" + rank_of("(e.value ->> 'log_level')") + ") FROM " +
                database.dialect.elements(task + "." + session::quote_identifier(kMessages), "e") + ")";
  }
  if (from_rows.empty() || from_list.empty()) return from_rows + from_list;
  return "coalesce(" + from_rows + ", " + from_list + ")";
}

std::string level_named(std::int64_t rank) {
  const auto place = static_cast<std::size_t>(rank - 1);
  return place < log_level::kKnown.size() ? std::string(log_level::kKnown[place]) : std::string();
}

}  // namespace akqueue::queue
