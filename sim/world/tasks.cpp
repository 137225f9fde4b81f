#include "world/tasks.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "akqueue/tasks.hpp"
#include "world/pickle.hpp"
#include "world/task_logs.hpp"

namespace akqueue::sim {
namespace {

using Json = Fields::Json;

/// Dramatiq's result backend of authentik keeps a result for this long.
constexpr Timestamp kResultAge = 600 * kSecond;

/// From 2025.12 on a task that is done has an empty message.
bool keeps_done_messages(const Scenario& scenario) { return scenario.version < "2025.12"; }

void replace(std::string& text, std::string_view mark, const std::string& by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) text.replace(at, mark.size(), by);
}

Json filled(const Json& value, const std::string& object, const std::string& number) {
  if (value.is_string()) {
    auto text = value.get<std::string>();
    replace(text, "{object}", object);
    replace(text, "{n}", number);
    return text;
  }
  Json copy = value;
  if (value.is_structured()) {
    for (Json& item : copy) item = filled(item, object, number);
  }
  return copy;
}

/// The column's literal where nobody gives it a value.
std::string literal_for(const SchemaColumn& column) {
  if (column.nullable) return "NULL";
  if (column.type == "jsonb") return "'{}'";
  if (column.type == "boolean" || column.type == "integer" || column.type == "bigint") return "0";
  return "''";
}

/// An INSERT into a table whose columns differ between releases: those that the release lacks are passed over.
class Insert {
 public:
  Insert(Database& database, const SchemaTable& table, std::vector<std::string> names)
      : names_(std::move(names)), statement_(database.prepare(text(table))) {
    for (const std::string& name : names_) there_.push_back(table.has(name));
  }

  // `slot` counts the names given to the constructor, from 0.
  void text(std::size_t slot, std::string_view value) {
    if (there_[slot]) statement_.bind_text(parameter(slot), value), bytes_ += value.size();
  }
  void blob(std::size_t slot, std::string_view value) {
    if (there_[slot]) statement_.bind_blob(parameter(slot), value), bytes_ += value.size();
  }
  void integer(std::size_t slot, std::int64_t value) {
    if (there_[slot]) statement_.bind_integer(parameter(slot), value), bytes_ += 4;
  }
  void null(std::size_t slot) {
    if (there_[slot]) statement_.bind_null(parameter(slot));
  }
  void run() { statement_.run(); }
  std::int64_t bytes() const { return static_cast<std::int64_t>(bytes_); }

 private:
  static int parameter(std::size_t slot) { return static_cast<int>(slot) + 1; }

  std::string text(const SchemaTable& table) const {
    std::string columns;
    std::string values;
    for (const SchemaColumn& column : table.columns) {
      const auto known = std::ranges::find(names_, column.name);
      columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name);
      values += (values.empty() ? "" : ", ") +
                (known == names_.end() ? literal_for(column) : "?" + std::to_string(known - names_.begin() + 1));
    }
    return "INSERT INTO " + quote_identifier(table.name) + " (" + columns + ") VALUES (" + values + ")";
  }

  std::vector<std::string> names_;
  std::vector<bool> there_;
  Statement statement_;
  std::size_t bytes_ = 0;
};

/// A group on the way: what its rows have in common, and how many are still to come.
struct Progress {
  const TaskGroup* group;
  std::int64_t size;
  std::int64_t left;
  std::vector<LogRow> logs;
  std::int64_t content_type = 0;
  std::vector<std::string> objects;  ///< uuids
  std::vector<std::string> uids;
  std::vector<std::string> args;  ///< pickled, one an object
  std::string traceback;
  bool message = true;
};

/// format_timestamp, for millions: the last minute's text is kept.
class Stamps {
 public:
  std::string text(Timestamp at) {
    constexpr Timestamp kMinute = 60 * kSecond;
    const Timestamp minute = at / kMinute;
    if (minute != minute_) minute_ = minute, text_ = format_timestamp(minute * kMinute);
    auto rest = static_cast<std::uint64_t>(at % kMinute);
    std::string text = text_;
    for (std::size_t place = 25; place >= 20; --place, rest /= 10) text[place] = static_cast<char>('0' + rest % 10);
    text[18] = static_cast<char>('0' + rest % 10);
    text[17] = static_cast<char>('0' + rest / 10);
    return text;
  }

 private:
  Timestamp minute_ = -1;
  std::string text_;
};

class Writer {
 public:
  Writer(Database& database, const Schema& schema, const TaskSite& site, std::int64_t total_logs, Random& random)
      : site_(site), random_(random), tasks_(database, *schema.find(kTaskTable), kTaskNames),
        logs_(database, *schema.find(kTaskLogTable), kLogNames),
        lock_(database.prepare("INSERT INTO sim_lock (message_id, worker) VALUES (?1, ?2)")),
        log_step_(UINT64_MAX / static_cast<std::uint64_t>(total_logs + 1)) {}

  /// `progress` runs from 0 (the oldest of the group) to 1.
  void write(const Progress& from, double progress) {
    const TaskGroup& group = *from.group;
    const std::int64_t length = (group.age.to - group.age.from) * kSecond;
    const auto done = static_cast<std::int64_t>(static_cast<double>(length) * progress);
    const Timestamp mtime = site_.now - group.age.to * kSecond + done + random_.between(0, kSecond - 1) * (length == 0 ? 0 : 1);
    const std::size_t object = from.objects.empty() ? 0 : random_.below(from.objects.size());
    id_ = random_.uuid();
    write_task(from, object, mtime);
    write_logs(from, mtime);
    if (group.held && !site_.workers.empty()) {
      lock_.bind_text(1, id_).bind_text(2, site_.workers[random_.below(site_.workers.size())]).run();
    }
  }

  Written written() const { return {tasks_written_, logs_written_, tasks_.bytes(), logs_.bytes()}; }

 private:
  enum Task : std::size_t {
    kMessageId, kQueue, kActor, kMessage, kState, kMtime, kResultExpiry, kObjectId, kUid, kMessages, kPreviousMessages,
    kStatus, kContentType, kTenant, kEta, kRetries, kResult,
  };
  static inline const std::vector<std::string> kTaskNames{
      "message_id", "queue_name", "actor_name", "message", "state", "mtime", "result_expiry", "rel_obj_id", "_uid", "_messages",
      "_previous_messages", "aggregated_status", "rel_obj_content_type_id", "tenant_id", "eta", "retries", "result"};
  enum Log : std::size_t { kId, kEvent, kLevel, kLogger, kAt, kAttributes, kPrevious, kTask };
  static inline const std::vector<std::string> kLogNames{"id", "event", "log_level", "logger", "timestamp", "attributes",
                                                         "previous", "task_id"};

  void write_task(const Progress& from, std::size_t object, Timestamp mtime) {
    const TaskGroup& group = *from.group;
    std::optional<Timestamp> due;
    if (group.eta) due = site_.now + random_.between(group.eta->from, group.eta->to) * kSecond;
    const std::string at = stamps_.text(mtime);
    const std::string expiry = stamps_.text(mtime + kResultAge);
    const std::string eta = due ? stamps_.text(*due) : "";
    const std::string message = from.message ? message_of(from, object, mtime, due) : "";
    const bool finished = group.state == task_state::kDone || group.state == task_state::kRejected;

    tasks_.text(kMessageId, id_);
    tasks_.text(kQueue, group.queue);
    tasks_.text(kActor, group.actor);
    tasks_.blob(kMessage, message);
    tasks_.text(kState, group.state);
    tasks_.text(kMtime, at);
    tasks_.null(kResult);
    finished ? tasks_.text(kResultExpiry, expiry) : tasks_.null(kResultExpiry);
    from.content_type != 0 ? tasks_.integer(kContentType, from.content_type) : tasks_.null(kContentType);
    from.content_type != 0 ? tasks_.text(kObjectId, from.objects[object]) : tasks_.null(kObjectId);
    group.uid.empty() ? tasks_.null(kUid) : tasks_.text(kUid, from.uids[object]);
    tasks_.text(kMessages, "[]");
    tasks_.text(kPreviousMessages, "[]");
    tasks_.text(kStatus, group.state);  // what the trigger makes of a row without _messages
    tasks_.text(kTenant, site_.tenant);
    eta.empty() ? tasks_.null(kEta) : tasks_.text(kEta, eta);
    tasks_.integer(kRetries, group.retries);
    tasks_.run();
    ++tasks_written_;
  }

  /// A Dramatiq message as PickleEncoder writes it.
  std::string message_of(const Progress& from, std::size_t object, Timestamp mtime, std::optional<Timestamp> eta) const {
    const std::string bytes = message_with(from, object, mtime, eta, 0);
    const auto wanted = static_cast<std::size_t>(from.group->message_bytes);
    return bytes.size() >= wanted ? bytes : message_with(from, object, mtime, eta, wanted - bytes.size());
  }

  std::string message_with(const Progress& from, std::size_t object, Timestamp mtime, std::optional<Timestamp> eta,
                           std::size_t padding) const {
    const TaskGroup& group = *from.group;
    Pickle pickle;
    pickle.begin_dict(7).text("queue_name").text(group.queue).text("actor_name").text(group.actor);
    pickle.text("args").piece(from.args[object]);
    const std::size_t kwargs = padding > 0 ? 1 : 0;
    pickle.text("kwargs").begin_dict(kwargs);
    if (kwargs > 0) pickle.text("payload").text(std::string(padding, 'x'));
    pickle.end_dict(kwargs);
    const std::size_t options = (eta ? 1u : 0u) + (group.retries > 0 ? 2u : 0u);
    pickle.text("options").begin_dict(options);
    if (eta) pickle.text("eta").integer(*eta / 1000);
    if (group.retries > 0) pickle.text("retries").integer(group.retries).text("traceback").text(from.traceback);
    pickle.end_dict(options);
    pickle.text("message_id").text(id_).text("message_timestamp").integer(mtime / 1000);
    return pickle.end_dict(7).bytes();
  }

  void write_logs(const Progress& from, Timestamp mtime) {
    const auto count = static_cast<std::int64_t>(from.logs.size());
    for (std::int64_t i = 0; i < count; ++i) {
      const LogRow& row = from.logs[static_cast<std::size_t>(i)];
      // Growing ids: the key's index then grows at its end, which halves the time of a large world.
      const auto high = static_cast<std::uint64_t>(logs_written_) * log_step_ + random_.below(log_step_);
      const std::string id = Random::format_uuid(high, random_.next());
      const std::string at = stamps_.text(mtime - (count - 1 - i) * 40'000);
      logs_.text(kId, id);
      logs_.text(kEvent, row.event);
      logs_.text(kLevel, row.level);
      logs_.text(kLogger, row.logger);
      logs_.text(kAt, at);
      logs_.text(kAttributes, row.attributes);
      logs_.integer(kPrevious, row.previous ? 1 : 0);
      logs_.text(kTask, id_);
      logs_.run();
      ++logs_written_;
    }
  }

  const TaskSite& site_;
  Random& random_;
  Stamps stamps_;
  Insert tasks_;
  Insert logs_;
  Statement lock_;
  std::uint64_t log_step_;
  std::string id_;
  std::int64_t tasks_written_ = 0;
  std::int64_t logs_written_ = 0;
};

Progress start(Database& database, const Scenario& scenario, const TaskGroup& group, std::int64_t size) {
  Progress progress{&group, size, size, log_rows(group), 0, {}, {}, {}, {}, true};
  progress.traceback = "Traceback (most recent call last):\n" + (group.error.empty() ? "Exception" : group.error) + "\n";
  progress.message = group.state != task_state::kDone || keeps_done_messages(scenario);
  const std::int64_t count = group.object ? group.object->count : 1;
  for (std::int64_t i = 0; i < count; ++i) {
    std::string uid = group.uid;
    replace(uid, "{n}", std::to_string(i + 1));
    progress.uids.push_back(uid);
    if (group.object) progress.objects.push_back(related_object_id(group.object->app_label, group.object->model, i));
    const std::string object = group.object ? progress.objects.back() : "";
    progress.args.push_back(Pickle().value(filled(group.args, object, std::to_string(i + 1))).body());
  }
  if (group.object) progress.content_type = content_type_id(database, group.object->app_label, group.object->model);
  return progress;
}

}  // namespace

std::int64_t content_type_id(Database& database, const std::string& app_label, const std::string& model) {
  const SqlValue names[] = {app_label, model};
  return database.integer_of("SELECT id FROM django_content_type WHERE app_label = ?1 AND model = ?2", names);
}

std::string related_object_id(const std::string& app_label, const std::string& model, std::int64_t number) {
  std::uint64_t seed = 1469598103934665603u;  // FNV-1a
  for (const char c : app_label + "." + model) seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return Random(seed + static_cast<std::uint64_t>(number)).uuid();
}

Written write_tasks(Database& database, const Schema& schema, const Scenario& scenario,
                    const std::vector<std::int64_t>& sizes, const TaskSite& site, Random& random) {
  std::vector<Progress> groups;
  std::int64_t total_logs = 0;
  for (std::size_t i = 0; i < scenario.tasks.size(); ++i) {
    groups.push_back(start(database, scenario, scenario.tasks[i], sizes[i]));
    total_logs += sizes[i] * static_cast<std::int64_t>(groups.back().logs.size());
  }
  Writer writer(database, schema, site, total_logs, random);
  std::int64_t left = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  for (; left > 0; --left) {
    // A group's chance is what it has left: all end together, and each has exactly its number.
    auto pick = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(left)));
    auto group = groups.begin();
    for (; pick >= group->left; ++group) pick -= group->left;
    --group->left;
    const auto place = static_cast<double>(group->size - 1 - group->left);
    writer.write(*group, group->size < 2 ? 0.5 : place / static_cast<double>(group->size));
  }
  return writer.written();
}

}  // namespace akqueue::sim
