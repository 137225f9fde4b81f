#include "commands/completion/live_values.hpp"

#include <algorithm>
#include <optional>

#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/tasks.hpp"
#include "backup/history.hpp"
#include "backup/kept_backups.hpp"
#include "commands/completion/value_cache.hpp"
#include "commands/shared/site.hpp"
#include "queue/filter/tenants.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/measure/queue_counts.hpp"
#include "queue/measure/recent_names.hpp"
#include "queue/schema.hpp"
#include "system/surroundings.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

using Candidates = std::vector<Candidate>;

constexpr TransactionSettings kGlancing{
    .read_only = true, .snapshot = false, .statement_timeout_ms = 500, .lock_timeout_ms = 200};
constexpr std::string_view kTablePrefix = "authentik_tasks_";

/// Nobody is there to read or to answer.
class Silence final : public Terminal {
 public:
  void out(std::string_view) override {}
  void err(std::string_view) override {}
  bool out_is_terminal() const override { return false; }
  bool err_is_terminal() const override { return false; }
  bool in_is_terminal() const override { return false; }
  std::size_t width() const override { return 80; }
  bool colours() const override { return false; }
  std::optional<std::string> read_line() override { return std::nullopt; }
};

std::chrono::milliseconds timeout() {
  const std::string given = environment_variable("AKQUEUE_COMPLETION_TIMEOUT").value_or("");
  if (given.empty()) return kCompletionTimeout;
  return given == "0" ? std::chrono::milliseconds(0) : std::chrono::seconds(parse_duration(given));
}

bool is_of_the_cluster(ValueKind wanted) {
  return wanted == ValueKind::releases || wanted == ValueKind::pods || wanted == ValueKind::deployments;
}

// This machine.

Candidates backups(const StateDirectory& state) {
  Candidates files;
  const auto entries = read_history(state);
  for (const KeptBackup& file : find_kept_backups(state).files) {
    const auto entry = std::ranges::find_if(
        entries, [&](const HistoryEntry& one) { return one.backup == file.path && one.of.empty(); });
    files.push_back({file.path, entry == entries.end() ? "" : entry->command + ": " + entry->what});
  }
  std::ranges::sort(files, std::less<>(), &Candidate::word);
  return files;
}

// The kubeconfig, and the cluster's namespaces. What is in no namespace is asked for without finding one out.

Kubectl kubectl_anywhere(const Invocation& invocation) {
  Options typed = invocation.options;
  if (!typed.has("namespace")) typed.set("namespace", std::string(kUsualNamespace));
  return open_cluster({invocation.command, typed, invocation.environment}, false).kubectl;
}

std::string context_words(const ForeignJson& entry, const std::string& current) {
  const auto inner = entry.find("context");
  if (inner == entry.end() || !inner->is_object()) return {};
  const std::string name_space = inner->value("namespace", std::string());
  return "cluster " + inner->value("cluster", std::string()) + (name_space.empty() ? "" : ", namespace " + name_space) +
         (entry.value("name", std::string()) == current ? ", current" : "");
}

Candidates kubeconfig(const Invocation& invocation, ValueKind wanted) {
  const Finished got = kubectl_anywhere(invocation).run({"config", "view", "--output", "json"});
  const auto view = parse_foreign<ForeignJson>(got.output);
  const char* const list = wanted == ValueKind::contexts   ? "contexts"
                           : wanted == ValueKind::clusters ? "clusters"
                                                           : "users";
  Candidates names;
  if (!view.is_object() || !view.contains(list) || !view[list].is_array()) return names;
  const std::string current = view.value("current-context", std::string());
  for (const auto& entry : view[list]) {
    if (entry.is_object())
      names.push_back(
          {entry.value("name", std::string()), wanted == ValueKind::contexts ? context_words(entry, current) : ""});
  }
  return names;
}

Candidates namespaces(const Invocation& invocation) {
  const Finished got = kubectl_anywhere(invocation).run({"get", "namespaces", "--output", "name"});
  Candidates names;
  for (std::string_view rest = got.output; !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    names.push_back({std::string(line.substr(line.find('/') + 1))});
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return names;
}

// The site's pods and deployments.

void read_inventory_words(const Inventory& inventory, const Search& search, SiteWords& words) {
  words[ValueKind::releases] = words[ValueKind::pods] = words[ValueKind::deployments] = {};
  const Inventory chosen = search.release.empty() ? inventory : inventory.of_release(search.release);
  for (const std::string& release : inventory.releases()) words[ValueKind::releases].push_back({release});
  for (const Pod& pod : chosen.pods) {
    if (pod.component == kServer) words[ValueKind::pods].push_back({pod.name, pod.condition()});
  }
  for (const Deployment* const one : chosen.workers()) {
    words[ValueKind::deployments].push_back(
        {one->name + "=", std::to_string(one->ready) + " of " + std::to_string(one->replicas) + " Ready"});
  }
}

/// The one release that is meant; nothing where that would have to be asked.
std::optional<Inventory> of_the_release(const Inventory& inventory, const Search& search) {
  if (!search.pod.empty()) return inventory;
  if (!search.release.empty()) return inventory.of_release(search.release);
  const auto releases = inventory.releases();
  if (releases.size() > 1) return std::nullopt;
  return releases.empty() ? inventory : inventory.of_release(releases.front());
}

// The site's database. One statement that takes too long does not hide what the others tell.

template <class Read>
void read_briefly(const Database& database, const Read& read) {
  try {
    const Transaction transaction(database.session, kGlancing);
    read(database);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql) throw;
  }
}

std::string tasks_words(const ActorSeen& seen) {
  return (seen.estimated ? "~" : "") + count_of(seen.tasks, "task", "tasks");
}

Candidate task_candidate(const TaskSeen& task, Timestamp now) {
  const std::string age =
      task.changed ? ", " + format_age(std::max<std::int64_t>(0, (now - *task.changed) / kSecond)) : "";
  return {task.id, task.actor.substr(task.actor.rfind('.') + 1) + ", " + task.state + age};
}

void read_names(const Database& database, SiteWords& words) {
  read_briefly(database, [&](const Database& open) {
    SiteWords read{{ValueKind::queues, {}}, {ValueKind::states, {}}};
    for (const QueueCount& group : queue_groups(open)) {
      for (const auto& [wanted, name] :
           {std::pair{ValueKind::queues, group.queue}, std::pair{ValueKind::states, group.state}}) {
        if (std::ranges::find(read[wanted], name, &Candidate::word) == read[wanted].end())
          read[wanted].push_back({name});
      }
    }
    words.merge(read);
  });
  read_briefly(database, [&](const Database& open) {
    Candidates actors;
    for (const ActorSeen& seen : recent_actors(open)) actors.push_back({seen.actor, tasks_words(seen)});
    words[ValueKind::actors] = actors;
  });
  read_briefly(database, [&](const Database& open) {
    Candidates tenants;
    for (const Tenant& tenant : read_tenants(open))
      tenants.push_back(
          {tenant.name.empty() || !can_be_typed(tenant.name) ? tenant.id : tenant.name, tenant.schema_name});
    words[ValueKind::tenants] = tenants;
  });
}

void read_tables_and_tasks(const Database& database, Timestamp now, SiteWords& words) {
  read_briefly(database, [&](const Database& open) {
    Candidates tables;
    for (const Table& table : read_schema(open).tables) {
      tables.push_back({table.name.starts_with(kTablePrefix) ? table.name.substr(kTablePrefix.size()) : table.name,
                        format_size(table.bytes)});
    }
    words[ValueKind::tables] = tables;
  });
  read_briefly(database, [&](const Database& open) {
    Candidates tasks;
    for (const TaskSeen& task : glance_at_tasks(open)) tasks.push_back(task_candidate(task, now));
    words[ValueKind::ids] = tasks;
  });
}

/// The last tasks of each state are kept with everything else; an older one's id is looked for by what is typed of it.
bool is_another_id(const Question& question, const SiteWords& words) {
  if (question.wanted != ValueKind::ids || question.beginning.size() < kLeastBeginning) return false;
  const auto known = words.find(ValueKind::ids);
  return known == words.end() || std::ranges::none_of(known->second, [&](const Candidate& one) {
           return one.word.starts_with(question.beginning);
         });
}

/// Looks at the site as far as the question needs. What is in `words` by the time something fails has come.
void look(const Invocation& invocation, const Question& question, SiteWords& words) {
  Cluster cluster = open_cluster(invocation, false);
  const Inventory inventory = take_inventory(cluster.kubectl, cluster.search);
  read_inventory_words(inventory, cluster.search, words);
  if (is_of_the_cluster(question.wanted)) return;
  const auto chosen = of_the_release(inventory, cluster.search);
  if (!chosen) return;
  const Site site = enter(invocation, cluster, *chosen);
  const Database database = site.database();
  if (is_another_id(question, words)) {
    read_briefly(database, [&](const Database& open) {
      for (const TaskSeen& task : glance_at_tasks_beginning(open, question.beginning))
        words[ValueKind::ids].push_back(task_candidate(task, site.facts.now));
    });
    return;
  }
  read_names(database, words);
  read_tables_and_tasks(database, site.facts.now, words);
}

std::string key_of(const Options& typed) {
  std::vector<std::string> flags;
  const auto add = [&](std::span<const Option> options) {
    for (const Option& option : options) {
      for (const std::string& value : typed.each(option.name))
        flags.push_back("--" + std::string(option.name) + "=" + value);
    }
  };
  add(kubectl_options());
  add(target_options());
  return cache_key(flags, typed.text("kubeconfig"),
                   typed.text("sim", environment_variable("AKQUEUE_SIM").value_or("")));
}

Candidates of_the_site(const Invocation& invocation, const Question& question) {
  const ValueCache cache(invocation.environment.state, key_of(question.typed));
  SiteWords words = cache.read();
  const bool another_id = is_another_id(question, words);
  if (!words.contains(question.wanted) || another_id) {
    SiteWords found = another_id ? words : SiteWords();
    auto fresh = ValueCache::kFresh;
    try {
      look(invocation, question, found);
    } catch (const std::exception&) {
      // Too late, or not allowed: what came until then will do, and is not asked for again at once.
      fresh = ValueCache::kFreshFailure;
    }
    words = std::move(found);
    words[question.wanted];
    if (!another_id) cache.write(words, fresh);
  }
  return words[question.wanted];
}

Candidates answer(Environment& environment, const Question& question) {
  if (question.wanted == ValueKind::backups) return backups(environment.state);
  if (question.wanted == ValueKind::commands || question.wanted == ValueKind::files) return {};
  // With -A there are several sites, and no word is everyone's.
  const auto patience = timeout();
  if (patience.count() == 0 || question.typed.has(kEverywhere.name)) return {};
  const auto deadline = environment.clock.now() + patience;
  const Interrupts::Cut cut(environment.interrupts,
                            [&environment, deadline] { return environment.clock.now() >= deadline; });
  Silence silence;
  Environment quiet{environment.launcher, environment.interrupts, silence, environment.clock, environment.state};
  const Invocation invocation{question.command, question.typed, quiet};
  switch (question.wanted) {
    case ValueKind::namespaces: return namespaces(invocation);
    case ValueKind::contexts:
    case ValueKind::clusters:
    case ValueKind::users: return kubeconfig(invocation, question.wanted);
    default: return of_the_site(invocation, question);
  }
}

}  // namespace

ValueSource live_values_of(Environment& environment) {
  return [&environment](const Question& question) -> Candidates {
    try {
      return answer(environment, question);
    } catch (const std::exception&) { return {}; }
  };
}

}  // namespace akqueue
