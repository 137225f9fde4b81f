// Where this machine keeps what was done: the history and the backups.
//
//   $XDG_STATE_HOME/akqueue (or ~/.local/state/akqueue, on Windows %LOCALAPPDATA%\akqueue), this user's alone
//     history.jsonl          a line when a command begins and a line when it ends
//     backups/…jsonl.gz
//     completion.json        the names of a site for half a minute (commands/completion/value_cache.hpp)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace akqueue {

class StateDirectory {
 public:
  explicit StateDirectory(std::filesystem::path root) : root_(std::move(root)) {}
  /// The usual place; empty where neither variable names one.
  static std::filesystem::path usual_root();

  /// Makes it where it is missing. Throws Error (system) where it can't be made or written, (refused) where somebody
  /// else owns it or could write into it, or could put another in its place.
  void prepare() const;
  /// Throws Error (system) where no variable names a place; what it would hold has paths relative to wherever we are
  /// then.
  void check_known() const;
  std::filesystem::path backups() const { return root_ / "backups"; }
  std::filesystem::path history() const { return root_ / "history.jsonl"; }
  std::filesystem::path completion() const { return root_ / "completion.json"; }

  /// Adds a line to the history; it is on the disk when this returns, whole, whoever else writes. After prepare().
  /// Throws Error (system), and leaves no part of it then.
  void append_history(const std::string& line) const;
  /// Its lines; none where there is no history. Throws Error (system) where it can't be read: for nothing that was
  /// done, and for something that is no file, it must not be taken.
  std::vector<std::string> read_history() const;

  /// Puts `text` in the place of whatever `file`, which lies in it, holds: whoever reads it has the one or the other.
  /// After prepare(). Throws Error (system).
  void replace(const std::filesystem::path& file, const std::string& text) const;

  /// What is restored goes into a database. Throws Error (system) for a file that is not there, (refused) for one that
  /// others could have written.
  static void check_readable(const std::filesystem::path& file);

  /// Bytes that the file system of `path` has left for this user.
  static std::int64_t free_bytes(const std::filesystem::path& path);

 private:
  std::filesystem::path root_;
};

}  // namespace akqueue
