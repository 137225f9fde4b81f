#include "commands/completion/value_cache.hpp"

#include <chrono>
#include <filesystem>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "system/paths.hpp"
#include "system/programs.hpp"
#include "system/surroundings.hpp"
#include "system/text_file.hpp"

namespace akqueue::commands {
namespace {

namespace fs = std::filesystem;
std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Some hundred names are some kilobytes.
constexpr std::size_t kLargestCache = 16u << 20;

/// `/PATH 123456 789`: when it was written, and how much.
std::string state_of(const fs::path& named) {
  std::error_code failure;
  const fs::path file = fs::absolute(named, failure);
  const auto written = fs::last_write_time(file, failure);
  if (failure) return system::text_of(file);
  return system::text_of(file) + " " + std::to_string(static_cast<std::int64_t>(written.time_since_epoch().count())) +
         " " + std::to_string(fs::file_size(file, failure));
}

SiteWords words_in(const ForeignJson& kinds) {
  SiteWords words;
  for (const auto& [kind, candidates] : kinds.items()) {
    auto& list = words[static_cast<cli::ValueKind>(std::stoi(kind))];
    for (const ForeignJson& one : candidates)
      list.push_back({one.at(0).get<std::string>(), one.at(1).get<std::string>()});
  }
  return words;
}

}  // namespace

std::string cache_key(const std::vector<std::string>& flags, const std::string& kubeconfig,
                      const std::string& environment) {
  std::string key = AKQUEUE_VERSION;
  for (const std::string& flag : flags) key += "\n" + flag;
  std::string files = kubeconfig.empty() ? system::environment_variable("KUBECONFIG").value_or("") : kubeconfig;
  if (files.empty()) files = system::text_of(system::path_of(system::home_folder()) / ".kube" / "config");
  for (std::string_view rest = files; !rest.empty();) {
    const auto end = rest.find(system::kListSeparator);
    key += "\n" + state_of(system::path_of(rest.substr(0, end)));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  // Its state is none of the question: every look at a world writes into it.
  return environment.empty() ? key : key + "\nworld " + system::text_of(fs::absolute(system::path_of(environment)));
}

SiteWords ValueCache::read() const {
  try {
    backup::StateDirectory::check_readable(state_.completion());
    const auto kept = parse_foreign<ForeignJson>(system::beginning_of(state_.completion(), kLargestCache));
    const std::int64_t left = kept.at("until").get<std::int64_t>() - unix_seconds();
    // A clock that was set back must not keep it for ever.
    if (kept.at("key") != key_ || left < 0 || left > kFresh.count()) return {};
    return words_in(kept.at("words"));
  } catch (const std::exception&) {
    // Not there, not ours, or not whole: it is looked up anew.
    return {};
  }
}

void ValueCache::write(const SiteWords& words, std::chrono::seconds fresh) const {
  try {
    ForeignJson kept{{"key", key_}, {"until", unix_seconds() + fresh.count()}, {"words", ForeignJson::object()}};
    for (const auto& [kind, candidates] : words) {
      ForeignJson& list = kept["words"][std::to_string(static_cast<int>(kind))] = ForeignJson::array();
      for (const cli::Candidate& one : candidates) list.push_back({one.word, one.meaning});
    }
    state_.prepare();
    backup::StateDirectory::replace(state_.completion(),
                                    kept.dump(-1, ' ', false, ForeignJson::error_handler_t::replace) + "\n");
  } catch (const std::exception&) {
    // Without it the next press of the key asks the site again.
  }
}

}  // namespace akqueue::commands
