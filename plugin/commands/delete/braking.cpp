#include "commands/delete/braking.hpp"

#include <iterator>

#include "akqueue/duration.hpp"
#include "akqueue/error.hpp"

namespace akqueue::commands {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kShortestBatch{10};
constexpr milliseconds kLongestBatch{10'000};  // the database ends a statement that takes longer

/// `5000` or `5000/s`.
double read_rate(std::string text) {
  const std::string given = text;
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  const bool digits = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
  const double rate = digits ? std::stod(text) : 0;
  if (rate < 1) throw Error(ErrorCode::usage, "--max-rate: '" + given + "' is not a number of rows", "5000, or 5000/s");
  return rate;
}

milliseconds read_batch_time(const std::string& text) {
  const milliseconds time = parse_span(text);
  if (time < kShortestBatch || time > kLongestBatch)
    throw Error(ErrorCode::usage, "--batch-time: '" + text + "' is no time for a transaction", "from 10ms to 10s");
  return time;
}

}  // namespace

std::vector<Option> with_braking(std::vector<Option> own) {
  constexpr Option kBrakes[] = {
      {.name = "max-rate", .argument = "ROWS", .help = "so many rows a second at most, logs too", .common = true},
      {.name = "batch-time", .argument = "DURATION", .help = "what a transaction should take (200ms)", .common = true},
      {.name = "max-lag", .argument = "DURATION", .help = "wait for replicas further behind (10s)", .common = true},
      {.name = "max-wait", .argument = "DURATION", .help = "rest after others waited longer (1s)", .common = true},
      {.name = "max-age", .argument = "DURATION", .help = "wait for transactions open for longer", .common = true}};
  own.insert(own.end(), std::begin(kBrakes), std::end(kBrakes));
  return own;
}

BrakeRequest read_braking(const Options& options) {
  BrakeRequest request;
  if (const auto given = options.value("max-rate")) request.limits.rows_per_second = read_rate(*given);
  if (const auto given = options.value("batch-time")) request.batch_time = read_batch_time(*given);
  if (const auto given = options.value("max-lag")) request.limits.replica_lag = parse_span(*given);
  if (const auto given = options.value("max-wait")) request.limits.others_wait = parse_span(*given);
  if (const auto given = options.value("max-age")) request.limits.transaction_age = parse_span(*given);
  return request;
}

}  // namespace akqueue::commands
