#include "queue/change/brake.hpp"

#include <algorithm>
#include <cmath>

#include "akqueue/duration.hpp"

namespace akqueue::queue {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kBetweenLoads{1000};

std::string in_seconds(milliseconds time) {
  if (time < milliseconds(10'000)) {
    const auto tenths = time.count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "s";
  }
  return format_age(time.count() / 1000);
}

milliseconds read_ms(const session::Value& value) { return milliseconds(session::integer(value)); }

}  // namespace

Brake::Brake(const BrakeLimits& limits, std::function<Clock::time_point()> now)
    : limits_(limits), now_(std::move(now)), began_(now_()), rested_from_(began_) {}

bool Brake::wants_a_look() const {
  const std::scoped_lock lock(mutex_);
  return limits_.watches() && (!looked_ || now_() - *looked_ >= kBetweenLoads);
}

std::optional<session::Request> Brake::look(const session::Dialect& dialect) {
  const std::string sql = dialect.load();
  if (sql.empty()) return std::nullopt;
  {
    const std::scoped_lock lock(mutex_);
    looked_ = now_();
  }
  return session::query_request({sql}, [this](const session::Value& row) {
    saw({.replica_lag = read_ms(row.at(0)),
         .others_wait = read_ms(row.at(1)),
         .transaction_age = read_ms(row.at(2)),
         .replica_hidden = session::integer(row.at(3)) > 0});
  });
}

void Brake::saw(const Load& load) {
  const std::scoped_lock lock(mutex_);
  load_ = load;
  rested_from_ = now_();
  looked_ = rested_from_;
}

void Brake::add(std::int64_t rows) {
  const std::scoped_lock lock(mutex_);
  rows_ += rows;
}

std::int64_t Brake::most(std::int64_t limit) const {
  if (!limits_.rows_per_second) return limit;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(*limits_.rows_per_second), 1, limit);
}

Brake::Why Brake::why() const {
  const auto over = [](milliseconds value, milliseconds limit) { return limit.count() > 0 && value > limit; };
  if (over(load_.replica_lag, limits_.replica_lag))
    return {kBetweenLoads, "the replica is " + in_seconds(load_.replica_lag) + " behind (--max-lag)"};
  if (over(load_.transaction_age, limits_.transaction_age))
    return {kBetweenLoads, "a transaction is open since " + in_seconds(load_.transaction_age) + " (--max-age)"};
  const auto now = now_();
  // They wait no longer once the batch is committed: as long as they waited, it leaves the rows to them.
  const auto left = std::chrono::duration_cast<milliseconds>(rested_from_ + load_.others_wait - now);
  if (over(load_.others_wait, limits_.others_wait) && left.count() > 0)
    return {std::min(left, kBetweenLoads), "others waited " + in_seconds(load_.others_wait) + " for it (--max-wait)"};
  if (!limits_.rows_per_second) return {};
  const auto due = began_ + std::chrono::duration<double>(static_cast<double>(rows_) / *limits_.rows_per_second);
  const auto early = std::chrono::ceil<milliseconds>(due - now);
  if (early.count() <= 0) return {};
  return {std::min(early, kBetweenLoads), "by --max-rate"};
}

milliseconds Brake::rest() const {
  const std::scoped_lock lock(mutex_);
  return why().rest;
}

std::string Brake::words() const {
  const std::scoped_lock lock(mutex_);
  const std::string words = why().words;
  if (words.empty()) return {};
  return words.starts_with("by ") ? "held back " + words : "held back, " + words;
}

std::string Brake::blind() const {
  const std::scoped_lock lock(mutex_);
  if (!load_.replica_hidden || limits_.replica_lag.count() == 0) return {};
  return "how far replicas were behind could not be seen: this role lacks pg_read_all_stats";
}

}  // namespace akqueue::queue
