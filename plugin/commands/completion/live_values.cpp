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

namespace akqueue::commands {
namespace {

using Candidates = std::vector<cli::Candidate>;

constexpr session::TransactionSettings kBriefLook{
    .read_only = true, .snapshot = false, .statement_timeout_ms = 500, .lock_timeout_ms = 200};
constexpr std::string_view kTablePrefix = "authentik_tasks_";

/// Nobody is there to read or to answer.
class Silence final : public ui::Terminal {
 public:
  void out(const ui::Text&) override {}
  void err(const ui::Text&) override {}
  bool out_is_terminal() const override { return false; }
  bool err_is_terminal() const override { return false; }
  bool in_is_terminal() const override { return false; }
  std::size_t width() const override { return 80; }
  bool colours() const override { return false; }
  std::optional<std::string> read_line() override { return std::nullopt; }
};

std::chrono::milliseconds timeout() {
  const std::string given = system::environment_variable("AKQUEUE_COMPLETION_TIMEOUT").value_or("");
  if (given.empty()) return kCompletionTimeout;
  return parse_span(given);
}

bool is_of_the_cluster(cli::ValueKind wanted) {
  return wanted == cli::ValueKind::releases || wanted == cli::ValueKind::pods || wanted == cli::ValueKind::workers ||
         wanted == cli::ValueKind::deployments;
}

// This machine.

Candidates backups(const backup::StateDirectory& state) {
  Candidates files;
  const auto entries = backup::read_history(state);
  for (const backup::KeptBackup& file : backup::find_kept_backups(state).files) {
    const auto entry = std::ranges::find_if(
        entries, [&](const backup::HistoryEntry& one) { return one.backup == file.path && one.of.empty(); });
    files.push_back({file.path, entry == entries.end() ? "" : entry->command + ": " + entry->what});
  }
  std::ranges::sort(files, std::less<>(), &cli::Candidate::word);
  return files;
}

// The kubeconfig, and the cluster's namespaces. What is in no namespace is asked for without finding one out.

cluster::Kubectl kubectl_anywhere(const cli::Environment& environment, SiteRequest request) {
  if (request.search.name_space.empty()) request.search.name_space = cluster::kUsualNamespace;
  return open_cluster(environment, request).kubectl;
}

std::string context_words(const ForeignJson& entry, const std::string& current) {
  const auto inner = entry.find("context");
  if (inner == entry.end() || !inner->is_object()) return {};
  const std::string name_space = inner->value("namespace", std::string());
  return "cluster " + inner->value("cluster", std::string()) + (name_space.empty() ? "" : ", namespace " + name_space) +
         (entry.value("name", std::string()) == current ? ", current" : "");
}

Candidates kubeconfig(const cli::Environment& environment, const SiteRequest& request, cli::ValueKind wanted) {
  const system::Finished got = kubectl_anywhere(environment, request).run({"config", "view", "--output", "json"});
  const auto view = parse_foreign<ForeignJson>(got.output);
  const char* const list = wanted == cli::ValueKind::contexts   ? "contexts"
                           : wanted == cli::ValueKind::clusters ? "clusters"
                                                                : "users";
  Candidates names;
  if (!view.is_object() || !view.contains(list) || !view[list].is_array()) return names;
  const std::string current = view.value("current-context", std::string());
  for (const auto& entry : view[list]) {
    if (entry.is_object())
      names.push_back({entry.value("name", std::string()),
                       wanted == cli::ValueKind::contexts ? context_words(entry, current) : ""});
  }
  return names;
}

Candidates namespaces(const cli::Environment& environment, const SiteRequest& request) {
  const system::Finished got = kubectl_anywhere(environment, request).run({"get", "namespaces", "--output", "name"});
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

void read_inventory_words(const cluster::Inventory& inventory, const cluster::Search& search, SiteWords& words) {
  words[cli::ValueKind::releases] = words[cli::ValueKind::pods] = {};
  words[cli::ValueKind::workers] = words[cli::ValueKind::deployments] = {};
  const cluster::Inventory chosen = search.release.empty() ? inventory : inventory.of_release(search.release);
  for (const std::string& release : inventory.releases()) words[cli::ValueKind::releases].push_back({release});
  for (const cluster::Pod& pod : chosen.pods) {
    if (pod.roles.server) words[cli::ValueKind::pods].push_back({pod.name, pod.condition()});
    if (pod.roles.worker) words[cli::ValueKind::workers].push_back({pod.name, pod.condition()});
  }
  for (const cluster::Deployment* const one : chosen.workers()) {
    words[cli::ValueKind::deployments].push_back(
        {one->name + "=", std::to_string(one->ready) + " of " + std::to_string(one->replicas) + " Ready"});
  }
}

/// The one release that is meant; nothing where that would have to be asked.
std::optional<cluster::Inventory> of_the_release(const cluster::Inventory& inventory, const cluster::Search& search) {
  if (!search.pod.empty()) return inventory;
  if (!search.release.empty()) return inventory.of_release(search.release);
  const auto releases = inventory.releases();
  if (releases.size() > 1) return std::nullopt;
  return releases.empty() ? inventory : inventory.of_release(releases.front());
}

// The site's database. One statement that takes too long does not hide what the others tell.

template <class Read>
void read_briefly(const session::Database& database, const Read& read) {
  try {
    const session::Transaction transaction(database.session, kBriefLook);
    read(database);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql) throw;
  }
}

std::string tasks_words(const queue::ActorSeen& seen) {
  return (seen.estimated ? "~" : "") + count_of(seen.tasks, "task", "tasks");
}

cli::Candidate task_candidate(const queue::TaskSeen& task, Timestamp now) {
  const std::string age =
      task.changed ? ", " + format_age(std::max<std::int64_t>(0, (now - *task.changed) / kSecond)) : "";
  return {task.id, short_name(task.actor) + ", " + task.state + age};
}

void read_names(const session::Database& database, SiteWords& words) {
  read_briefly(database, [&](const session::Database& open) {
    SiteWords read{{cli::ValueKind::queues, {}}, {cli::ValueKind::states, {}}};
    for (const queue::QueueCount& group : queue::queue_groups(open)) {
      for (const auto& [wanted, name] :
           {std::pair{cli::ValueKind::queues, group.queue}, std::pair{cli::ValueKind::states, group.state}}) {
        if (std::ranges::find(read[wanted], name, &cli::Candidate::word) == read[wanted].end())
          read[wanted].push_back({name});
      }
    }
    words.merge(read);
  });
  read_briefly(database, [&](const session::Database& open) {
    Candidates actors;
    for (const queue::ActorSeen& seen : queue::recent_actors(open)) actors.push_back({seen.actor, tasks_words(seen)});
    words[cli::ValueKind::actors] = actors;
  });
  read_briefly(database, [&](const session::Database& open) {
    Candidates tenants;
    for (const queue::Tenant& tenant : queue::read_tenants(open))
      tenants.push_back(
          {tenant.name.empty() || !cli::can_be_typed(tenant.name) ? tenant.id : tenant.name, tenant.schema_name});
    words[cli::ValueKind::tenants] = tenants;
  });
}

void read_tables_and_tasks(const session::Database& database, Timestamp now, SiteWords& words) {
  read_briefly(database, [&](const session::Database& open) {
    Candidates tables;
    for (const session::Table& table : queue::read_schema(open).tables) {
      tables.push_back({table.name.starts_with(kTablePrefix) ? table.name.substr(kTablePrefix.size()) : table.name,
                        ui::format_size(table.bytes)});
    }
    words[cli::ValueKind::tables] = tables;
  });
  read_briefly(database, [&](const session::Database& open) {
    Candidates tasks;
    for (const queue::TaskSeen& task : queue::recent_tasks(open)) tasks.push_back(task_candidate(task, now));
    words[cli::ValueKind::ids] = tasks;
  });
}

/// The last tasks of each state are kept with everything else; an older one's id is looked for by what is typed of it.
bool is_another_id(const cli::Question& question, const SiteWords& words) {
  if (question.wanted != cli::ValueKind::ids || question.beginning.size() < queue::kLeastBeginning) return false;
  const auto known = words.find(cli::ValueKind::ids);
  return known == words.end() || std::ranges::none_of(known->second, [&](const cli::Candidate& one) {
           return one.word.starts_with(question.beginning);
         });
}

/// Looks at the site as far as the question needs. What is in `words` by the time something fails has come.
void look(const cli::Environment& environment, const SiteRequest& request, const cli::Question& question,
          SiteWords& words) {
  Cluster cluster = open_cluster(environment, request);
  const cluster::Inventory inventory = cluster::take_inventory(cluster.kubectl, cluster.search);
  read_inventory_words(inventory, cluster.search, words);
  if (is_of_the_cluster(question.wanted)) return;
  const auto chosen = of_the_release(inventory, cluster.search);
  if (!chosen) return;
  const Site site = enter(environment, cluster, *chosen);
  const session::Database database = site.database();
  if (is_another_id(question, words)) {
    read_briefly(database, [&](const session::Database& open) {
      for (const queue::TaskSeen& task : queue::recent_tasks_beginning(open, question.beginning))
        words[cli::ValueKind::ids].push_back(task_candidate(task, site.facts.now));
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
  add(cli::kubectl_options());
  add(cli::target_options());
  return cache_key(flags, typed.text("kubeconfig"),
                   typed.text("sim", system::environment_variable("AKQUEUE_SIM").value_or("")));
}

Candidates of_the_site(const cli::Environment& environment, const SiteRequest& request, const cli::Question& question) {
  const ValueCache cache(environment.state, key_of(question.typed));
  SiteWords words = cache.read();
  const bool another_id = is_another_id(question, words);
  if (!words.contains(question.wanted) || another_id) {
    SiteWords found = another_id ? words : SiteWords();
    auto fresh = ValueCache::kFresh;
    try {
      look(environment, request, question, found);
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

Candidates answer(cli::Environment& environment, const cli::Question& question) {
  if (question.wanted == cli::ValueKind::backups) return backups(environment.state);
  if (question.wanted == cli::ValueKind::commands || question.wanted == cli::ValueKind::verbs ||
      question.wanted == cli::ValueKind::files)
    return {};
  // With -A there are several sites, and no word is everyone's.
  const auto patience = timeout();
  if (patience.count() == 0 || question.typed.has(kAllSites.name)) return {};
  const auto deadline = environment.clock.now() + patience;
  const system::Interrupts::Cut cut(environment.interrupts,
                                    [&environment, deadline] { return environment.clock.now() >= deadline; });
  Silence silence;
  const auto launcher = environment.launcher.listening_to(environment.interrupts);
  const cli::Environment quiet{*launcher,         environment.interrupts, silence,
                               environment.clock, environment.state,      environment.sites_file};
  const SiteRequest request = read_site_request(question.typed, Effect::looks);
  switch (question.wanted) {
    case cli::ValueKind::namespaces: return namespaces(quiet, request);
    case cli::ValueKind::contexts:
    case cli::ValueKind::clusters:
    case cli::ValueKind::users: return kubeconfig(quiet, request, question.wanted);
    default: return of_the_site(quiet, request, question);
  }
}

}  // namespace

cli::ValueSource live_values_of(cli::Environment& environment) {
  return [&environment](const cli::Question& question) -> Candidates {
    try {
      return answer(environment, question);
    } catch (const std::exception&) { return {}; }
  };
}

}  // namespace akqueue::commands
