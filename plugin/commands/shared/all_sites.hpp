// `-A`: every authentik of a cluster, looked at side by side, so that one which can't be entered does not hide the
// others. One `kubectl get` finds them all; each is then entered by a kubectl exec of its own, in a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/shared/site.hpp"

namespace akqueue {

/// One site among those that are looked at, and what a thread needs to work on it beside the others.
class SiteJob {
 public:
  /// `turn` is held while something is said on the terminal.
  SiteJob(const Invocation& whole, Cluster& cluster, SiteName name, std::mutex& turn);
  SiteJob(const SiteJob&) = delete;
  SiteJob& operator=(const SiteJob&) = delete;

  const SiteName& name() const { return name_; }
  const Invocation& invocation() const { return invocation_; }
  /// With the namespace and the release as flags.
  Cluster& cluster() { return cluster_; }
  /// What was found of it when everything was looked at last.
  const Inventory& inventory() const { return inventory_; }
  void found(Inventory inventory) { inventory_ = std::move(inventory); }
  /// The session of an earlier round, or a new one. Throws the Errors of enter().
  Site& enter();
  /// The session is no good any more.
  void leave() { site_.reset(); }
  /// Whoever waits for something of this site stops, as on Ctrl-C.
  void drop() { interrupts_.drop(); }

 private:
  /// The person's, but that nobody can be asked: several would ask at once. With -v each line says whose it is.
  class SharedTerminal final : public Terminal {
   public:
    SharedTerminal(Terminal& real, std::mutex& turn, std::string whose)
        : real_(real), turn_(turn), whose_(std::move(whose)) {}
    void out(std::string_view text) override;
    void err(std::string_view text) override;
    bool out_is_terminal() const override { return real_.out_is_terminal(); }
    bool err_is_terminal() const override { return real_.err_is_terminal(); }
    bool in_is_terminal() const override { return false; }
    std::size_t width() const override { return real_.width(); }
    bool colours() const override { return real_.colours(); }
    std::optional<std::string> read_line() override { return std::nullopt; }

   private:
    Terminal& real_;
    std::mutex& turn_;
    std::string whose_;
  };
  class SharedInterrupts final : public Interrupts {
   public:
    explicit SharedInterrupts(const Interrupts& real) : real_(real) {}
    int count() const override { return real_.count() + (dropped_ ? 2 : 0); }
    void drop() { dropped_ = true; }

   private:
    const Interrupts& real_;
    std::atomic<bool> dropped_ = false;
  };

  SiteName name_;
  SharedTerminal terminal_;
  SharedInterrupts interrupts_;
  std::unique_ptr<Launcher> launcher_;
  Environment environment_;
  Invocation invocation_;
  Cluster cluster_;
  Inventory inventory_;
  std::optional<Site> site_;
};

/// All sites of a cluster. One that is there no more is still visited: its error says so.
class AllSites {
 public:
  /// Asks kubectl for the context. Throws the Errors of open_cluster().
  AllSites(const Invocation& invocation, const char* kinds);

  /// One `kubectl get --all-namespaces`: what there is now. Throws the Errors of take_inventory(), and (no_server_pod)
  /// where there is no authentik at all.
  void look();

  const std::vector<std::unique_ptr<SiteJob>>& visits() const { return visits_; }
  /// By namespace.
  std::size_t namespaces() const;
  const std::string& context() const { return cluster_.context.name; }

  /// Does `work` for each visit, sixteen at a time. What each threw, in their order; a session that an error ended is
  /// left. Throws Error (interrupted) on Ctrl-C.
  std::vector<std::optional<Error>> each(const std::function<void(SiteJob&, std::size_t)>& work);

 private:
  const Invocation& invocation_;
  const char* kinds_;
  Cluster cluster_;
  std::mutex turn_;
  std::vector<std::unique_ptr<SiteJob>> visits_;
};

/// Prints the errors, and says the exit status: 0 without any, 4 (ended with part done) with some, 1 where nothing
/// worked.
int report(const Invocation& invocation, const AllSites& everywhere, const std::vector<std::optional<Error>>& errors);

/// As -o json one document of kind `sites` with all of them in `sites`; as -o jsonl a line for each. A site that could
/// not be looked at is a document of kind `failure`: `namespace`, `release`, `error` with `code`, `message` and `hint`.
std::string documents_of_sites(const Invocation& invocation, const AllSites& everywhere, std::vector<Json>& documents,
                               const std::vector<std::optional<Error>>& errors);
Json document_of_failure(const SiteName& name, const Error& error);

/// `4 authentiks in 3 namespaces`.
std::string count_words(const AllSites& everywhere);

}  // namespace akqueue
