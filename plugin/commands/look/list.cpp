#include "commands/look/commands.hpp"

#include <limits>

#include "akqueue/sqlstate.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/holders.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/measure/selection_counts.hpp"
#include "queue/task/task_list.hpp"
#include "ui/json_text.hpp"
#include "ui/streaming.hpp"

namespace akqueue::commands {
namespace {

constexpr std::int64_t kTasksShown = 50;
constexpr std::int64_t kMostRows = std::numeric_limits<std::int64_t>::max();
/// Enough of an id to name a task among billions.
constexpr std::size_t kShortId = 13;

/// Whose a task is, as a word: null for one that no worker has taken.
const char* word_of(queue::Whose whose) {
  switch (whose) {
    case queue::Whose::held: return "held";
    case queue::Whose::stranded: return "stranded";
    case queue::Whose::ending: return "ending";
    case queue::Whose::orphaned: return "orphaned";
    case queue::Whose::nobody: break;
  }
  return nullptr;
}

struct Listed {
  const Site& site;
  Timestamp now = 0;
  std::vector<queue::Kind> kinds = {};
  queue::TaskFilter filter = {};
};

/// Takes tasks as they come and prints them in one of the formats.
class TaskPrinter {
 public:
  virtual ~TaskPrinter() = default;
  virtual void add(const queue::TaskLine& task) = 0;
  /// `all`: how many there are, where some were left out, if that could be counted.
  virtual void finish(std::int64_t count, bool truncated, std::optional<std::int64_t> all) = 0;
  /// Whether it says how many there are.
  virtual bool counts() const { return false; }
};

Json json_of(const queue::TaskLine& task, const Listed& listed) {
  Json one{
      {"id", task.id}, {"actor", task.actor}, {"queue", task.queue}, {"state", task.state}, {"status", task.status}};
  one["uid"] = task.uid.empty() ? Json() : Json(task.uid);
  const std::string object = queue::object_name(listed.kinds, task.content_type, task.object_id);
  one["object"] = object.empty() ? Json() : Json(object);
  one["changed"] = to_json(task.changed);
  one["due"] = to_json(task.eta);
  one["retries"] = task.retries ? Json(*task.retries) : Json();
  one["tenant"] = task.tenant.empty() ? Json() : Json(task.tenant);
  const char* const hold = listed.site.facts.standby ? nullptr : word_of(task.whose);
  const std::string holder = task.whose == queue::Whose::held ? holder_name(listed.site, task.holder) : "";
  one["hold"] = hold == nullptr ? Json() : Json(hold);
  one["holder"] = holder.empty() ? Json() : Json(holder);
  one["worst_log_level"] = task.worst_level.empty() ? Json() : Json(task.worst_level);
  return one;
}

class DocumentPrinter final : public TaskPrinter {
 public:
  DocumentPrinter(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const Listed& listed)
      : listed_(listed), stream_(terminal, output, head(site, listed), "tasks") {}
  void add(const queue::TaskLine& task) override { stream_.add(json_of(task, listed_)); }
  void finish(std::int64_t count, bool truncated, std::optional<std::int64_t> all) override {
    stream_.finish({{"count", count}, {"truncated", truncated}, {"total", all ? Json(*all) : Json()}});
  }
  bool counts() const override { return true; }

 private:
  static Json head(const Site& site, const Listed& listed) {
    Json document = document_of("tasks");
    document["site"] = site.to_json();
    document["now"] = format_timestamp(listed.now);
    document["filter"] = queue::json_of_filter(listed.filter);
    return document;
  }
  const Listed& listed_;
  RowsDocument stream_;
};

class LinePrinter final : public TaskPrinter {
 public:
  LinePrinter(ui::Terminal& terminal, const Listed& listed, bool names)
      : listed_(listed), names_(names), output_(terminal) {}
  void add(const queue::TaskLine& task) override {
    output_.print(names_ ? ui::format_text("task/{}\n", task.id) : ui::compact_json(json_of(task, listed_)) + "\n");
  }
  void finish(std::int64_t, bool, std::optional<std::int64_t>) override { output_.flush(); }

 private:
  const Listed& listed_;
  bool names_;
  ui::BufferedOutput output_;
};

class TablePrinter final : public TaskPrinter {
 public:
  TablePrinter(ui::Terminal& terminal, const Listed& listed, bool wide)
      : listed_(listed),
        wide_(wide),
        whole_ids_(wide || !terminal.out_is_terminal()),
        listing_(terminal, columns(wide)) {}
  void add(const queue::TaskLine& task) override {
    const auto age = [&](const std::optional<Timestamp>& at) {
      return at ? format_age((listed_.now - *at) / kSecond) : std::string();
    };
    std::vector<ui::Text> cells{whole_ids_ ? task.id : task.id.substr(0, kShortId), task.actor, task.state,
                                task.worst_level};
    if (wide_) {
      cells.insert(cells.end(),
                   {task.queue, task.uid, queue::object_name(listed_.kinds, task.content_type, task.object_id),
                    task.retries ? std::to_string(*task.retries) : "", due(task.eta), holder(task)});
    }
    cells.emplace_back(age(task.changed));
    listing_.add(std::move(cells));
  }
  void finish(std::int64_t, bool, std::optional<std::int64_t>) override { listing_.finish(); }

 private:
  static std::vector<ui::ListingColumn> columns(bool wide) {
    std::vector<ui::ListingColumn> all{{"ID"}, {"ACTOR", false, true}, {"STATE"}, {"LOG"}};
    if (wide)
      all.insert(all.end(), {{"QUEUE"},
                             {"UID", false, true},
                             {"OBJECT", false, true},
                             {"RETRIES", true},
                             {"DUE", true},
                             {"HOLDER", false, true}});
    all.push_back({"AGE", true});
    return all;
  }
  std::string due(const std::optional<Timestamp>& eta) const {
    if (!eta) return {};
    return *eta <= listed_.now ? "now" : "in " + format_age((*eta - listed_.now) / kSecond);
  }
  ui::Text holder(const queue::TaskLine& task) const {
    const char* const hold = word_of(task.whose);
    if (hold == nullptr) return {};
    if (listed_.site.facts.standby) return "<unknown>";
    if (task.whose != queue::Whose::held) return ui::format_text("<{}>", hold);
    const std::string name = holder_name(listed_.site, task.holder);
    return name.empty() ? ui::Text("<unknown>") : ui::Text(name);
  }
  const Listed& listed_;
  bool wide_;
  bool whole_ids_;
  ui::StreamedListing listing_;
};

std::unique_ptr<TaskPrinter> printer_for(ui::Terminal& terminal, const OutputFormat& output, const Site& site,
                                         const Listed& listed) {
  const bool names = output == OutputFormat::name;
  if (names || output == OutputFormat::jsonl) return std::make_unique<LinePrinter>(terminal, listed, names);
  if (is_json(output)) return std::make_unique<DocumentPrinter>(terminal, output, site, listed);
  return std::make_unique<TablePrinter>(terminal, listed, is_wide(output));
}

struct ListRequest {
  SiteRequest site;
  queue::TaskChoice choice;
  bool hide_successful = true;
  std::int64_t limit = kTasksShown;  ///< 0: none; ids that were given are never cut
  OutputFormat output = OutputFormat::table;
};

ListRequest read_list_request(const Options& options, Effect effect) {
  ListRequest request{.site = read_site_request(options, effect),
                      .choice = read_choice(options, {.limit = false}),
                      .limit = options.number("limit").value_or(kTasksShown),
                      .output = read_output(options)};
  const queue::TaskChoice& choice = request.choice;
  if (choice.has_ids() && !options.has("limit")) request.limit = 0;
  // As in the admin UI; who asks for certain tasks means the successful ones as well.
  const bool taken = choice.held || choice.orphaned || !choice.holders.empty();
  const bool certain = options.has("state") || choice.has_ids() || choice.expired || taken ||
                       !choice.log_text.empty() || !choice.log_level.empty() || !choice.uids.empty() ||
                       !choice.objects.empty();
  request.hide_successful = !options.has("all") && !certain;
  return request;
}

/// How many there are in all; nothing where counting them takes too long.
std::optional<std::int64_t> count_all(const session::Database& database, const queue::Selection& selection) {
  try {
    return queue::count_selection(database, selection).total();
  } catch (const Error& error) {
    if (error.sqlstate() != sqlstate::kCanceled) throw;
    return std::nullopt;
  }
}

/// Whether the output says who holds a task.
bool shows_holders(const OutputFormat& output) { return is_wide(output) || is_json(output); }

/// Prints them, and says what else there is.
void print_tasks(ui::Terminal& terminal, const ListRequest& request, const session::Database& database,
                 const Listed& listed) {
  const std::int64_t limit = request.limit;
  const auto printer = printer_for(terminal, request.output, listed.site, listed);
  std::int64_t count = 0;
  bool more = false;
  // One more than is shown tells whether there are more.
  const queue::Selection selection = queue::selection_now(database, listed.filter, listed.now);
  queue::list_tasks(database, selection, limit == 0 || limit == kMostRows ? limit : limit + 1,
                    shows_holders(request.output) ? queue::Holders::read : queue::Holders::left_out,
                    [&](const queue::TaskLine& task) {
                      more = limit > 0 && count == limit;
                      if (more) return;
                      ++count;
                      printer->add(task);
                    });
  const std::optional<std::int64_t> all = !more               ? std::optional(count)
                                          : printer->counts() ? count_all(database, selection)
                                                              : std::nullopt;
  printer->finish(count, more, all);
  if (count == 0) terminal.err(ui::format_text("no {}\n", queue::in_words(listed.filter)));
  if (more) terminal.err(ui::format_text("the newest {}; --limit N shows more, --limit 0 all\n", limit));
}

int run_list(const cli::Invocation& invocation) {
  const ListRequest request = read_list_request(invocation.options, invocation.command.effect);
  const cli::Environment& environment = invocation.environment;
  const Site site = enter(environment, request.site);
  // However slowly somebody reads: a long list has no time limit of its own.
  session::TransactionSettings settings = kLooking;
  if (request.limit == 0) settings.statement_timeout_ms = 0;
  const session::Transaction transaction(*site.session, settings);
  Listed listed{.site = site};
  listed.now = transaction.now();
  listed.kinds = queue::read_kinds(site.database());
  listed.filter = resolve_on(environment.terminal, site, request.choice);
  listed.filter.hide_successful = request.hide_successful;
  explain_filter(environment, request.site, listed.filter);
  const bool about_holders = shows_holders(request.output) || listed.filter.asks_who_holds();
  print_tasks(environment.terminal, request, about_holders ? knowing_workers(site, listed.now) : site.database(),
              listed);
  return 0;
}

}  // namespace

cli::Command list_command() {
  return {
      .name = "list",
      .short_names = {"ls", "get"},
      .group = "Look",
      .summary = "List tasks, newest first",
      .arguments = "[ID...]",
      .most_arguments = static_cast<std::size_t>(-1),
      .description =
          "The tasks that all given conditions select, as the admin UI shows them: without the\n"
          "successful ones (of those that are done it looks through the newest 10,000), unless --all is\n"
          "given or certain ones are asked for by state, holder, id, uid, object, log or --expired. LOG\n"
          "is the worst level in the log of the last attempt. Rows stream, however many they are, but\n"
          "for --sort-by (at most 100,000), -o yaml, jsonpath and custom-columns.\n"
          "\n"
          "-o wide has who holds a task: the worker's pod, or <orphaned> where its worker died.",
      .options = with_choosing(
          {{"limit", 0, "N", "show this many (default 50; 0: all)"}, {"all", 0, "", "successful ones too"}}, {"limit"}),
      .examples = {{"list --state rejected", "what failed for good"},
                   {"list --actor outpost_send_update --log 'timed out'", "by what its log says"},
                   {"list --orphaned -o wide", "what was taken by workers that died"},
                   {"list --log-level error", "what logged an error, done or not"},
                   {"list --state queued --limit 0 -o name", "ids for kubectl akqueue delete -f -"}},
      .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
      .run = run_list};
}

}  // namespace akqueue::commands
