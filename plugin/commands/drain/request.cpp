#include "commands/drain/request.hpp"

#include <algorithm>
#include <array>

#include "akqueue/time.hpp"
#include "commands/delete/delete.hpp"
#include "commands/delete/flush.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue::commands {
namespace {

constexpr auto kUsualTimeout = std::chrono::seconds(120);

constexpr std::array kOwn{
    Option{"timeout", 0, "DURATION", "how long to wait for pods to end, and to be Ready (default 120s)"},
    Option{"replicas", 0, "[DEPLOYMENT=]N",
           "scale back to this many instead of what was there (DEPLOYMENT=N where there are several)", true},
    Option{"keep-down", 0, "", "leave the workers at 0 afterwards, until drain --resume"},
    Option{"resume", 0, "", "finish a drain that was cut short, begun on any machine: delete, then scale back"},
    Option{"cancel", 0, "", "scale a drain's workers back, delete nothing"},
};

/// The options given that choose tasks.
std::vector<Option> conditions_among(const Options& options) {
  std::vector<Option> conditions = drain_options();
  std::erase_if(conditions, [&](const Option& option) {
    const bool own = std::ranges::find(kOwn, option.name, &Option::name) != kOwn.end();
    return own || option.name == "follow-for" || option.name == kJobs.name || !options.has(option.name);
  });
  return conditions;
}

/// The deletion as words, to be noted on the deployment: the arguments, and the options that choose tasks.
std::vector<std::string> words_of(const Options& options) {
  std::vector<std::string> words = options.arguments();
  if (words.empty()) words.emplace_back("flush");
  for (const Option& option : conditions_among(options)) {
    if (option.argument.empty()) words.push_back("--" + std::string(option.name));
    for (const std::string& value : option.argument.empty() ? std::vector<std::string>() : options.each(option.name))
      words.push_back("--" + std::string(option.name) + "=" + value);
  }
  return words;
}

DeletionRequest drained_deletion_of(const Options& options) {
  const auto& words = options.arguments();
  const std::string command = words.empty() ? "flush" : words.front();
  const std::vector<std::string> rest(words.empty() ? words.end() : words.begin() + 1, words.end());
  DeletionRequest deleting;
  if (command == "flush") {
    if (rest.size() > 1)
      throw Error(ErrorCode::usage, "unexpected argument '" + rest[1] + "'", "drain flush takes one queue");
    for (const char* option : {"queue", "all", "filename"}) {
      if (options.has(option))
        throw Error(ErrorCode::usage, std::string("--") + option + " can't be used with drain flush",
                    "kubectl akqueue drain delete takes it");
    }
    deleting = flush_orders(options, rest);
  } else if (command == "delete") {
    if (options.has("only-queued"))
      throw Error(ErrorCode::usage,
                  "--only-queued can't be used with drain delete, which deletes only queued tasks unless --state says "
                  "otherwise",
                  "leave it out");
    deleting = delete_orders(options, rest);
  } else {
    throw Error(ErrorCode::usage, "drain runs a flush or a delete, not '" + command + "'",
                "kubectl akqueue drain flush " + command + "?");
  }
  deleting.drains = true;
  return deleting;
}

/// With --resume and --cancel nothing chooses tasks.
void check_only_ends(const Options& options) {
  const auto conditions = conditions_among(options);
  const std::string extra = !options.arguments().empty() ? "'" + options.arguments().front() + "'"
                            : !conditions.empty()        ? "--" + std::string(conditions.front().name)
                                                         : "";
  if (!extra.empty())
    throw Error(ErrorCode::usage, "what is deleted stands in the drain's note: " + extra + " is one too many",
                "leave it out");
  if (options.has("cancel") && options.has("keep-down"))
    throw Error(ErrorCode::usage, "--keep-down can't be used with --cancel, which scales back",
                "leave out one of them");
}

/// Read again as options.
Options noted_options(const cluster::DrainNote& note) {
  try {
    return parse_command_line(drain_options(), note.deletion);
  } catch (const Error& error) {
    throw Error(ErrorCode::unsupported,
                std::string("the drain's note names a deletion that this version does not understand: ") + error.what(),
                "kubectl akqueue drain --cancel scales back; then delete by hand");
  }
}

/// N, or DEPLOYMENT=N.
ReplicasWish replicas_wish(const std::string& given) {
  const auto equals = given.find('=');
  ReplicasWish wish{.deployment = equals == std::string::npos ? "" : given.substr(0, equals),
                    .number = equals == std::string::npos ? given : given.substr(equals + 1)};
  if (wish.number.empty() || wish.number.size() > 4 ||
      wish.number.find_first_not_of("0123456789") != std::string::npos) {
    throw Error(ErrorCode::usage, "--replicas: '" + given + "' is not a number of replicas",
                "--replicas 3, or --replicas authentik-worker=3");
  }
  if (wish.number.find_first_not_of('0') == std::string::npos)
    throw Error(ErrorCode::usage, "--replicas " + given + " would leave the workers down",
                "--keep-down does that, until drain --resume");
  return wish;
}

DrainRequest::Mode mode_of(const Options& options) {
  const bool resume = options.has("resume");
  const bool cancel = options.has("cancel");
  if (resume && cancel) throw Error(ErrorCode::usage, "--resume can't be used with --cancel", "leave out one of them");
  return resume ? DrainRequest::Mode::resume : cancel ? DrainRequest::Mode::cancel : DrainRequest::Mode::begin;
}

}  // namespace

/// Its own options, with those of flush and delete.
std::vector<Option> drain_options() {
  std::vector<Option> options(kOwn.begin(), kOwn.end());
  options.push_back({"follow-for", 0, "DURATION",
                     "afterwards, watch for this long whether the queue refills (default 1m; 0s: not at all)"});
  options.push_back({kJobs.name, 0, kJobs.argument, "sessions that delete, 1 to 4 (of many tasks 2)"});
  options.push_back({"only-queued", 0, "", "with flush: delete what waits, keep the history"});
  options.push_back({"all", 0, "", "with delete: no condition"});
  options.push_back(kWithDependents);
  options.push_back(kKeepDependencies);
  for (const Option& option : queue::choosing_options({"held", "holder"})) options.push_back(option);
  return options;
}

DrainRequest read_drain_request(const Options& options, const cli::Command& command) {
  DrainRequest request{.mode = mode_of(options)};
  if (request.mode == DrainRequest::Mode::begin) {
    request.deletion = drained_deletion_of(options);
    request.words = words_of(options);
  } else {
    check_only_ends(options);
  }
  request.timeout =
      options.has("timeout") ? std::chrono::seconds(parse_duration(options.text("timeout"))) : kUsualTimeout;
  request.keep_down = options.has("keep-down");
  request.follow = request.keep_down ? std::chrono::seconds(0) : follow_time(options, true);
  for (const std::string& given : options.all("replicas")) request.back_to.push_back(replicas_wish(given));
  read_manner(options, command, request.deletion);
  request.deletion.site = with_all_workers(std::move(request.deletion.site));
  return request;
}

DeletionRequest noted_deletion(const DrainRequest& request, const cluster::DrainNote& note) {
  const DeletionRequest noted = drained_deletion_of(noted_options(note));
  DeletionRequest deleting = request.deletion;
  deleting.choice = noted.choice;
  deleting.dependents = noted.dependents;
  deleting.queue = noted.queue;
  deleting.whole_queue = noted.whole_queue;
  deleting.drains = true;
  deleting.otherwise = "nothing more was deleted";
  if (deleting.keep.reason.empty()) deleting.keep.reason = note.reason;
  return deleting;
}

}  // namespace akqueue::commands
