#include "commands/shared/all_sites.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <thread>

#include "akqueue/json.hpp"
#include "ui/errors.hpp"

namespace akqueue::commands {
namespace {

constexpr std::size_t kAtOnce = 16;

Cluster at_site(const Cluster& whole, system::Launcher& launcher, cluster::Search search,
                const cluster::SiteName& name) {
  search.name_space = name.name_space;
  search.release = name.release;
  return {whole.kubectl.with(launcher, "--namespace=" + name.name_space),
          whole.program,
          whole.context,
          std::move(search),
          whole.request,
          whole.kept};
}

Error nothing_anywhere(const cluster::Search& search) {
  return Error(ErrorCode::no_server_pod,
               "no authentik in any namespace: no pod has the label " + search.selector +
                   (search.selector_given ? "" : ", or runs authentik's server or worker"),
               "--selector widens the search; --server-selector and --worker-selector name the pods");
}

/// The namespaces to ask one by one: those that were named, or with -A those of which something is kept.
std::vector<std::string> places_of(const Cluster& cluster) {
  if (!cluster.request.all_sites) return cluster.request.namespaces;
  std::vector<std::string> names;
  for (const cluster::KeptSite& site : cluster.kept.sites()) {
    if (site.context == cluster.context.name) names.push_back(site.name_space);
  }
  return names;
}

/// `work` for each of so many, sixteen at a time; it throws nothing.
void side_by_side(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> threads;
  try {
    for (std::size_t i = 0; i < std::min(kAtOnce, count); ++i) threads.emplace_back(run);
  } catch (const std::system_error&) {
    // Those that could be started do the work of all.
  }
  if (threads.empty()) run();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

void SiteJob::SharedTerminal::out(const ui::Text& text) {
  const std::scoped_lock hold(turn_);
  real_.out(text);
}

void SiteJob::SharedTerminal::err(const ui::Text& text) {
  const std::scoped_lock hold(turn_);
  real_.err(whose_ + text);
}

SiteJob::SiteJob(const cli::Environment& whole, const Cluster& cluster, const cluster::Search& search,
                 cluster::SiteName name, std::mutex& turn)
    : name_(std::move(name)),
      terminal_(whole.terminal, turn, cluster.request.verbose ? ui::format_text("{} ", name_.text()) : ui::Text()),
      interrupts_(whole.interrupts),
      launcher_(whole.launcher.listening_to(interrupts_)),
      environment_{*launcher_, interrupts_, terminal_, whole.clock, whole.state, whole.sites_file},
      cluster_(at_site(cluster, *launcher_, search, name_)) {}

void SiteJob::found(cluster::Inventory inventory) {
  cluster_.search.without_labels = inventory.without_labels;
  inventory_ = std::move(inventory);
  unseen_.reset();
}

void SiteJob::check_seen() const {
  if (unseen_) throw Error(*unseen_);
}

Site& SiteJob::enter() {
  check_seen();
  if (site_) site_->inventory = inventory_;
  else site_ = commands::enter(environment_, cluster_, inventory_);
  return *site_;
}

AllSites::AllSites(const cli::Environment& environment, const SiteRequest& request, const char* kinds)
    : environment_(environment), kinds_(kinds), cluster_(open_cluster(environment, request)) {
  for (const std::string& name : places_of(cluster_)) places_.push_back(place_of(name));
}

std::unique_ptr<SiteJob> AllSites::place_of(const std::string& name) {
  return std::make_unique<SiteJob>(environment_, cluster_, search_in(environment_, cluster_, name),
                                   cluster::SiteName{name, {}}, turn_);
}

bool AllSites::is_place(const std::string& name_space) const {
  return std::ranges::any_of(places_, [&](const auto& place) { return place->name().name_space == name_space; });
}

SiteJob& AllSites::job_of(const cluster::SiteName& name, const cluster::Search& search) {
  const auto known = std::ranges::find_if(jobs_, [&](const auto& job) { return job->name() == name; });
  if (known != jobs_.end()) return **known;
  jobs_.push_back(std::make_unique<SiteJob>(environment_, cluster_, search, name, turn_));
  return *jobs_.back();
}

cluster::Inventory AllSites::look_everywhere() {
  return traced(environment_, cluster_, [&] {
    try {
      return cluster::take_inventory(cluster_.kubectl, cluster_.search, kinds_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::forbidden) throw;
      throw Error(
          error.code(), error.what(),
          "-n NAMESPACE looks at one, and may be repeated; kubectl akqueue rbac look -A prints the role that -A "
          "needs")
          .with_detail(error.detail());
    }
  });
}

void AllSites::look_for_more_workers(const cluster::Inventory& all) {
  if (cluster_.search.selector_given) return;
  std::vector<std::unique_ptr<SiteJob>> fresh;
  for (const cluster::SiteName& site : all.sites()) {
    if (!cluster_.search.all_workers && !all.of_site(site).workers_gone()) continue;
    if (!is_place(site.name_space) && looked_through_.insert(site.name_space).second)
      fresh.push_back(place_of(site.name_space));
  }
  std::vector<char> more(fresh.size());
  side_by_side(fresh.size(), [&](std::size_t i) {
    Cluster& cluster = fresh[i]->cluster();
    try {
      const cluster::Inventory labelled = all.of_namespace(fresh[i]->name().name_space);
      more[i] = traced(fresh[i]->environment(), cluster, [&] {
        return cluster::look_wider(cluster.kubectl, cluster.search, kinds_, labelled).without_labels;
      });
    } catch (const std::exception&) {
      // Labels have told what they do, and an interruption is seen below.
    }
  });
  if (environment_.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    if (!more[i]) continue;
    fresh[i]->cluster().search.without_labels = true;
    places_.push_back(std::move(fresh[i]));
  }
}

void AllSites::take(const cluster::Inventory& all) {
  for (const cluster::SiteName& name : all.sites()) {
    if (!is_place(name.name_space)) job_of(name, cluster_.search);
  }
  for (const auto& job : jobs_) {
    if (!is_place(job->name().name_space)) job->found(all.of_site(job->name()));
  }
}

void AllSites::look_in_places() {
  std::vector<cluster::Inventory> found(places_.size());
  std::vector<std::optional<Error>> errors(places_.size());
  side_by_side(places_.size(), [&](std::size_t i) {
    SiteJob& place = *places_[i];
    Cluster& cluster = place.cluster();
    try {
      found[i] = traced(place.environment(), cluster,
                        [&] { return cluster::take_inventory(cluster.kubectl, cluster.search, kinds_); });
      // Of a namespace of which something is kept, but which holds nothing, -A says nothing.
      if (found[i].sites().empty() && !cluster.request.all_sites)
        errors[i] = cluster::nothing_found(cluster.kubectl, cluster.search);
    } catch (const std::exception& error) { errors[i] = ui::as_error(error); }
  });
  if (environment_.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const cluster::SiteName& place = places_[i]->name();
    const cluster::Search& search = places_[i]->cluster().search;
    if (errors[i]) job_of(place, search).not_found(*errors[i]);
    // What could not be seen before may be now.
    else std::erase_if(jobs_, [&](const auto& job) { return job->name() == place && job->unseen(); });
    for (const cluster::SiteName& name : found[i].sites()) job_of(name, search);
    for (const auto& job : jobs_) {
      if (job->name().name_space == place.name_space && !errors[i]) job->found(found[i].of_site(job->name()));
    }
  }
}

void AllSites::look() {
  if (cluster_.request.all_sites) {
    const cluster::Inventory all = look_everywhere();
    look_for_more_workers(all);
    take(all);
  }
  look_in_places();
  if (jobs_.empty()) throw nothing_anywhere(cluster_.search);
  std::ranges::sort(jobs_, {}, [](const auto& job) { return job->name(); });
}

std::size_t AllSites::namespaces() const {
  std::set<std::string> names;
  for (const auto& job : jobs_) names.insert(job->name().name_space);
  return names.size();
}

std::vector<std::optional<Error>> AllSites::each(const std::function<void(SiteJob&, std::size_t)>& work) {
  std::vector<std::optional<Error>> errors(jobs_.size());
  side_by_side(jobs_.size(), [&](std::size_t i) {
    try {
      work(*jobs_[i], i);
    } catch (const Error& error) {
      errors[i] = error;
      if (session::ends_session(error)) jobs_[i]->leave();
    } catch (const std::exception& error) {
      errors[i] = ui::as_error(error);
      jobs_[i]->leave();
    }
  });
  if (environment_.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
  return errors;
}

int report(ui::Terminal& terminal, const AllSites& sites, const std::vector<std::optional<Error>>& errors) {
  std::vector<ui::OwnedError> failed;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i]) failed.push_back({sites.jobs()[i]->name().text(), *errors[i]});
  }
  ui::print_errors(terminal, failed);
  if (failed.empty()) return 0;
  return failed.size() == errors.size() ? 1 : error_kind(ErrorCode::partial).exit_status;
}

ui::Text documents_of_sites(const OutputFormat& output, const AllSites& sites, std::vector<Json>& documents,
                            const std::vector<std::optional<Error>>& errors) {
  Json all = document_of("sites");
  all["context"] = sites.context().empty() ? Json() : Json(sites.context());
  all["sites"] = Json::array();
  ui::Text lines;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    Json one = errors[i] ? document_of_failure(sites.jobs()[i]->name(), *errors[i]) : std::move(documents[i]);
    if (output == OutputFormat::jsonl) lines += as_json(output, one);
    else all["sites"].push_back(std::move(one));
  }
  return lines.empty() ? as_json(output, all) : lines;
}

Json document_of_failure(const cluster::SiteName& name, const Error& error) {
  Json one = document_of("failure");
  one["namespace"] = name.name_space;
  one["release"] = name.release;
  one["error"] = {{"code", error_kind(error.code()).name},
                  {"message", error.what()},
                  {"hint", error.hint().empty() ? Json() : Json(error.hint())}};
  return one;
}

std::string count_words(const AllSites& sites) {
  return count_of(static_cast<std::int64_t>(sites.jobs().size()), "authentik", "authentiks") + " in " +
         count_of(static_cast<std::int64_t>(sites.namespaces()), "namespace", "namespaces");
}

}  // namespace akqueue::commands
