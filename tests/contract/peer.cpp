#include "peer.hpp"
#include "akqueue/tasks.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "cluster/take_inventory.hpp"

namespace akqueue::contract {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Whoever stops a test run kills it; the sessions end with their input.
class NeverInterrupted final : public system::Interrupts {
 public:
  int count() const override { return 0; }
};

NeverInterrupted never;

class PostgresPeer final : public Peer {
 public:
  PostgresPeer()
      : Peer(never, {kStandIn}, Release(told("AKQUEUE_TEST_RELEASE"), told("AUTHENTIK_POSTGRESQL__DEFAULT_SCHEMA"))) {}
  Engine engine() const override { return Engine::postgres; }

  static constexpr const char* kStandIn = AKQUEUE_SOURCE_DIR "/tests/beds/postgres/bin/kubectl";

 private:
  /// By with-cluster.
  static std::string told(const char* variable) {
    const char* value = std::getenv(variable);
    if (value == nullptr)
      throw Error(ErrorCode::system,
                  std::string(variable) + " is not set: run it under tests/beds/postgres/with-cluster");
    return value;
  }
};

/// A directory that is removed with the run.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "akqueue-contract.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw Error(ErrorCode::system, "can't create " + name);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class SqlitePeer final : public Peer {
 public:
  SqlitePeer(std::unique_ptr<Folder> folder, const std::string& simulator, const std::string& release,
             const std::string& schema)
      : Peer(never, {simulator, "kubectl", "--world", world_in(*folder)}, Release(release, schema)),
        folder_(std::move(folder)) {
    system::SystemLauncher launcher(never);
    const auto creating = launcher.start({simulator, "create", world_in(*folder_), "--scenario", "calm", "--tasks",
                                          "20", "--release", release, "--schema", schema});
    const system::Finished created = system::finish(*creating, 60s);
    if (!created.status.ok())
      throw Error(ErrorCode::system, "akqueue-sim create failed").with_detail(created.error_text);
  }
  Engine engine() const override { return Engine::sqlite; }

 private:
  static std::string world_in(const Folder& folder) { return (folder.path() / "contract.world").string(); }
  std::unique_ptr<Folder> folder_;
};

}  // namespace

std::unique_ptr<system::Process> Peer::exec(const std::vector<std::string>& command) {
  if (target_.pod.empty()) {
    const cluster::Search search{.name_space = "authentik", .pod = {}, .container = {}, .release = {}};
    target_ = cluster::choose_server(cluster::take_inventory(kubectl_, search), search);
  }
  return kubectl_.start({"exec", "--stdin", target_.pod, "--container", target_.container}, command);
}

session::Opened Peer::open() {
  return session::open_session(
      [this](const std::vector<std::string>& command) { return exec(command); },
      [this](const system::Finished& ended) { return cluster::kubectl_error(ended, "enter pod " + target_.pod); },
      kTaskTable);
}

std::unique_ptr<Peer> make_peer(const std::vector<std::string>& arguments) {
  if (arguments.size() >= 2 && arguments[0] == "sqlite") {
    std::map<std::string, std::string> options{{"--release", "2025.10"}, {"--schema", "public"}};
    std::size_t at = 2;
    for (; at + 1 < arguments.size() && options.contains(arguments[at]); at += 2)
      options[arguments[at]] = arguments[at + 1];
    if (at == arguments.size())
      return std::make_unique<SqlitePeer>(std::make_unique<Folder>(), arguments[1], options["--release"],
                                          options["--schema"]);
  }
  if (arguments.size() == 1 && arguments[0] == "postgres") {
    if (std::getenv("AKQUEUE_TEST_SUPERUSER") != nullptr) return std::make_unique<PostgresPeer>();
    std::cerr << "contract_tests: there is no PostgreSQL here: run it under tests/beds/postgres/with-cluster\n";
    return nullptr;
  }
  std::cerr
      << "usage: contract_tests sqlite AKQUEUE-SIM [--release RELEASE] [--schema NAME] [-- BOOST-TEST-OPTIONS…]\n"
         "       with-cluster [--release RELEASE] [--schema NAME] contract_tests postgres [-- BOOST-TEST-OPTIONS…]\n";
  return nullptr;
}

}  // namespace akqueue::contract
