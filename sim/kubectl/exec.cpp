// `kubectl exec`. The containers of this cluster have only authentik's interpreters, and these run only the session's
// bootstrap.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ostream>
#include <thread>

#include "akqueue/checksum.hpp"
#include "akqueue/json.hpp"
#include "akqueue/protocol.hpp"
#include "cluster/own_site.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/fault.hpp"
#include "kubectl/selector.hpp"
#include "queue/tries.hpp"
#include "replica/functions.hpp"
#include "simulation/catch_up.hpp"
#include "simulation/neighbour.hpp"

namespace akqueue::sim {
namespace {

/// How a process in the container ended.
constexpr int kKilled = 137;

Failure ended_with(int status) {
  return Failure("command terminated with exit code " + std::to_string(status), status);
}

Failure missing_executable(const std::string& name) {
  const bool path = name.find('/') != std::string::npos;
  return Failure(
      "error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec "
      "in "
      "container: failed to start exec \"3f0c1a9be4d2\": OCI runtime exec failed: exec failed: unable to start "
      "container "
      "process: exec: \"" +
      name + "\": " +
      (path ? "stat " + name + ": no such file or directory: unknown" : "executable file not found in $PATH: unknown"));
}

std::vector<std::string> container_names(const ForeignJson& pod) {
  std::vector<std::string> names;
  for (const ForeignJson& container : pod.at("spec").at("containers")) names.push_back(container.at("name"));
  return names;
}

/// `NAME`, `pod/NAME`, or `deployment/NAME` for a pod of it.
ForeignJson target(Client& client, const std::string& word) {
  const Resource& pods = *find_resource("pods");
  const auto slash = word.find('/');
  const std::string type = slash == std::string::npos ? "pods" : word.substr(0, slash);
  const std::string name = word.substr(slash == std::string::npos ? 0 : slash + 1);
  const Resource* resource = find_resource(type);
  if (resource == nullptr) throw Failure("error: the server doesn't have a resource type \"" + type + "\"");
  client.require("get", *resource, "", name);
  const ForeignJson object = client.object(*resource, name);
  if (resource == &pods) return object;
  if (resource->kind != "Deployment")
    throw Failure("error: cannot attach to " + type + "/" + name + ": selector for " + type + " not implemented");
  std::string selector;
  for (const auto& [key, value] : object.at("spec").at("selector").at("matchLabels").items()) {
    selector += (selector.empty() ? "" : ",") + key + "=" + value.get<std::string>();
  }
  for (const auto& pod : client.world().objects("Pod", client.name_space())) {
    if (Selector(selector).matches(pod.at("metadata").at("labels"))) return pod;
  }
  throw Failure("error: timed out waiting for the condition");
}

std::string chosen_container(const ForeignJson& pod, const Arguments& arguments, const Streams& streams) {
  const auto names = container_names(pod);
  const std::string pod_name = pod.at("metadata").at("name");
  if (const std::string wanted = arguments.value("container"); !wanted.empty()) {
    if (std::ranges::find(names, wanted) != names.end()) return wanted;
    throw Failure("Error from server (BadRequest): container " + wanted + " is not valid for pod " + pod_name);
  }
  if (names.size() > 1 && !arguments.set("quiet")) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    streams.err << "Defaulted container \"" << names.front() << "\" out of: " << list << '\n';
  }
  return names.front();
}

void require_running(const ForeignJson& pod, const std::string& container) {
  const std::string phase = pod.at("status").at("phase");
  const std::string name = pod.at("metadata").at("name");
  if (phase == "Succeeded" || phase == "Failed") {
    throw Failure("error: cannot exec into a container in a completed pod; current phase is " + phase);
  }
  if (!pod.at("spec").contains("nodeName"))
    throw Failure("Error from server (BadRequest): pod " + name + " does not have a host assigned");
  for (const ForeignJson& status : pod.at("status").at("containerStatuses")) {
    if (status.at("name") != container) continue;
    if (status.at("state").contains("running")) return;
  }
  throw Failure("error: Internal error occurred: unable to upgrade connection: container not found (\"" + container +
                "\")");
}

struct Interpreter {
  std::string_view name;
  bool boots_django;  ///< and prints what that prints
};
constexpr Interpreter kInterpreters[] = {
    {"python", false},
    {"python3", false},
    {"/ak-root/.venv/bin/python", false},
    {"ak", true},
};

/// `authentik`: the command is for its own container, which is a pod's first one.
const Interpreter& interpreter(const std::vector<std::string>& command, bool authentik, const Fault& fault) {
  const auto* known = std::ranges::find(kInterpreters, command[0], &Interpreter::name);
  const bool removed =
      fault.kind == FaultKind::no_interpreter || (fault.kind == FaultKind::no_python && command[0] == "python");
  if (known == std::end(kInterpreters) || !authentik || removed) throw missing_executable(command[0]);
  const std::size_t code = known->boots_django ? 2 : 1;
  const bool bootstrap = command.size() == code + 2 && command[code] == "-c" && (code == 1 || command[1] == "shell");
  if (!bootstrap)
    throw Failure(
        "akqueue-sim: this container runs only the bootstrap of a session\ncommand terminated with exit code 1");
  return *known;
}

/// The bootstrap: a line with a length, and as many bytes of source.
void read_source(Input& in) {
  std::string line;
  std::size_t size = 0;
  const bool read = in.read_line(line);
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), size);
  if (!read || failure != std::errc() || end != line.data() + line.size() || !in.skip(size)) throw ended_with(1);
}

void greet(const Interpreter& interpreter, const Fault& fault, const std::string& version, std::ostream& out) {
  if (interpreter.boots_django || fault.kind == FaultKind::banner) {
    out << R"({"event":"Loaded config","level":"debug","logger":"authentik.lib.config",)"
           R"("file":"/authentik/lib/default.yml"})"
        << '\n'
        << R"({"event":"Booting authentik","level":"info","logger":"authentik.lib.config","version":")" << version
        << "\"}\n"
        << "### authentik shell (" << version << ")\n";
  }
  out << (fault.kind == FaultKind::wrong_version ? "akqueue-agent 99" : protocol::kGreeting) << '\n' << std::flush;
}

/// Called thousands of times a second while a statement runs; checks the input ten times a second.
std::function<bool()> gone(Input& in) {
  using Clock = std::chrono::steady_clock;
  return [&in, next = Clock::now()]() mutable {
    if (Clock::now() < next) return false;
    next = Clock::now() + std::chrono::milliseconds(100);
    return in.ended();
  };
}

/// `world` catches up between requests.
int serve(World& world, Database& database, const ServerFacts& facts, const Fault& fault, const Streams& streams) {
  ReplicaServer server(database, facts);
  FaultyServer faulty(server, fault);
  database.set_cancelled(gone(streams.in));
  const ReplicaServer::Writer write{[&](std::string_view line) {
                                      streams.out << (protocol::carries_sum(line) ? with_sum(line) : std::string(line))
                                                  << '\n';
                                    },
                                    [&](std::string_view bytes) { streams.out << bytes; }};
  std::string line;
  while (streams.in.read_line(line)) {
    advance(world);
    const auto request = protocol::carries_sum(line) ? without_sum(line) : std::optional<std::string_view>(line);
    const bool more = request ? faulty.handle(*request, write) : server.refuse_damaged(write);
    if (const std::size_t bytes = server.expects(); bytes > 0) {
      if (!streams.in.read_bytes(line, bytes)) break;
      server.take(line);
      continue;
    }
    streams.out << std::flush;
    if (faulty.killed()) throw ended_with(kKilled);
    if (!more || !streams.out) break;
  }
  database.set_cancelled({});
  if (server.exit_status() != 0) throw ended_with(server.exit_status());
  return 0;
}

/// The name of the database of a pod's Helm release. Worlds made before there were names have none.
std::string system_of(World& world, const ForeignJson& pod) {
  const std::string own = world.fact("system");
  return own.empty() || of_own_site(world, pod) ? own
                                                : own + "/" + namespace_of(pod) + "/" + chart_label(pod, "instance");
}

/// The database of the pod's Helm release: the world's, or a neighbour's.
int serve(World& world, const ForeignJson& pod, const Fault& fault, const Streams& streams) {
  const auto now = [&world] { return world.now(); };
  ServerFacts facts{"authentik", "authentik", chart_label(pod, "version"), now};
  for (const ForeignJson& variable : pod.at("spec").at("containers").front().value("env", ForeignJson::array())) {
    facts.environment[variable.at("name").get<std::string>()] = variable.value("value", std::string());
  }
  facts.system = system_of(world, pod);
  facts.pooled = world.fact("pooled") == "1";
  if (of_own_site(world, pod)) {
    for (const Failing& one : failing_of(world)) {
      if (one.removed) facts.absent.push_back(one.actor);
    }
    return serve(world, world.database(), facts, fault, streams);
  }
  Database neighbour(":memory:", Database::Open::create);
  add_functions(neighbour, now);
  make_neighbour(neighbour, world, pod);
  return serve(world, neighbour, facts, fault, streams);
}

}  // namespace

const std::vector<Flag>& exec_flags() {
  static const std::vector<Flag> flags{{"container", 'c'},    {"stdin", 'i', false},   {"tty", 't', false},
                                       {"quiet", 'q', false}, {"pod-running-timeout"}, {"filename", 'f'}};
  return flags;
}

int run_exec(World& world, const Arguments& arguments, const Streams& streams) {
  if (arguments.words.empty()) throw Failure("error: pod, type/name or --filename must be specified");
  if (!arguments.after_dashes && arguments.words.size() > 1) {
    throw Failure(
        "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
        "See 'kubectl exec -h' for help and examples");
  }
  if (!arguments.after_dashes || arguments.after_dashes->empty())
    throw Failure("error: you must specify at least one command for the container");
  const char* variable = std::getenv("AKQUEUE_SIM_FAULT");
  const Fault fault = parse_fault(variable == nullptr ? "" : variable);
  if (fault.kind == FaultKind::no_upgrade)
    throw Failure("error: unable to upgrade connection: Upgrade request required");

  Client client(world, arguments);
  const ForeignJson pod = target(client, arguments.words[0]);
  const std::string container = chosen_container(pod, arguments, streams);
  client.require("create", *find_resource("pods"), "exec", pod.at("metadata").at("name").get<std::string>());
  require_running(pod, container);
  const Interpreter& program = interpreter(*arguments.after_dashes, container == container_names(pod).front(), fault);
  if (!arguments.set("stdin")) throw ended_with(1);  // Python finds its input empty

  read_source(streams.in);
  if (fault.kind == FaultKind::silent) {
    streams.out << "Traceback (most recent call last):\n" << std::flush;
    return 0;
  }
  greet(program, fault, chart_label(pod, "version"), streams.out);
  return serve(world, pod, fault, streams);
}

}  // namespace akqueue::sim
