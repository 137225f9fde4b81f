// What a command keeps of what it changes: the backup of every row that it deletes, and its two lines in the history.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backup/history.hpp"
#include "backup/writer.hpp"
#include "commands/shared/keep_request.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// The plan, made before anybody is asked: where the backup goes and how large it may become.
struct BackupPlan {
  bool wanted = true;  ///< not --no-backup
  std::string path;    ///< where it goes
  std::int64_t expected_bytes = 0;
};

/// Checks that the backup can be written: the place, its permissions, room for it. Makes the state directory.
/// Throws Error (system, refused).
BackupPlan plan_backup(const backup::StateDirectory& state, const Site& site, const KeepRequest& keep,
                       const backup::HistoryEntry& entry);

/// An entry for this on this site, with a new id.
backup::HistoryEntry entry_of(const KeepRequest& keep, const Site& site, const std::string& what, std::int64_t expected,
                              Timestamp now);

/// The header of a backup of this site.
backup::BackupHeader backup_header(const Site& site, const backup::HistoryEntry& entry);

class Recorder {
 public:
  /// Creates the backup file and writes the history's first line. Throws Error (system), and leaves neither then.
  Recorder(const backup::StateDirectory& state, const Site& site, const BackupPlan& plan,
           const backup::HistoryEntry& entry);
  /// The same with another header than backup_header().
  Recorder(const backup::StateDirectory& state, const backup::BackupHeader& header, const BackupPlan& plan,
           const backup::HistoryEntry& entry);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Null without a backup.
  backup::BackupSink* sink() { return backup_.get(); }
  /// One more for the same backup, for a session beside others. Before the first row.
  backup::BackupSink* sink_beside();
  /// Ends the backup and the history's entry. A backup that holds no row is removed. Throws Error (system).
  void finish(const backup::HistoryEntry::End& end);
  /// The file; empty where there is none. After finish().
  std::string path() const { return backup_ ? entry_.backup : std::string(); }
  std::int64_t bytes() const { return backup_ ? backup_->bytes() : 0; }

 private:
  const backup::StateDirectory& state_;
  backup::HistoryEntry entry_;
  std::unique_ptr<backup::BackupWriter> backup_;
  std::vector<std::unique_ptr<backup::BackupWriter>> beside_;
};

}  // namespace akqueue::commands
