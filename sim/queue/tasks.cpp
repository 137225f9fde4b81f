#include "queue/tasks.hpp"

#include <deque>
#include <numeric>
#include <optional>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"
#include "queue/insert.hpp"
#include "queue/message.hpp"
#include "queue/pickle.hpp"
#include "queue/stamps.hpp"
#include "queue/task_logs.hpp"
#include "scenario/for_release.hpp"

namespace akqueue::sim {
namespace {

/// From 2026.8 on.
constexpr std::string_view kWaiting = task_state::kWaiting;

void replace(std::string& text, std::string_view mark, const std::string& by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
    text.replace(at, mark.size(), by);
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

/// A group in progress: what its rows have in common, and how many are still to come. The messages refer to its texts,
/// so it must not move.
struct Progress {
  Progress(const TaskGroup& of, std::int64_t tasks) : group(&of), size(tasks), left(tasks), logs(log_rows(of)) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  const TaskGroup* group;
  std::int64_t size;
  std::int64_t left;
  std::vector<LogRow> logs;
  std::string status;
  LogMessages messages{logs, false};
  LogMessages previous_messages{logs, true};
  std::int64_t content_type = 0;
  std::vector<std::string> objects;  ///< uuids
  std::vector<std::string> uids;
  std::vector<std::string> args;  ///< pickled, one for each object
  std::string traceback;
  std::vector<MessageTemplate> templates;  ///< one for each object; none if messages are empty
};

class Writer {
 public:
  Writer(Database& database, const Schema& schema, const TaskSite& site, std::int64_t total, std::int64_t total_logs,
         Random& random)
      : site_(site),
        random_(random),
        tasks_(database, *schema.find(kTaskTable), kTaskNames),
        lock_(database.prepare("INSERT INTO sim_lock (message_id, worker) VALUES (?1, ?2)")),
        task_step_(step(total)),
        log_step_(step(total_logs)) {
    if (const SchemaTable* logs = schema.find(kTaskLogTable)) logs_.emplace(database, *logs, kLogNames);
    if (const SchemaTable* table = schema.find(kDependencyTable))
      dependencies_.emplace(database, *table, kDependencyNames);
  }

  /// `progress` runs from 0 (the oldest of the group) to 1.
  void write(Progress& from, double progress) {
    const TaskGroup& group = *from.group;
    const std::int64_t length = (group.age.to - group.age.from) * kSecond;
    const auto done = static_cast<std::int64_t>(static_cast<double>(length) * progress);
    const Timestamp mtime =
        site_.now - group.age.to * kSecond + done + random_.between(0, kSecond - 1) * (length == 0 ? 0 : 1);
    const std::size_t object = from.objects.empty() ? 0 : random_.below(from.objects.size());
    id_ = growing_id(tasks_.rows(), task_step_);
    write_task(from, object, mtime);
    if (logs_) write_logs(from, mtime);
    if (dependencies_) write_dependencies(group);
    if (group.held && !site_.workers.empty()) {
      lock_.bind_text(1, id_).bind_text(2, site_.workers[random_.below(site_.workers.size())]).run();
    }
  }

  Written written() const {
    return {tasks_.rows(), logs_ ? logs_->rows() : 0, tasks_.bytes(), logs_ ? logs_->bytes() : 0};
  }

 private:
  enum Task : std::size_t {
    kMessageId,
    kQueue,
    kActor,
    kMessage,
    kState,
    kMtime,
    kResultExpiry,
    kObjectId,
    kUid,
    kMessages,
    kPreviousMessages,
    kStatus,
    kContentType,
    kTenant,
    kEta,
    kRetries,
    kResult,
  };
  static inline const std::vector<std::string> kTaskNames{"message_id",
                                                          "queue_name",
                                                          "actor_name",
                                                          "message",
                                                          "state",
                                                          "mtime",
                                                          "result_expiry",
                                                          "rel_obj_id",
                                                          "_uid",
                                                          "_messages",
                                                          "_previous_messages",
                                                          "aggregated_status",
                                                          "rel_obj_content_type_id",
                                                          "tenant_id",
                                                          "eta",
                                                          "retries",
                                                          "result"};
  enum Log : std::size_t { kId, kEvent, kLevel, kLogger, kAt, kAttributes, kPrevious, kTask };
  static inline const std::vector<std::string> kLogNames{"id",        "event",      "log_level", "logger",
                                                         "timestamp", "attributes", "previous",  "task_id"};
  enum Dependency : std::size_t { kDependency, kDependent };
  static inline const std::vector<std::string> kDependencyNames{"dependency_id", "task_id"};

  static std::uint64_t step(std::int64_t total) { return UINT64_MAX / static_cast<std::uint64_t>(total + 1); }

  /// Ids grow from row to row, over the whole range: an index on them then grows at its end, or is built from sorted
  /// rows, which takes a quarter of the time.
  std::string growing_id(std::int64_t number, std::uint64_t step) {
    // One after the other: compilers differ in which of two arguments they evaluate first, and the rows must not
    // differ.
    const std::uint64_t low = random_.next();
    return Random::format_uuid(static_cast<std::uint64_t>(number) * step + random_.below(step), low);
  }

  void write_task(Progress& from, std::size_t object, Timestamp mtime) {
    const TaskGroup& group = *from.group;
    std::optional<Timestamp> due;
    if (group.eta) due = site_.now + random_.between(group.eta->from, group.eta->to) * kSecond;
    const std::string at = stamps_.text(mtime);
    const std::string expiry = stamps_.text(mtime + kResultAge);
    const std::string eta = due ? stamps_.text(*due) : "";
    const std::string_view message =
        from.templates.empty() ? std::string_view() : from.templates[object].message(id_, mtime, due);
    const std::string messages = logs_ ? "[]" : from.messages.text(mtime, stamps_);
    const std::string previous = logs_ ? "[]" : from.previous_messages.text(mtime, stamps_);
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
    tasks_.text(kMessages, messages);
    tasks_.text(kPreviousMessages, previous);
    tasks_.text(kStatus, from.status);
    tasks_.text(kTenant,
                site_.tenants.size() == 1 ? site_.tenants[0] : site_.tenants[random_.below(site_.tenants.size())]);
    eta.empty() ? tasks_.null(kEta) : tasks_.text(kEta, eta);
    tasks_.integer(kRetries, group.retries);
    tasks_.run();
  }

  void write_logs(const Progress& from, Timestamp mtime) {
    for (std::size_t i = 0; i < from.logs.size(); ++i) {
      const LogRow& row = from.logs[i];
      const std::string id = growing_id(logs_->rows(), log_step_);
      const std::string at = stamps_.text(log_time(mtime, i, from.logs.size()));
      logs_->text(kId, id);
      logs_->text(kEvent, row.event);
      logs_->text(kLevel, row.level);
      logs_->text(kLogger, row.logger);
      logs_->text(kAt, at);
      logs_->text(kAttributes, row.attributes);
      logs_->integer(kPrevious, row.previous ? 1 : 0);
      logs_->text(kTask, id_);
      logs_->run();
    }
  }

  /// A waiting task waits for the unfinished one before it, or for the next that comes.
  void write_dependencies(const TaskGroup& group) {
    const bool finished = group.state == task_state::kDone || group.state == task_state::kRejected;
    if (group.state == kWaiting) {
      if (unfinished_.empty()) waiting_.push_back(id_);
      else depend(id_, unfinished_);
    } else if (!finished) {
      unfinished_ = id_;
      for (const std::string& waiting : waiting_) depend(waiting, id_);
      waiting_.clear();
    }
  }

  void depend(const std::string& task, const std::string& on) {
    dependencies_->text(kDependency, on);
    dependencies_->text(kDependent, task);
    dependencies_->run();
  }

  const TaskSite& site_;
  Random& random_;
  Stamps stamps_;
  Insert tasks_;
  std::optional<Insert> logs_;          ///< 2025.8 keeps them in the task's row
  std::optional<Insert> dependencies_;  ///< from 2026.8 on
  Statement lock_;
  std::uint64_t task_step_;
  std::uint64_t log_step_;
  std::string id_;
  std::string unfinished_;            ///< the last task that something may wait for
  std::vector<std::string> waiting_;  ///< tasks that came before any such one
};

/// The part of a log that the trigger sees when the row is written.
std::string status_of(const Schema& schema, const TaskGroup& group, const std::vector<LogRow>& logs) {
  const bool sees =
      schema.find(kTaskLogTable) == nullptr || schema.find(kTaskTable)->aggregated_status_from == kTaskLogTable;
  return std::string(aggregated_status(group.state, sees ? logs : std::vector<LogRow>()));
}

void prepare(Progress& progress, Database& database, const Schema& schema, const std::string& version) {
  const TaskGroup& group = *progress.group;
  progress.status = status_of(schema, group, progress.logs);
  progress.traceback =
      "Traceback (most recent call last):\n" + (group.error.empty() ? "Exception" : group.error) + "\n";
  const std::int64_t count = group.object ? group.object->count : 1;
  for (std::int64_t i = 0; i < count; ++i) {
    std::string uid = group.uid;
    replace(uid, "{n}", std::to_string(i + 1));
    progress.uids.push_back(uid);
    if (group.object && !group.object->id.empty()) progress.objects.push_back(group.object->id);
    else if (group.object)
      progress.objects.push_back(related_object_id(group.object->app_label, group.object->model, i));
    const std::string object = group.object ? progress.objects.back() : "";
    progress.args.push_back(Pickle().value(filled(group.args, object, std::to_string(i + 1))).body());
  }
  if (group.object) progress.content_type = content_type_id(database, group.object->app_label, group.object->model);
  if (group.state == task_state::kDone && !keeps_done_messages(version)) return;
  for (const std::string& args : progress.args) {
    progress.templates.emplace_back(MessageTemplate::Common{group.queue, group.actor, args, progress.traceback,
                                                            group.retries,
                                                            static_cast<std::size_t>(group.message_bytes)});
  }
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
  std::deque<Progress> groups;
  std::int64_t total_logs = 0;
  for (std::size_t i = 0; i < scenario.tasks.size(); ++i) {
    prepare(groups.emplace_back(scenario.tasks[i], sizes[i]), database, schema, scenario.version);
    total_logs += sizes[i] * static_cast<std::int64_t>(groups.back().logs.size());
  }
  std::int64_t left = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  Writer writer(database, schema, site, left, total_logs, random);
  for (; left > 0; --left) {
    // A group's chance is its remaining tasks: all end together, each with exactly its number.
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
