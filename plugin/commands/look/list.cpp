#include "commands/look/commands.hpp"

#include <limits>

#include "commands/shared/filter_options.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/task/task_list.hpp"
#include "ui/json_text.hpp"
#include "ui/streaming.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::int64_t kTasksShown = 50;
constexpr std::int64_t kMostRows = std::numeric_limits<std::int64_t>::max();
/// Enough of an id to name a task among billions.
constexpr std::size_t kShortId = 13;

struct Listed {
  Timestamp now = 0;
  std::vector<Kind> kinds;
  TaskFilter filter;
};

/// Takes tasks as they come and prints them in one of the formats.
class TaskPrinter {
 public:
  virtual ~TaskPrinter() = default;
  virtual void add(const TaskLine& task) = 0;
  virtual void finish(std::int64_t count) = 0;
};

Json json_of(const TaskLine& task, const Listed& listed) {
  Json one{
      {"id", task.id}, {"actor", task.actor}, {"queue", task.queue}, {"state", task.state}, {"status", task.status}};
  one["uid"] = task.uid.empty() ? Json() : Json(task.uid);
  const std::string object = object_name(listed.kinds, task.content_type, task.object_id);
  one["object"] = object.empty() ? Json() : Json(object);
  one["changed"] = to_json(task.changed);
  one["due"] = to_json(task.eta);
  one["retries"] = task.retries ? Json(*task.retries) : Json();
  one["tenant"] = task.tenant.empty() ? Json() : Json(task.tenant);
  one["worst_log_level"] = task.worst_level.empty() ? Json() : Json(task.worst_level);
  return one;
}

class DocumentPrinter final : public TaskPrinter {
 public:
  DocumentPrinter(Terminal& terminal, const Site& site, const Listed& listed)
      : listed_(listed), stream_(terminal, head(site, listed), "tasks") {}
  void add(const TaskLine& task) override { stream_.add(json_of(task, listed_)); }
  void finish(std::int64_t count) override { stream_.finish({{"count", count}}); }

 private:
  static Json head(const Site& site, const Listed& listed) {
    Json document = document_of("tasks");
    document["site"] = site.to_json();
    document["now"] = format_timestamp(listed.now);
    document["filter"] = json_of_filter(listed.filter);
    return document;
  }
  const Listed& listed_;
  StreamedDocument stream_;
};

class LinePrinter final : public TaskPrinter {
 public:
  LinePrinter(Terminal& terminal, const Listed& listed, bool names)
      : listed_(listed), names_(names), output_(terminal) {}
  void add(const TaskLine& task) override {
    output_.print(names_ ? "task/" + task.id + "\n" : compact_json(json_of(task, listed_)) + "\n");
  }
  void finish(std::int64_t) override { output_.flush(); }

 private:
  const Listed& listed_;
  bool names_;
  BufferedOutput output_;
};

class TablePrinter final : public TaskPrinter {
 public:
  TablePrinter(Terminal& terminal, const Listed& listed, bool wide)
      : listed_(listed),
        wide_(wide),
        whole_ids_(wide || !terminal.out_is_terminal()),
        listing_(terminal, columns(wide)) {}
  void add(const TaskLine& task) override {
    const auto age = [&](const std::optional<Timestamp>& at) {
      return at ? format_age((listed_.now - *at) / kSecond) : std::string();
    };
    std::vector<std::string> cells{whole_ids_ ? task.id : task.id.substr(0, kShortId), task.actor, task.state,
                                   task.worst_level};
    if (wide_) {
      cells.insert(cells.end(), {task.queue, task.uid, object_name(listed_.kinds, task.content_type, task.object_id),
                                 task.retries ? std::to_string(*task.retries) : "", due(task.eta)});
    }
    cells.push_back(age(task.changed));
    listing_.add(std::move(cells));
  }
  void finish(std::int64_t) override { listing_.finish(); }

 private:
  static std::vector<ListingColumn> columns(bool wide) {
    std::vector<ListingColumn> all{{"ID"}, {"ACTOR", false, true}, {"STATE"}, {"LOG"}};
    if (wide)
      all.insert(all.end(),
                 {{"QUEUE"}, {"UID", false, true}, {"OBJECT", false, true}, {"RETRIES", true}, {"DUE", true}});
    all.push_back({"AGE", true});
    return all;
  }
  std::string due(const std::optional<Timestamp>& eta) const {
    if (!eta) return {};
    return *eta <= listed_.now ? "now" : "in " + format_age((*eta - listed_.now) / kSecond);
  }
  const Listed& listed_;
  bool wide_;
  bool whole_ids_;
  StreamedListing listing_;
};

std::unique_ptr<TaskPrinter> printer_for(const Invocation& invocation, const Site& site, const Listed& listed) {
  Terminal& terminal = invocation.environment.terminal;
  const std::string output = invocation.options.text("output", "table");
  if (output == "json") return std::make_unique<DocumentPrinter>(terminal, site, listed);
  if (output == "jsonl" || output == "name") return std::make_unique<LinePrinter>(terminal, listed, output == "name");
  return std::make_unique<TablePrinter>(terminal, listed, output == "wide");
}

int run_list(const Invocation& invocation) {
  const Options& options = invocation.options;
  const TaskChoice choice = read_choice(options, {.limit = false});
  const std::int64_t limit = options.number("limit").value_or(kTasksShown);
  const Site site = enter(invocation);
  const Database database = site.database();
  // However slowly somebody reads: a long list has no time limit of its own.
  TransactionSettings settings = kLooking;
  if (limit == 0) settings.statement_timeout_ms = 0;
  const Transaction transaction(*site.session, settings);
  Listed listed;
  listed.now = transaction.now();
  listed.kinds = read_kinds(database);
  check_states_and_queues(database, choice.states, choice.queues);
  listed.filter = resolve(database, choice);
  // As in the admin UI; who asks for certain tasks means the successful ones as well.
  const bool certain = options.has("state") || choice.has_ids() || choice.expired || !choice.log_text.empty() ||
                       !choice.uids.empty() || !choice.objects.empty();
  listed.filter.hide_successful = !options.has("all") && !certain;
  explain_filter(invocation, listed.filter);
  const Selection selection = selection_now(database, listed.filter, listed.now);

  const auto printer = printer_for(invocation, site, listed);
  std::int64_t count = 0;
  bool more = false;
  // One more than is shown tells whether there are more.
  list_tasks(database, selection, limit == 0 || limit == kMostRows ? limit : limit + 1, [&](const TaskLine& task) {
    if ((more = limit > 0 && count == limit)) return;
    ++count;
    printer->add(task);
  });
  printer->finish(count);
  Terminal& terminal = invocation.environment.terminal;
  if (count == 0) terminal.err("no " + visible(in_words(listed.filter)) + "\n");
  if (more) terminal.err("the newest " + std::to_string(limit) + "; --limit N shows more, --limit 0 all\n");
  return 0;
}

}  // namespace

Command list_command() {
  return {
      .name = "list",
      .group = "Look",
      .summary = "List tasks, newest first",
      .arguments = "[ID...]",
      .most_arguments = static_cast<std::size_t>(-1),
      .description =
          "The tasks that all given conditions select, as the admin UI shows them: without the\n"
          "successful ones (of those that are done it looks through the newest 10,000), unless --all is\n"
          "given or certain ones are asked for by state, id, uid, object, log or --expired. LOG is\n"
          "the worst level in the log of the last attempt. Rows stream, however many they are.",
      .options = with_choosing(
          {{"limit", 0, "N", "show this many (default 50; 0: all)"}, {"all", 0, "", "successful ones too"}}, {"limit"}),
      .examples = {{"list --state rejected", "what failed for good"},
                   {"list --actor outpost_send_update --log 'timed out'", "by what its log says"},
                   {"list --state queued --limit 0 -o name", "ids for kubectl akqueue delete -f -"}},
      .outputs = "table|wide|json|jsonl|name",
      .run = run_list};
}

}  // namespace akqueue
