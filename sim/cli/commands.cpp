// The table of commands and what each does.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ostream>

#include "akqueue/error.hpp"
#include "cli/program.hpp"
#include "cli/shell.hpp"
#include "kubectl/kubectl.hpp"
#include "kubectl/tables.hpp"
#include "scenario/for_release.hpp"
#include "scenario/task_groups.hpp"
#include "simulation/create.hpp"

namespace akqueue::sim {
namespace {

using Words = std::vector<std::string>;

const std::string& only_argument(const Options& options, const char* what) {
  if (options.arguments().size() == 1) return options.arguments().front();
  throw Error(ErrorCode::usage, std::string("exactly one argument is required: ") + what,
              "akqueue-sim help shows the usage");
}

void no_arguments(const Options& options) {
  if (!options.arguments().empty())
    throw Error(ErrorCode::usage, "unexpected argument '" + options.arguments().front() + "'");
}

std::string seconds_since(std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", passed.count());
  return text;
}

int create(const Options& options, const Words&, const Streams& streams) {
  const std::string& path = only_argument(options, "the WORLD to create");
  const auto name = options.value("scenario");
  if (!name) throw Error(ErrorCode::usage, "--scenario is missing", "akqueue-sim scenarios lists them");
  Scenario scenario = find_scenario(*name);
  if (const auto release = options.value("release")) scenario = with_release(scenario, *release);
  if (const auto schema = options.value("schema")) {
    if (const auto wrong = wrong_schema(*schema))
      throw Error(ErrorCode::usage, "'" + *schema + "' is not a value for --schema: " + *wrong);
    scenario.schema = *schema;
  }
  CreateOptions wanted;
  wanted.tasks = options.number("tasks", 1).value_or(0);
  wanted.seed = static_cast<std::uint64_t>(options.number("seed").value_or(1));
  wanted.force = options.has("force");
  if (const auto now = options.value("now")) {
    wanted.now = parse_timestamp(*now);
    if (!wanted.now)
      throw Error(ErrorCode::usage, "'" + *now + "' is not a value for --now",
                  "write a time like 2026-05-01T12:00:00Z");
  }
  const auto start = std::chrono::steady_clock::now();
  const Written written = create_world(path, scenario, wanted);
  streams.out << path << " created: " << written.tasks << " tasks, " << written.logs << " log rows in "
              << seconds_since(start) << '\n';
  streams.err << "look at it: akqueue-sim shell " << path << ", then kubectl akqueue status\n";
  return 0;
}

int scenarios(const Options& options, const Words&, const Streams& streams) {
  no_arguments(options);
  const auto known = known_scenarios();
  if (options.text("output") == "json") {
    auto list = Json::array();
    for (const Scenario& one : known) {
      std::int64_t tasks = 0;
      for (const std::int64_t size : group_sizes(one, 0)) tasks += size;
      list.push_back({{"name", one.name},
                      {"title", one.title},
                      {"story", one.story},
                      {"tasks", tasks},
                      {"version", fitted(one, read_schema(one.release)).version}});
    }
    streams.out << Json{{"scenarios", list}}.dump(2) << '\n';
    return 0;
  }
  std::vector<Words> rows{{"NAME", "TASKS", "TITLE"}};
  for (const Scenario& one : known) {
    std::int64_t tasks = 0;
    for (const std::int64_t size : group_sizes(one, 0)) tasks += size;
    rows.push_back({one.name, std::to_string(tasks), one.title});
  }
  print_table(streams.out, rows);
  return 0;
}

/// The world: `--world WORLD` at the beginning, or AKQUEUE_SIM.
int kubectl(const Options&, const Words& words, const Streams& streams) {
  constexpr std::string_view kFlag = "--world";
  Words rest = words;
  std::string world;
  if (!rest.empty() && rest[0].starts_with(std::string(kFlag) + "=")) {
    world = rest[0].substr(kFlag.size() + 1);
    rest.erase(rest.begin());
  } else if (rest.size() > 1 && rest[0] == kFlag) {
    world = rest[1];
    rest.erase(rest.begin(), rest.begin() + 2);
  } else if (const char* variable = std::getenv("AKQUEUE_SIM")) {
    world = variable;
  }
  if (world.empty())
    throw Error(ErrorCode::usage, "no world was given",
                "akqueue-sim kubectl --world WORLD ARGS..., or set AKQUEUE_SIM");
  return run_kubectl(world, rest, streams);
}

int shell(const Options& options, const Words&, const Streams& streams) {
  streams.out << std::flush;
  return run_shell(only_argument(options, "the WORLD to enter"), options.value("command"), streams.err);
}

int help(const Options& options, const Words&, const Streams& streams) {
  streams.out << help_text(options.arguments().empty() ? std::string_view() : options.arguments().front());
  return 0;
}

int version(const Options& options, const Words&, const Streams& streams) {
  no_arguments(options);
  streams.out << "akqueue-sim " AKQUEUE_VERSION "\n";
  return 0;
}

constexpr Option kCreateOptions[] = {
    {.name = "scenario",
     .letter = 's',
     .argument = "NAME|FILE",
     .help = "what the world is made of (akqueue-sim scenarios)"},
    {.name = "tasks", .argument = "N", .help = "how many tasks; the scenario's own number by default"},
    {.name = "seed", .argument = "N", .help = "make another world of the same kind (default 1)"},
    {.name = "now", .argument = "TIME", .help = "stop the world's clock at this time, like 2026-05-01T12:00:00Z"},
    {.name = "release",
     .argument = "RELEASE",
     .help = "use the tables of 2025.8, 2025.10, 2026.5, 2026.8 or next; the scenario's own by default"},
    {.name = "schema", .argument = "NAME", .help = "authentik's default schema (default public)"},
    {.name = "force", .help = "replace a world that exists already"},
};
constexpr std::string_view kCreateExamples[] = {
    "akqueue-sim create storm.world --scenario outpost-storm",
    "akqueue-sim create small.world --scenario calm --tasks 200 --seed 7 --now 2026-05-01T12:00:00Z",
    "akqueue-sim create mine.world --scenario ./mine.json",
    "akqueue-sim create new.world --scenario calm --release 2026.8",
};
constexpr Option kScenarioOptions[] = {
    {.name = "output", .letter = 'o', .argument = "FORMAT", .help = "table or json", .values = "table|json"},
};
constexpr std::string_view kScenarioExamples[] = {"akqueue-sim scenarios", "akqueue-sim scenarios -o json"};
constexpr std::string_view kKubectlExamples[] = {
    "akqueue-sim kubectl --world storm.world get pods -n authentik",
    "akqueue-sim kubectl --world storm.world akqueue status",
};
constexpr Option kShellOptions[] = {
    {.name = "command", .letter = 'c', .argument = "COMMAND", .help = "run this command and exit with its status"},
};
constexpr std::string_view kShellExamples[] = {"akqueue-sim shell storm.world",
                                               "akqueue-sim shell storm.world -c 'kubectl akqueue status'"};

constexpr Command kCommands[] = {
    {"create", "WORLD", "make a world from a scenario", kCreateOptions, kCreateExamples, create},
    {"scenarios", "", "list the scenarios", kScenarioOptions, kScenarioExamples, scenarios},
    {"shell", "WORLD", "open a shell in which kubectl acts on the world", kShellOptions, kShellExamples, shell},
    {"kubectl", "[--world WORLD] ARGS...", "act as kubectl on a world", {}, kKubectlExamples, kubectl, true},
    {"help", "[COMMAND]", "explain a command", {}, {}, help},
    {"version", "", "print the version", {}, {}, version},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace akqueue::sim
