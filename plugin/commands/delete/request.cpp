#include "commands/delete/request.hpp"

#include "akqueue/time.hpp"
#include "commands/shared/sessions_beside.hpp"

namespace akqueue::commands {
namespace {

constexpr auto kUsualFollowing = std::chrono::seconds(60);

}  // namespace

void read_manner(const Options& options, const cli::Command& command, DeletionRequest& request) {
  request.site = read_site_request(options, command.effect);
  request.dry_run = options.has("dry-run");
  request.ask = !options.has("yes");
  request.include_held = options.has("include-running");
  request.stop_source = options.has(kStopSource.name);
  request.jobs = read_jobs(options);
  request.brakes = read_braking(options);
  request.follow = follow_time(options);
  request.keep = read_keep_request(options, command);
  request.keep.include_running = request.include_held;
  request.output = read_output(options);
}

queue::Dependents read_dependents(const Options& options) {
  const bool along = options.has(kWithDependents.name);
  const bool kept = options.has(kKeepDependencies.name);
  if (along && kept)
    throw Error(ErrorCode::usage, "--with-dependents can't be used with --keep-dependencies", "leave out one of them");
  return along ? queue::Dependents::along : kept ? queue::Dependents::kept : queue::Dependents::left;
}

std::optional<queue::KeptDuplicate> read_duplicates(const Options& options) {
  if (!options.has("duplicates")) {
    if (options.has("keep"))
      throw Error(ErrorCode::usage, "--keep goes with --duplicates", "--keep-newest N keeps the newest of each object");
    return std::nullopt;
  }
  if (options.has("keep-newest"))
    throw Error(ErrorCode::usage, "--duplicates can't be used with --keep-newest", "leave out one of them");
  return options.text("keep") == "oldest" ? queue::KeptDuplicate::oldest : queue::KeptDuplicate::newest;
}

std::chrono::seconds follow_time(const Options& options, bool always) {
  if (const auto given = options.value("follow-for")) return std::chrono::seconds(parse_duration_or_zero(*given));
  return always || options.has("follow") ? kUsualFollowing : std::chrono::seconds(0);
}

std::vector<Option> with_following(std::vector<Option> own) {
  own.push_back({"follow", 0, "", "afterwards, watch for a minute to see whether the queue refills"});
  own.push_back({"follow-for", 0, "DURATION", "watch for this long"});
  return own;
}

}  // namespace akqueue::commands
