#include "cluster/kubectl.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "system/paths.hpp"
#include "system/surroundings.hpp"

namespace akqueue::cluster {
namespace {

using namespace std::chrono_literals;

// Long enough for a credential plugin that sends a person to a browser; --request-timeout bounds the requests.
constexpr auto kKubectlPatience = 5min;

/// What kubectl says, what it means, what to do. The first row whose words occur wins.
struct Symptom {
  std::string_view words;
  ErrorCode code;
  std::string_view hint;
};

constexpr std::string_view kCut =
    "the connection to the API server was cut: run it again; check network, VPN and proxies";

constexpr std::string_view kNoUpgrade =
    "exec needs a connection that is upgraded, and something between here and the pod does not let that through: "
    "KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false (SPDY) or =true (websockets; kubectl 1.31 and newer begin with them) "
    "tries "
    "the other kind; whoever runs the proxy can let both through";

constexpr Symptom kSymptoms[] = {
    {"(Forbidden)", ErrorCode::forbidden,
     "ask for the permission named above; kubectl auth can-i --list shows what you have"},
    {"is forbidden:", ErrorCode::forbidden,
     "ask for the permission named above; kubectl auth can-i --list shows what you have"},
    {"current-context is not set", ErrorCode::no_context,
     "choose one: kubectl config get-contexts, then kubectl config use-context NAME (or --context NAME)"},
    {"cannot locate context", ErrorCode::no_context, "kubectl config get-contexts lists those that exist"},
    {"context was not found for specified context", ErrorCode::no_context,
     "kubectl config get-contexts lists those that exist"},
    {"no server found for cluster", ErrorCode::no_context, "kubectl config get-clusters lists those that exist"},
    {"auth info \"", ErrorCode::no_context, "kubectl config get-users lists those that exist"},
    {"error: stat ", ErrorCode::no_context, "set KUBECONFIG or --kubeconfig to the file that describes your cluster"},
    {"no configuration has been provided", ErrorCode::no_context,
     "set KUBECONFIG or --kubeconfig to the file that describes your cluster"},
    // When asked for several kinds of objects, kubectl leaves out its `error: `.
    {"context \"", ErrorCode::no_context, "kubectl config get-contexts lists those that exist"},
    {"cannot support interactive mode", ErrorCode::kubectl_failed,
     "this context's credential plugin has interactiveMode: Always, for which kubectl exec, whose input is the "
     "session's, never starts it: with IfAvailable a sign-in that it has kept will do"},
    {"getting credentials: exec", ErrorCode::kubectl_failed,
     "sign in with kubectl get pods by hand, then run it again; a credential plugin that asks for something each time "
     "must keep the sign-in for a while: kubectl exec, whose input is the session's, can't ask"},
    {"You must be logged in", ErrorCode::kubectl_failed, "log in again, then repeat the command"},
    {"x509: ", ErrorCode::kubectl_failed,
     "the API server's certificate is not one that this context trusts, or not of this name: check "
     "certificate-authority and tls-server-name of its cluster (kubectl config view --minify)"},
    {"Unable to connect to the server", ErrorCode::kubectl_failed,
     "the API server does not answer: check network, VPN and kubectl get --raw /readyz"},
    {"container not found (", ErrorCode::kubectl_failed,
     "its container does not run now: kubectl describe pod says why; --pod enters another one"},
    {"websocket: bad handshake", ErrorCode::kubectl_failed, kNoUpgrade},
    {"Upgrade request required", ErrorCode::kubectl_failed, kNoUpgrade},
    {"unable to upgrade connection", ErrorCode::kubectl_failed, kNoUpgrade},
    {"connection reset by peer", ErrorCode::kubectl_failed, kCut},
    {"abnormal closure", ErrorCode::kubectl_failed, kCut},
    {"unexpected EOF", ErrorCode::kubectl_failed, kCut},
    // Where kubectl goes without any configuration.
    {"server localhost:8080 was refused", ErrorCode::no_context,
     "set KUBECONFIG or --kubeconfig to the file that describes your cluster"},
    {"was refused - did you specify the right host", ErrorCode::kubectl_failed,
     "the API server does not answer: check network, VPN and kubectl get --raw /readyz"},
};

/// A line of kubectl's own log: `E1124 23:09:12.512736   20205 memcache.go:265] …`.
bool is_log_line(std::string_view line) {
  constexpr std::string_view kLevels = "IWEF";
  constexpr std::size_t kDay = 5;
  return line.size() > kDay && kLevels.find(line.front()) != std::string_view::npos && line[kDay] == ' ' &&
         line.substr(1, kDay - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

/// What kubectl says to people, each line once: for several kinds of objects it says it several times. Its log repeats
/// every attempt to find out what the API server serves, four to seven times; it is used only if kubectl says nothing
/// else.
std::string without_log(const std::string& said) {
  std::string kept;
  for (std::size_t at = 0; at < said.size();) {
    const std::size_t end = std::min(said.find('\n', at), said.size() - 1) + 1;
    const std::string_view line = std::string_view(said).substr(at, end - at);
    if (!is_log_line(line) && kept.find(line) == std::string::npos) kept += line;
    at = end;
  }
  return kept.empty() ? said : kept;
}

}  // namespace

std::vector<std::string> kubectl_program(const std::string& world) {
  if (world.empty()) {
    std::istringstream named(system::environment_variable("AKQUEUE_KUBECTL").value_or(""));
    const std::vector<std::string> words{std::istream_iterator<std::string>(named), {}};
    return words.empty() ? std::vector<std::string>{"kubectl"} : words;
  }
  return {"akqueue-sim", "kubectl", "--world", system::text_of(std::filesystem::absolute(system::path_of(world)))};
}

Kubectl Kubectl::with(system::Launcher& launcher, const std::string& flag) const {
  auto flags = global_flags_;
  flags.push_back(flag);
  return {launcher, program_, flags};
}

std::vector<std::string> Kubectl::command(const std::vector<std::string>& args,
                                          const std::vector<std::string>& after_dashes) {
  std::vector<std::string> argv = program_;
  argv.insert(argv.end(), args.begin(), args.end());
  argv.insert(argv.end(), global_flags_.begin(), global_flags_.end());
  if (!after_dashes.empty()) {
    argv.emplace_back("--");
    argv.insert(argv.end(), after_dashes.begin(), after_dashes.end());
  }
  std::string line;
  for (const std::string& word : argv) line += (line.empty() ? "" : " ") + shell_word(word);
  journal_.push_back(line);
  return argv;
}

std::unique_ptr<system::Process> Kubectl::start(const std::vector<std::string>& args,
                                                const std::vector<std::string>& after_dashes) {
  return launcher_.start(command(args, after_dashes));
}

system::Finished Kubectl::run(const std::vector<std::string>& args) {
  const auto process = launcher_.start_asking(command(args, {}));
  return system::finish(*process, kKubectlPatience);
}

Error kubectl_error(const system::Finished& finished, const std::string& doing) {
  for (const Symptom& symptom : kSymptoms) {
    if (finished.error_text.find(symptom.words) == std::string::npos) continue;
    Error error(symptom.code, "can't " + doing + ": " + std::string(error_kind(symptom.code).meaning),
                std::string(symptom.hint));
    return error.with_detail(without_log(finished.error_text));
  }
  Error error(ErrorCode::kubectl_failed,
              "can't " + doing + ": kubectl ended with status " + std::to_string(finished.status.code),
              "run it again with -v to see the kubectl commands, and try them by hand");
  return error.with_detail(without_log(finished.error_text));
}

}  // namespace akqueue::cluster
