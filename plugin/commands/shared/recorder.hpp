// What a command keeps of what it changes: the backup of every row that it deletes, and its two lines in the history.
#pragma once

#include <memory>
#include <string>

#include "backup/history.hpp"
#include "backup/writer.hpp"
#include "commands/shared/site.hpp"

namespace akqueue {

/// What was asked for: why, and where the backup goes.
struct KeepRequest {
  std::string reason = {};
  bool backup = true;     ///< not --no-backup
  std::string file = {};  ///< --backup-file; empty: the usual place
};

/// Of --reason, --no-backup and --backup-file. Throws Error (usage).
KeepRequest read_keep_request(const Options& options);

/// The plan, made before anybody is asked: where the backup goes and how large it may become.
struct BackupPlan {
  bool wanted = true;  ///< not --no-backup
  std::string path;    ///< where it goes
  std::int64_t expected_bytes = 0;
};

/// Checks that the backup can be written: the place, its permissions, room for it. Makes the state directory.
/// Throws Error (system, refused).
BackupPlan plan_backup(const StateDirectory& state, const Site& site, const KeepRequest& keep,
                       const HistoryEntry& entry);

/// An entry for this command on this site, with a new id.
HistoryEntry entry_of(const Command& command, const Site& site, const std::string& what, std::int64_t expected,
                      Timestamp now);

/// The header of a backup of this site.
BackupHeader backup_header(const Site& site, const HistoryEntry& entry);

class Recorder {
 public:
  /// Creates the backup file and writes the history's first line. Throws Error (system), and leaves neither then.
  Recorder(const StateDirectory& state, const Site& site, const BackupPlan& plan, HistoryEntry entry);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Null without a backup.
  BackupSink* sink() { return backup_.get(); }
  /// Ends the backup and the history's entry. A backup that holds no row is removed. Throws Error (system).
  void finish(const HistoryEntry::End& end);
  /// The file; empty where there is none. After finish().
  std::string path() const { return backup_ ? entry_.backup : std::string(); }
  std::int64_t bytes() const { return backup_ ? backup_->bytes() : 0; }

 private:
  const StateDirectory& state_;
  HistoryEntry entry_;
  std::unique_ptr<BackupWriter> backup_;
};

}  // namespace akqueue
