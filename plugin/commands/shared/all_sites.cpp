#include "commands/shared/all_sites.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <thread>

#include "akqueue/json.hpp"
#include "ui/errors.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kAtOnce = 16;

Cluster at_site(Cluster& whole, Launcher& launcher, const SiteName& name) {
  Search search = whole.search;
  search.name_space = name.name_space;
  search.release = name.release;
  return {whole.kubectl.with(launcher, "--namespace=" + name.name_space), whole.program, whole.context, search};
}

Error nothing_anywhere(const Search& search) {
  return Error(ErrorCode::no_server_pod, "no authentik in any namespace: no pod has the label " + search.selector,
               "--selector widens the search");
}

}  // namespace

void SiteJob::SharedTerminal::out(std::string_view text) {
  const std::lock_guard hold(turn_);
  real_.out(text);
}

void SiteJob::SharedTerminal::err(std::string_view text) {
  const std::lock_guard hold(turn_);
  real_.err(whose_ + std::string(text));
}

SiteJob::SiteJob(const Invocation& whole, Cluster& cluster, SiteName name, std::mutex& turn)
    : name_(std::move(name)),
      terminal_(whole.environment.terminal, turn,
                whole.options.has("verbose") ? visible(name_.text()) + " " : std::string()),
      interrupts_(whole.environment.interrupts),
      launcher_(whole.environment.launcher.listening_to(interrupts_)),
      environment_{*launcher_, interrupts_, terminal_, whole.environment.clock, whole.environment.state},
      invocation_{whole.command, whole.options, environment_},
      cluster_(at_site(cluster, *launcher_, name_)) {}

Site& SiteJob::enter() {
  if (site_) site_->inventory = inventory_;
  else site_ = akqueue::enter(invocation_, cluster_, inventory_);
  return *site_;
}

AllSites::AllSites(const Invocation& invocation, const char* kinds)
    : invocation_(invocation), kinds_(kinds), cluster_(open_cluster(invocation, true)) {}

void AllSites::look() {
  const Inventory all = traced(invocation_, cluster_.kubectl, [&] {
    try {
      return take_inventory(cluster_.kubectl, cluster_.search, kinds_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::forbidden) throw;
      throw Error(error.code(), error.what(),
                  "-n NAMESPACE looks at one; kubectl akqueue rbac look -A prints the role that -A needs")
          .with_detail(error.detail());
    }
  });
  for (const SiteName& name : all.sites()) {
    const bool known = std::ranges::any_of(visits_, [&](const auto& visit) { return visit->name() == name; });
    if (!known) visits_.push_back(std::make_unique<SiteJob>(invocation_, cluster_, name, turn_));
  }
  if (visits_.empty()) throw nothing_anywhere(cluster_.search);
  std::ranges::sort(visits_, {}, [](const auto& visit) { return visit->name(); });
  for (const auto& visit : visits_) visit->found(all.of_site(visit->name()));
}

std::size_t AllSites::namespaces() const {
  std::set<std::string> names;
  for (const auto& visit : visits_) names.insert(visit->name().name_space);
  return names.size();
}

std::vector<std::optional<Error>> AllSites::each(const std::function<void(SiteJob&, std::size_t)>& work) {
  std::vector<std::optional<Error>> errors(visits_.size());
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < visits_.size(); i = next++) {
      try {
        work(*visits_[i], i);
      } catch (const Error& error) {
        errors[i] = error;
        if (ends_session(error)) visits_[i]->leave();
      } catch (const std::exception& error) {
        errors[i] = as_error(error);
        visits_[i]->leave();
      }
    }
  };
  std::vector<std::thread> threads;
  try {
    for (std::size_t i = 0; i < std::min(kAtOnce, visits_.size()); ++i) threads.emplace_back(run);
  } catch (const std::system_error&) {
    // Those that could be started do the work of all.
  }
  if (threads.empty()) run();
  for (std::thread& thread : threads) thread.join();
  if (invocation_.environment.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
  return errors;
}

int report(const Invocation& invocation, const AllSites& everywhere, const std::vector<std::optional<Error>>& errors) {
  Terminal& terminal = invocation.environment.terminal;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (!errors[i]) continue;
    ++failed;
    print_error(terminal, *errors[i], everywhere.visits()[i]->name().text());
  }
  if (failed == 0) return 0;
  return failed == errors.size() ? 1 : error_kind(ErrorCode::partial).exit_status;
}

std::string documents_of_sites(const Invocation& invocation, const AllSites& everywhere, std::vector<Json>& documents,
                               const std::vector<std::optional<Error>>& errors) {
  Json all = document_of("sites");
  all["context"] = everywhere.context().empty() ? Json() : Json(everywhere.context());
  all["sites"] = Json::array();
  std::string lines;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    Json one = errors[i] ? document_of_failure(everywhere.visits()[i]->name(), *errors[i]) : std::move(documents[i]);
    if (invocation.options.text("output") == "jsonl") lines += as_json(invocation, one);
    else all["sites"].push_back(std::move(one));
  }
  return lines.empty() ? as_json(invocation, all) : lines;
}

Json document_of_failure(const SiteName& name, const Error& error) {
  Json one = document_of("failure");
  one["namespace"] = name.name_space;
  one["release"] = name.release;
  one["error"] = {{"code", error_kind(error.code()).name},
                  {"message", error.what()},
                  {"hint", error.hint().empty() ? Json() : Json(error.hint())}};
  return one;
}

std::string count_words(const AllSites& everywhere) {
  return count_of(static_cast<std::int64_t>(everywhere.visits().size()), "authentik", "authentiks") + " in " +
         count_of(static_cast<std::int64_t>(everywhere.namespaces()), "namespace", "namespaces");
}

}  // namespace akqueue
