#include "cli/shell.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <vector>

#include "akqueue/error.hpp"
#include "kubectl/plugin.hpp"
#include "world/world.hpp"

namespace akqueue::sim {
namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t shell_process = 0;

/// Passes on signals that would end this program, which still has a folder to remove.
extern "C" void pass_on(int signal) {
  if (shell_process > 0) ::kill(static_cast<pid_t>(shell_process), signal);
}

/// A folder with `kubectl` in it, for as long as this object exists.
class Tools {
 public:
  Tools() {
    std::string pattern = (fs::temp_directory_path() / "akqueue-sim-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw Error(ErrorCode::system, std::string("can't create a temporary folder: ") + std::strerror(errno));
    }
    folder_ = pattern;
    fs::create_symlink(own_path(), folder_ / "kubectl");
  }
  ~Tools() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Tools(const Tools&) = delete;
  Tools& operator=(const Tools&) = delete;

  std::string path() const {
    const char* others = std::getenv("PATH");
    return folder_.string() + ":" + fs::path(own_path()).parent_path().string() +
           (others == nullptr ? "" : std::string(":") + others);
  }

 private:
  fs::path folder_;
};

std::string shell_program() {
  const char* chosen = std::getenv("SHELL");
  return chosen != nullptr && ::access(chosen, X_OK) == 0 ? chosen : "/bin/sh";
}

[[noreturn]] void become(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {}
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

int run_shell(const std::string& world, const std::optional<std::string>& command, std::ostream& notices) {
  const World exists(world);  // throws if it can't be opened
  const Tools tools;
  const std::string shell = shell_program();
  ::setenv("PATH", tools.path().c_str(), 1);
  ::setenv("AKQUEUE_SIM", fs::absolute(world).c_str(), 1);
  std::vector<std::string> words{shell};
  if (command) {
    words.insert(words.end(), {"-c", *command});
  } else {
    notices << "kubectl now acts on " << world << "; try: kubectl akqueue status. Leave with exit or Ctrl-D.\n"
            << std::flush;
    ::setenv("PS1", ("(" + fs::path(world).filename().string() + ") $ ").c_str(), 1);
  }
  const pid_t process = ::fork();
  if (process < 0) throw Error(ErrorCode::system, std::string("can't start ") + shell + ": " + std::strerror(errno));
  if (process == 0) become(std::move(words));
  shell_process = process;
  // Ctrl-C and Ctrl-\ belong to the shell; the terminal sends them to both.
  for (const int signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_IGN);
  for (const int signal : {SIGTERM, SIGHUP}) std::signal(signal, pass_on);
  return wait_for(process);
}

}  // namespace akqueue::sim
