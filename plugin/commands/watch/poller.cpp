#include "commands/watch/poller.hpp"

#include <algorithm>
#include <array>

#include "akqueue/tasks.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/worker_capacity.hpp"
#include "queue/filter/name_resolution.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

constexpr std::array kRetryAfter{1s, 2s, 5s, 10s};
constexpr auto kPodsAtMostEvery = 10s;
constexpr auto kShortInterval = 5s;
constexpr auto kPodsPatience = 5000ms;
/// The tables' sizes, by which counting gives way to estimating.
constexpr std::size_t kSamplesPerCatalog = 60;

/// Errors after which the session is still good: a statement failed, no more.
bool session_survives(const Error& error) {
  // 08…: the connection; 57P0…: the server goes down.
  return error.code() == ErrorCode::sql && !error.sqlstate().starts_with("08") && !error.sqlstate().starts_with("57P");
}

system::Interrupts::Cut cut_at(const cli::Environment& environment, Moment deadline,
                               const std::function<bool()>& stop) {
  return {environment.interrupts,
          [&clock = environment.clock, deadline, &stop] { return (stop && stop()) || clock.now() >= deadline; }};
}

}  // namespace

Poller::Poller(const cli::Environment& environment, const SiteRequest& request, PollerOptions options)
    : environment_(environment),
      clock_(environment.clock),
      options_(std::move(options)),
      cluster_(open_cluster(environment, request)) {
  in_time([this] { open(look_around(environment_, cluster_)); });
}

Poller::Poller(const cli::Environment& environment, Cluster cluster, cluster::Inventory inventory,
               PollerOptions options)
    : environment_(environment), clock_(environment.clock), options_(std::move(options)), cluster_(std::move(cluster)) {
  open(std::move(inventory));
}

void Poller::in_time(const std::function<void()>& entry) {
  if (!options_.timeout) return entry();
  const auto patience = std::max(*options_.timeout, kFairChance);
  const auto cut = cut_at(environment_, clock_.now() + patience, stop_);
  try {
    entry();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted || environment_.interrupts.requested()) throw;
    throw Error(ErrorCode::lost, "no server pod could be entered in " + format_age(patience.count()),
                "give it a longer --timeout; kubectl akqueue status -v shows what does not answer");
  }
}

void Poller::open(cluster::Inventory inventory) {
  site_ = enter(environment_, cluster_, std::move(inventory));
  // A release that was chosen once is not asked for again.
  if (!site_.target.instance.empty()) cluster_.search.release = site_.target.instance;
  {
    const session::Transaction transaction(*site_.session, kLooking);
    scope_ = resolve_on(environment_.terminal, site_, options_.choice);
  }
  if (options_.pods) {
    workers_.see(site_.inventory);
    pods_known_ = true;
  }
  begin();
  began_ = tick_;
  if (options_.timeout) end_ = began_ + *options_.timeout;
}

Moment Poller::given_up(std::chrono::seconds patience) const {
  // A look that is well is not cut short by the end.
  constexpr auto kLastLook = 2s;
  const Moment now = clock_.now();
  return end_ == Moment::max() ? now + patience : std::min(now + patience, std::max(now, end_) + kLastLook);
}

std::chrono::seconds Poller::pods_every(std::chrono::seconds interval) {
  return interval < kShortInterval ? kPodsAtMostEvery : interval;
}

void Poller::begin() {
  sampler_ = std::make_unique<queue::Sampler>(site_.database(), scope_, site_.facts.standby,
                                              queue::Sampler::Limits{.most_held_each = most_held_by_each(site_)});
  tick_ = clock_.now();
  next_pods_ = clock_.now() + pods_every(options_.interval);
  retries_ = 0;
}

void Poller::enter_again() {
  const auto cut = cut_at(environment_, given_up(kEnterPatience), stop_);
  site_.session.reset();
  site_ = enter(environment_, cluster_, look_around(environment_, cluster_));
  if (pods_known_) workers_.see(site_.inventory);
  begin();
  ++entered_again_;
}

Reading Poller::failed(const std::string& trouble) const {
  Timestamp at = 0;
  if (!trend_.empty())
    at = trend_.last().now + std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - last_read_).count();
  return {.read = false, .trouble = trouble, .connected = session_open(), .at = at};
}

void Poller::lose_session(const Error& error) {
  if (error.code() == ErrorCode::interrupted && environment_.interrupts.requested()) throw Error(error);
  sampler_.reset();
  const std::size_t step = std::min(retries_++, kRetryAfter.size() - 1);
  retry_ = clock_.now() + kRetryAfter[step];
}

Reading Poller::look() {
  Reading reading = try_to_look();
  if (reading.read || !(stop_ && stop_())) trouble_ = reading.trouble;
  return reading;
}

Reading Poller::try_to_look() {
  const auto trouble_of = [](const Error& error) {
    return error.code() == ErrorCode::interrupted ? std::string("no answer in time") : std::string(error.what());
  };
  std::string lost;
  if (session_open()) {
    try {
      return sample();
    } catch (const Error& error) {
      if (session_survives(error)) return failed(trouble_of(error));
      lose_session(error);
      lost = trouble_of(error);
      if (stop_ && stop_()) return failed(lost);
      retries_ = 0;
    }
  }
  try {
    enter_again();
    return sample();
  } catch (const Error& error) {
    lose_session(error);
    return failed(lost.empty() ? trouble_of(error) : lost + "; " + trouble_of(error));
  }
}

Reading Poller::sample() {
  const auto cut = cut_at(environment_, given_up(kPatience), stop_);
  const Moment began = clock_.now();
  // The next interval that has not begun yet: a slow look leaves some out.
  while (tick_ <= began) tick_ += options_.interval;
  const auto pods = ask_for_pods();
  if (++samples_ % kSamplesPerCatalog == 0) site_.catalog = site_.session->introspect(kTaskTable);
  trend_.add(sampler_->take(trend_.empty() ? std::nullopt : std::optional(trend_.last().now)));
  last_read_ = clock_.now();
  if (pods != nullptr) hear_of_pods(*pods);
  return {.read = true, .at = trend_.last().now};
}

std::unique_ptr<system::Process> Poller::ask_for_pods() {
  if (!pods_known_ || clock_.now() < next_pods_) return nullptr;
  next_pods_ = clock_.now() + pods_every(options_.interval);
  return traced(environment_, cluster_, [&] {
    auto words = cluster::inventory_words(cluster_.search, "pods");
    words.emplace_back("--request-timeout=5s");
    return cluster_.kubectl.start(words);
  });
}

/// What can't be read now is left as it was; a permission that is gone ends the asking.
void Poller::hear_of_pods(system::Process& process) {
  try {
    const system::Finished got = system::finish(process, kPodsPatience);
    if (got.status.ok()) {
      workers_.see(cluster::inventory_of(got, cluster_.search).of_release(site_.target.instance));
    } else if (cluster::kubectl_error(got, "list pods").code() == ErrorCode::forbidden) {
      pods_known_ = false;
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
  }
}

}  // namespace akqueue::commands
