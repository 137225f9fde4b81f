#include "commands/shared/recorder.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "backup/kept_backups.hpp"
#include "system/paths.hpp"
#include "system/private_place.hpp"
#include "system/surroundings.hpp"

namespace akqueue::commands {
namespace {

namespace fs = std::filesystem;

/// A row of JSON is about as large as its row with the indexes on it, and gzip leaves a seventh (tests/bench).
constexpr std::int64_t kShrinks = 7;
constexpr std::int64_t kRoomLeft = 64 << 20;

std::int64_t expected_bytes(const Site& site, std::int64_t tasks) {
  const session::Table& task = site.catalog.tables.front();
  const auto all = std::max<std::int64_t>({task.rows_estimate.value_or(0), tasks, 1});
  std::int64_t bytes = 0;
  for (const session::Table& table : site.catalog.tables) bytes += table.bytes;
  return static_cast<std::int64_t>(static_cast<double>(bytes) * static_cast<double>(tasks) / static_cast<double>(all)) /
         kShrinks;
}

fs::path absolute_or_fail(const std::string& path) {
  std::error_code failure;
  fs::path file = fs::absolute(system::path_of(path), failure);
  if (failure)
    throw Error(ErrorCode::system, "can't tell where " + path + " is: " + failure.message(),
                "name a whole path with --backup-file");
  return file;
}

/// Throws Error: (refused) for a file that is there, (system) for one that can't be made.
void check_place(const fs::path& file, const fs::path& folder) {
  constexpr const char* kHint = "choose another --backup-file";
  std::error_code failure;
  const fs::file_status found = fs::symlink_status(file, failure);
  if (fs::exists(found)) throw Error(ErrorCode::refused, system::text_of(file) + " exists already", kHint);
  if (found.type() != fs::file_type::not_found)
    throw Error(ErrorCode::system, "can't write " + system::text_of(file) + ": " + failure.message(), kHint);
  if (!fs::is_directory(folder, failure))
    throw Error(ErrorCode::system, "can't write into " + system::text_of(folder) + ": there is no such directory",
                kHint);
  if (!system::can_write_into(folder))
    throw Error(ErrorCode::system, "can't write into " + system::text_of(folder), kHint);
}

/// Letters, digits and little else: a namespace could be anything by the time it is a file's name.
std::string in_file_name(std::string_view text) {
  constexpr std::size_t kLongest = 63;  // a namespace's own limit; file systems take 255 bytes
  std::string name;
  for (const char c : text.substr(0, kLongest))
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ? c : '_';
  return name;
}

}  // namespace

backup::BackupHeader backup_header(const Site& site, const backup::HistoryEntry& entry) {
  std::vector<backup::KeptTable> tables;
  for (const session::Table& table : site.catalog.tables)
    tables.push_back(backup::kept(table, site.database().dialect));
  return {.tool = "kubectl-akqueue " AKQUEUE_VERSION,
          .created = entry.at,
          .context = entry.context,
          .name_space = entry.name_space,
          .release = entry.release,
          .database = entry.database,
          .system = entry.system,
          .schema = site.facts.schema,
          .engine = site.facts.engine + " " + site.facts.server_version,
          .authentik = site.facts.authentik,
          .command = entry.command,
          .filter = entry.what,
          .reason = entry.reason,
          .change = entry.change,
          .expected = entry.expected,
          .include_running = entry.include_running,
          .tables = std::move(tables)};
}

backup::HistoryEntry entry_of(const KeepRequest& keep, const Site& site, const std::string& what, std::int64_t expected,
                              Timestamp now) {
  backup::HistoryEntry entry;
  entry.at = format_timestamp(now);
  entry.id = backup::new_history_id(entry.at);
  entry.command = keep.command;
  entry.effect = keep.effect;
  entry.kubectl = site.kubectl;
  entry.context = site.context;
  entry.name_space = site.name_space;
  entry.release = site.target.instance;
  entry.database = site.facts.database;
  entry.system = site.facts.system;
  entry.what = what;
  entry.reason = keep.reason;
  entry.expected = expected;
  entry.include_running = keep.include_running;
  entry.change = keep.change;
  entry.by = system::user_at_host();
  entry.user = site.user;
  entry.pod = site.target.pod;
  return entry;
}

BackupPlan plan_backup(const backup::StateDirectory& state, const Site& site, const KeepRequest& keep,
                       const backup::HistoryEntry& entry) {
  BackupPlan plan{.wanted = keep.backup, .path = keep.file};
  if (!plan.wanted) return plan;
  state.prepare();
  plan.expected_bytes = expected_bytes(site, entry.expected);
  if (plan.path.empty())
    plan.path = system::text_of(state.backups() / (entry.id + "-" + in_file_name(site.name_space) + "-" +
                                                   in_file_name(entry.command) + std::string(backup::kBackupEnding)));
  const fs::path file = absolute_or_fail(plan.path);
  plan.path = system::text_of(file);
  if (!plan.path.ends_with(".gz")) plan.expected_bytes *= kShrinks;
  const fs::path folder = file.parent_path();
  check_place(file, folder);
  const std::int64_t room = backup::StateDirectory::free_bytes(folder);
  if (room < plan.expected_bytes + kRoomLeft) {
    throw Error(ErrorCode::refused,
                "the backup may take " + std::to_string(plan.expected_bytes >> 20) + " MiB, and " +
                    system::text_of(folder) + " has " + std::to_string(room >> 20) + " MiB left",
                "make room, name another place with --backup-file, or do without by --no-backup");
  }
  return plan;
}

Recorder::Recorder(const backup::StateDirectory& state, const Site& site, const BackupPlan& plan,
                   const backup::HistoryEntry& entry)
    : Recorder(state, backup_header(site, entry), plan, entry) {}

Recorder::Recorder(const backup::StateDirectory& state, const backup::BackupHeader& header, const BackupPlan& plan,
                   const backup::HistoryEntry& entry)
    : state_(state), entry_(entry) {
  entry_.backup = plan.path;
  if (plan.wanted) {
    backup_ = std::make_unique<backup::BackupWriter>(plan.path, header, plan.path.ends_with(".gz"));
    if (const fs::path folder = system::path_of(plan.path).parent_path(); !system::sync_folder(folder)) {
      backup_->discard();
      throw Error(ErrorCode::system, "can't put the name of " + plan.path + " onto the disk",
                  "nothing was deleted; name another place with --backup-file");
    }
  } else {
    state_.prepare();
  }
  try {
    backup::begin_history(state_, entry_);
  } catch (...) {
    if (backup_) backup_->discard();
    throw;
  }
}

backup::BackupSink* Recorder::sink_beside() {
  return backup_ ? beside_.emplace_back(backup_->beside()).get() : nullptr;
}

void Recorder::finish(const backup::HistoryEntry::End& end) {
  // First: whatever becomes of the file's last line, the history must know how the command ended.
  backup::end_history(state_, entry_.id, end);
  if (backup_) {
    backup_->finish(end.ending);
    if (backup_->rows() == 0) {
      backup_->discard();
      backup_.reset();
    }
  }
}

}  // namespace akqueue::commands
