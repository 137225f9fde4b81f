// The file through which kubectl finds completion for its plugin: `kubectl_complete-akqueue`, a link to kubectl-akqueue
// (on Windows, where links need a privilege, a copy).
//
// It leads to the kubectl-akqueue that kubectl finds on PATH, not to what that leads to: krew's is itself a link into a
// directory of one version, and goes on to the next one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace akqueue::commands {

/// The directories of a PATH in its order, each once.
std::vector<std::filesystem::path> directories_of(const std::string& path);

/// The first program of that name (without `.exe`) in these directories; empty for none.
std::filesystem::path find_in(const std::vector<std::filesystem::path>& directories, const std::string& name);

enum class Standing {
  absent,
  current,   ///< leads to this plugin
  outdated,  ///< ours, but leads to another kubectl-akqueue, or to none any more
  foreign,
};

/// A completer's file, there or not.
class Completer {
 public:
  /// In `directory`, for the plugin at `plugin`.
  Completer(const std::filesystem::path& directory, std::filesystem::path plugin);

  const std::filesystem::path& file() const { return file_; }
  Standing standing() const;
  /// Puts it there. Whatever of ours stands there is replaced in one step. Throws Error (refused) for a foreign file,
  /// (system).
  void install() const;
  /// Throws the same.
  void remove() const;

 private:
  void refuse_foreign() const;

  std::filesystem::path plugin_;
  std::filesystem::path file_;
};

/// Where it goes: beside the plugin, in krew's directory, in ~/.local/bin, in ~/bin, or in another directory under the
/// home directory: the first of them that is on PATH and can be written. Empty for none.
std::filesystem::path usual_directory(const std::vector<std::filesystem::path>& on_path,
                                      const std::filesystem::path& plugin);

}  // namespace akqueue::commands
