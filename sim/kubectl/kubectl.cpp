#include "kubectl/kubectl.hpp"

#include <algorithm>
#include <ostream>

#include "akqueue/command_line.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/plugin.hpp"
#include "simulation/catch_up.hpp"

namespace akqueue::sim {
namespace {

struct Subcommand {
  std::string_view group;  ///< `config`, `auth`, `top`, or empty
  std::string_view name;
  const std::vector<Flag>& (*flags)();
  int (*run)(World& world, const Arguments& arguments, const Streams& streams);
};

constexpr Subcommand kSubcommands[] = {
    {"", "get", get_flags, run_get},
    {"", "exec", exec_flags, run_exec},
    {"", "patch", patch_flags, run_patch},
    {"", "scale", scale_flags, run_scale},
    {"", "delete", delete_flags, run_delete},
    {"", "wait", wait_flags, run_wait},
    {"", "version", version_flags, run_version},
    {"config", "view", config_flags, run_config_view},
    {"config", "current-context", config_flags, run_config_current_context},
    {"config", "get-contexts", config_flags, run_config_get_contexts},
    {"auth", "can-i", can_i_flags, run_can_i},
    {"top", "pods", top_flags, run_top_pods},
    {"top", "pod", top_flags, run_top_pods},
};

bool is_group(std::string_view word) {
  return std::ranges::any_of(kSubcommands, [&](const Subcommand& one) { return one.group == word && !word.empty(); });
}

const Subcommand* find_command(std::string_view group, std::string_view name) {
  const auto* found =
      std::ranges::find_if(kSubcommands, [&](const Subcommand& one) { return one.group == group && one.name == name; });
  return found == std::end(kSubcommands) ? nullptr : found;
}

constexpr std::string_view kHelp =
    "akqueue-sim's stand-in for kubectl: get, exec, patch, scale, delete, wait, top pods, auth can-i, version,\n"
    "config view|current-context|get-contexts, and plugins such as `kubectl akqueue`.\n";

/// Not one of kubectl's own commands: a plugin, or an error.
[[noreturn]] void run_plugin(const std::vector<std::string>& args, std::size_t at, const std::string& world) {
  const std::string& name = args[at];
  if (at > 0)
    throw Failure("error: flags cannot be placed before plugin name: " + args[0].substr(0, args[0].find('=')));
  become_plugin(name, {args.begin() + 1, args.end()}, world);
  std::vector<std::string> names{"config", "auth", "top"};
  for (const Subcommand& one : kSubcommands) {
    if (one.group.empty()) names.emplace_back(one.name);
  }
  const auto near = nearest(name, names);
  throw Failure("error: unknown command \"" + name + "\" for \"kubectl\"" +
                (near ? "\n\nDid you mean this?\n\t" + *near + "\n" : ""));
}

int dispatch(const std::string& world_path, const std::vector<std::string>& args, const Streams& streams) {
  const std::size_t at = first_word(args);
  if (at == args.size()) {
    parse_arguments({}, args, "kubectl");
    streams.out << kHelp;
    return 0;
  }
  const std::string& word = args[at];
  std::vector<std::string> rest(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(at));
  rest.insert(rest.end(), args.begin() + static_cast<std::ptrdiff_t>(at) + 1, args.end());

  const Subcommand* command = find_command("", word);
  std::string called = "kubectl " + word;
  if (is_group(word)) {
    const std::size_t sub = first_word(rest, at);
    if (sub == rest.size()) {
      streams.out << kHelp;
      return 0;
    }
    command = find_command(word, rest[sub]);
    if (command == nullptr)
      throw Failure("error: unknown command \"" + rest[sub] + "\"\nSee 'kubectl " + word +
                    " -h' for help and examples");
    called += " " + rest[sub];
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(sub));
  }
  if (command == nullptr) run_plugin(args, at, world_path);
  const Arguments arguments = parse_arguments(command->flags(), rest, called);
  if (arguments.set("help")) {
    streams.out << kHelp;
    return 0;
  }
  World world(world_path);
  if (const auto speed = speed_of_environment()) world.clock().set_speed(*speed);
  advance(world);
  return command->run(world, arguments, streams);
}

}  // namespace

int run_kubectl(const std::string& world, const std::vector<std::string>& args, const Streams& streams) {
  try {
    return dispatch(world, args, streams);
  } catch (const Failure& failure) {
    streams.out << std::flush;
    streams.err << failure.what() << '\n';
    return failure.status();
  }
}

}  // namespace akqueue::sim
