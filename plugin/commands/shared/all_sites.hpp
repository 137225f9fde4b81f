// `-A`, or several -n: every authentik of a cluster or of these namespaces, looked at side by side, so that one which
// can't be entered does not hide the others. One `kubectl get` finds those of the cluster, one for each namespace those
// of namespaces; each is then entered by a kubectl exec of its own, in a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// One site among those that are looked at, and what a thread needs to work on it beside the others.
class SiteJob {
 public:
  /// `turn` is held while something is said on the terminal.
  SiteJob(const cli::Environment& whole, const Cluster& cluster, const cluster::Search& search, cluster::SiteName name,
          std::mutex& turn);
  SiteJob(const SiteJob&) = delete;
  SiteJob& operator=(const SiteJob&) = delete;

  const cluster::SiteName& name() const { return name_; }
  cli::Environment& environment() { return environment_; }
  /// With the namespace and the release as flags.
  Cluster& cluster() { return cluster_; }
  /// What was found of it when everything was looked at last.
  const cluster::Inventory& inventory() const { return inventory_; }
  void found(cluster::Inventory inventory);
  /// Its namespace could not be looked at: entering it throws this.
  void not_found(Error why) { unseen_ = std::move(why); }
  bool unseen() const { return unseen_.has_value(); }
  /// Throws what not_found() was told.
  void check_seen() const;
  /// The session of an earlier round, or a new one. Throws the Errors of enter(), and check_seen().
  Site& enter();
  /// The session is no good any more.
  void leave() { site_.reset(); }
  /// Whoever waits for something of this site stops, as on Ctrl-C.
  void drop() { interrupts_.drop(); }

 private:
  /// The person's, but that nobody can be asked: several would ask at once. With -v each line says whose it is.
  class SharedTerminal final : public ui::Terminal {
   public:
    SharedTerminal(ui::Terminal& real, std::mutex& turn, ui::Text whose)
        : real_(real), turn_(turn), whose_(std::move(whose)) {}
    void out(const ui::Text& text) override;
    void err(const ui::Text& text) override;
    bool out_is_terminal() const override { return real_.out_is_terminal(); }
    bool err_is_terminal() const override { return real_.err_is_terminal(); }
    bool in_is_terminal() const override { return false; }
    std::size_t width() const override { return real_.width(); }
    bool colours() const override { return real_.colours(); }
    std::optional<std::string> read_line() override { return std::nullopt; }

   private:
    ui::Terminal& real_;
    std::mutex& turn_;
    ui::Text whose_;
  };
  class SharedInterrupts final : public system::Interrupts {
   public:
    explicit SharedInterrupts(const system::Interrupts& real) : real_(real) {}
    int count() const override { return real_.count() + (dropped_ ? 2 : 0); }
    void drop() { dropped_ = true; }

   private:
    const system::Interrupts& real_;
    std::atomic<bool> dropped_ = false;
  };

  cluster::SiteName name_;
  SharedTerminal terminal_;
  SharedInterrupts interrupts_;
  std::unique_ptr<system::Launcher> launcher_;
  cli::Environment environment_;
  Cluster cluster_;
  cluster::Inventory inventory_;
  std::optional<Error> unseen_;
  std::optional<Site> site_;
};

/// All sites of a cluster, or of several namespaces. One that is there no more is still looked at: its error says so.
class AllSites {
 public:
  /// Asks kubectl for the context. Throws the Errors of open_cluster().
  AllSites(const cli::Environment& environment, const SiteRequest& request, const char* kinds);

  /// What there is now: one `kubectl get --all-namespaces`, and one for each namespace that was named, or of which
  /// something is kept. Each namespace that is new is also looked through for workers without labels, if
  /// Search::all_workers asks for it or all workers that labels find are gone; where there are some, it is one that is
  /// asked for by itself from then on. Throws the Errors of take_inventory() for the whole cluster, and (no_server_pod)
  /// where there is no authentik at all; a namespace that can't be looked at is a job whose error says why.
  void look();

  const std::vector<std::unique_ptr<SiteJob>>& jobs() const { return jobs_; }
  /// By namespace.
  std::size_t namespaces() const;
  const std::string& context() const { return cluster_.context.name; }

  /// Does `work` for each job, sixteen at a time. What each threw, in their order; a session that an error ended is
  /// left. Throws Error (interrupted) on Ctrl-C.
  std::vector<std::optional<Error>> each(const std::function<void(SiteJob&, std::size_t)>& work);

 private:
  cluster::Inventory look_everywhere();
  void look_in_places();
  void take(const cluster::Inventory& all);
  void look_for_more_workers(const cluster::Inventory& all);
  SiteJob& job_of(const cluster::SiteName& name, const cluster::Search& search);
  std::unique_ptr<SiteJob> place_of(const std::string& name_space);
  bool is_place(const std::string& name_space) const;

  const cli::Environment& environment_;
  const char* kinds_;
  Cluster cluster_;
  std::mutex turn_;
  std::vector<std::unique_ptr<SiteJob>> places_;  ///< namespaces that are asked for one by one
  std::set<std::string> looked_through_;          ///< namespaces of which it is known whether labels tell everything
  std::vector<std::unique_ptr<SiteJob>> jobs_;
};

/// Prints the errors, and says the exit status: 0 without any, 4 (ended with part done) with some, 1 where nothing
/// worked.
int report(ui::Terminal& terminal, const AllSites& sites, const std::vector<std::optional<Error>>& errors);

/// As -o json one document of kind `sites` with all of them in `sites`; as -o jsonl a line for each. A site that could
/// not be looked at is a document of kind `failure`: `namespace`, `release`, `error` with `code`, `message` and `hint`.
ui::Text documents_of_sites(const OutputFormat& output, const AllSites& sites, std::vector<Json>& documents,
                            const std::vector<std::optional<Error>>& errors);
Json document_of_failure(const cluster::SiteName& name, const Error& error);

/// `4 authentiks in 3 namespaces`.
std::string count_words(const AllSites& sites);

}  // namespace akqueue::commands
