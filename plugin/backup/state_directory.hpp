// Where this machine keeps what was done: the history and the backups.
//
//   $XDG_STATE_HOME/akqueue (or ~/.local/state/akqueue, on Windows %LOCALAPPDATA%\akqueue), for this user alone
//     history.jsonl          a line when a command begins and a line when it ends
//     backups/…jsonl.gz
//     completion.json        the names of a site for half a minute (commands/completion/value_cache.hpp)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace akqueue::backup {

class StateDirectory {
 public:
  explicit StateDirectory(std::filesystem::path root) : root_(std::move(root)) {}
  /// The usual place; empty if neither variable names one.
  static std::filesystem::path usual_root();

  /// Creates it if it is missing. Throws Error (system) if it can't be created or written, (refused) if somebody else
  /// owns it, could write into it, or could put another in its place.
  void prepare() const;
  /// Throws Error (system) if no variable names a place: paths would be relative to the current directory then.
  void check_known() const;
  std::filesystem::path backups() const { return root_ / "backups"; }
  std::filesystem::path history() const { return root_ / "history.jsonl"; }
  std::filesystem::path completion() const { return root_ / "completion.json"; }

  /// Adds a line to the history; it is on the disk when this returns, whole even if others write too. After prepare().
  /// Throws Error (system), and leaves no part of it then.
  void append_history(const std::string& line) const;
  /// Its lines; none if there is no history. Throws Error (system) if it can't be read or is not a file: that must not
  /// look as if nothing was done.
  std::vector<std::string> read_history() const;

  /// Replaces the content of `file`, which is in this directory, by `text`: a reader sees the old or the new. After
  /// prepare(). Throws Error (system).
  static void replace(const std::filesystem::path& file, const std::string& text);

  /// What is restored goes into a database. Throws Error (system) for a file that does not exist, (refused) for one
  /// that others could have written.
  static void check_readable(const std::filesystem::path& file);

  /// Bytes that the file system of `path` has left for this user.
  static std::int64_t free_bytes(const std::filesystem::path& path);

 private:
  std::filesystem::path root_;
};

}  // namespace akqueue::backup
