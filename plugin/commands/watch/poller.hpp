// What watch and wait are fed with: a sample of the queue at every interval, over one session that is entered again
// when it dies, and how the workers' pods do.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cluster/restarts.hpp"
#include "commands/shared/site.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/measure/trend.hpp"

namespace akqueue::commands {

using Moment = std::chrono::steady_clock::time_point;

/// How one look went.
struct Reading {
  bool read = false;
  std::string trouble = {};  ///< why not
  bool connected = true;     ///< the session lives
  Timestamp at = 0;          ///< the database's time; of a look that failed as far as this machine's clock tells
};

struct PollerOptions {
  queue::TaskChoice choice = {};  ///< which tasks
  std::chrono::seconds interval{10};
  bool pods = true;  ///< look after the workers' pods as well
  /// So long may the first entry take (or kFairChance, if that is longer), and then the whole watch: no look takes much
  /// longer than until its end.
  std::optional<std::chrono::seconds> timeout = {};
};

/// One kubectl exec for all samples; one kubectl get of the pods beside each, but at most one in ten seconds where the
/// interval is under five.
class Poller {
 public:
  /// Enters the site. Throws the Errors of enter(), (usage) for a queue or an actor that does not exist, and (lost)
  /// when nobody has answered in the time that the options give.
  Poller(const cli::Environment& environment, const SiteRequest& request, PollerOptions options);
  /// The same of a site that was found already; it takes the time that its kubectl and session take.
  Poller(const cli::Environment& environment, Cluster cluster, cluster::Inventory inventory, PollerOptions options);

  /// Whether everything is to be dropped; asked several times a second while something is waited for.
  void on_wait(std::function<bool()> stop) { stop_ = std::move(stop); }

  /// When the next look is due: the next interval, or sooner where the session is to be entered again (1, 2, 5 and then
  /// every 10 s).
  Moment due() const { return session_open() ? tick_ : retry_; }

  /// When the first look was due: intervals and time limits count from here.
  Moment began() const { return began_; }

  /// Looks once. No look takes longer than kPatience, or kEnterPatience with a new session, or two seconds after the
  /// timeout. Throws Error (interrupted) on Ctrl-C; everything else that goes wrong is in the Reading.
  Reading look();
  /// Why the last look failed; empty where it did not. A look that the end cut short says nothing of either.
  const std::string& trouble() const { return trouble_; }

  const queue::Trend& trend() const { return trend_; }
  const Site& site() const { return site_; }
  const queue::TaskFilter& scope() const { return scope_; }
  std::chrono::seconds interval() const { return options_.interval; }
  /// Nothing where pods may not be listed, or were not asked for.
  const cluster::WorkerRestarts* workers() const { return pods_known_ ? &workers_ : nullptr; }
  /// So long after a look at the pods, or after the beginning, they are looked at again.
  static std::chrono::seconds pods_every(std::chrono::seconds interval);
  /// How often the session was entered again.
  int entered_again() const { return entered_again_; }

  static constexpr std::chrono::seconds kPatience{15};
  static constexpr std::chrono::seconds kEnterPatience{45};
  static constexpr std::chrono::seconds kFairChance{10};

 private:
  bool session_open() const { return sampler_ != nullptr; }
  void open(cluster::Inventory inventory);
  void in_time(const std::function<void()>& entry);
  /// When a look that begins now is given up.
  Moment given_up(std::chrono::seconds patience) const;
  void begin();
  void enter_again();
  Reading try_to_look();
  Reading sample();
  std::unique_ptr<system::Process> ask_for_pods();
  void hear_of_pods(system::Process& process);
  void lose_session(const Error& error);
  Reading failed(const std::string& trouble) const;

  const cli::Environment& environment_;
  const system::Clock& clock_;
  PollerOptions options_;
  Cluster cluster_;
  Site site_;
  queue::TaskFilter scope_;
  std::unique_ptr<queue::Sampler> sampler_;
  queue::Trend trend_;
  Moment began_{};
  Moment end_ = Moment::max();  ///< the timeout's
  Moment last_read_{};
  Moment tick_{};
  Moment retry_{};
  std::size_t retries_ = 0;
  std::size_t samples_ = 0;
  std::string trouble_;
  int entered_again_ = 0;
  std::function<bool()> stop_;
  cluster::WorkerRestarts workers_;
  bool pods_known_ = false;
  Moment next_pods_{};
};

}  // namespace akqueue::commands
