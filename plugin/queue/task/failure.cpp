#include "queue/task/failure.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/task/logs.hpp"
#include "queue/task/traceback.hpp"

namespace akqueue::queue {
namespace {

/// Enough of an event to have its exception, which is at its beginning or its end.
constexpr std::int64_t kEnough = 2000;

/// What the message says of its options.
Json option_of(const Message& message, const char* name) {
  if (!message.content.is_object() || !message.content.contains("options")) return {};
  const Json& options = message.content.at("options");
  return options.is_object() && options.contains(name) ? options.at(name) : Json();
}

/// How often it was tried again. The column is of 2025.10; the message of an unfinished task has it as well.
std::optional<std::int64_t> retries_of(const TaskDetail& task) {
  const session::Value& column = task.value("retries");
  if (column.is_number_integer()) return column.get<std::int64_t>();
  const Json option = option_of(task.message, "retries");
  return option.is_number_integer() ? std::optional(option.get<std::int64_t>()) : std::nullopt;
}

struct LastErrors {
  std::optional<LogLine> of_all;
  std::optional<LogLine> of_last_attempt;
};

LastErrors last_errors(const session::Database& database, const std::string& id) {
  LastErrors last;
  read_logs(database, id, kEnough, [&](const LogLine& line) {
    if (line.level != "error" && line.level != "critical") return;
    last.of_all = line;
    if (!line.previous) last.of_last_attempt = line;
  });
  return last;
}

std::string words_of(const LogLine& line) {
  return error_in(line.ending.empty() ? line.event : line.event + "\n" + line.ending, read_attributes(line.attributes));
}

}  // namespace

std::optional<Failure> read_failure(const session::Database& database, const TaskDetail& task) {
  const std::string state = session::text(task.value("state"));
  const auto retries = retries_of(task);
  const bool done = state == task_state::kDone;
  const bool rejected = state == task_state::kRejected;
  if (!done && !rejected && retries.value_or(0) == 0) return std::nullopt;
  const LastErrors errors = last_errors(database, session::text(task.value("message_id")));
  const std::optional<LogLine>& error = done ? errors.of_last_attempt : errors.of_all;
  if (done && !error) return std::nullopt;
  Failure failure;
  failure.stage = done         ? Failure::Stage::done
                  : rejected   ? Failure::Stage::rejected
                  : task.taken ? Failure::Stage::again
                               : Failure::Stage::waiting;
  failure.at = error && error->at ? error->at : session::timestamp(task.value("mtime"));
  if (retries) failure.tries = done || rejected ? *retries + 1 : *retries;
  if (error) {
    failure.what = words_of(*error);
  } else if (const Json traceback = option_of(task.message, "traceback"); traceback.is_string()) {
    failure.what = error_in(traceback.get<std::string>(), session::Value());
  }
  return failure;
}

}  // namespace akqueue::queue
