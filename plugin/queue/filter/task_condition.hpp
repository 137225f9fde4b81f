// A condition on tasks is one row: its option, what it reads from it, its words, its JSON, its SQL, and how it judges a
// task in a backup. Each has its own file under conditions/; every command that selects takes them from here,
// and so do watch, wait and the reader of backups.
#pragma once

#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/command_line.hpp"
#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/selection.hpp"
#include "queue/filter/typed_filter.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// The place of a condition in the sentence that says what a filter means, from its first word on.
enum class Place { unsuccessful, expired, holding, states, subject, actors, uids, objects, queues, tenants, log, rest };

/// What a condition's SQL is made of.
struct SqlScope {
  session::Statement& statement;  ///< takes the values
  const session::Database& database;
  std::string_view alias;  ///< of the task table's row
  const Selection& selection;
  Row row = Row::searched;

  /// `alias."name"`.
  std::string column(std::string_view name) const;
  /// The row's task is one of these.
  std::string is_one_of(const std::vector<Uuid>& ids) const;
  /// A moment before the selection's own, bound.
  std::string before(std::int64_t seconds) const;
  /// Throws Error (unsupported) if the task table of this release has no such column, naming the option.
  void require(std::string_view name, std::string_view option) const;
};

/// What a row of the task table in a backup says.
struct BackupTask {
  std::string id;
  std::string queue;
  std::string actor;
  std::string state;
  std::string uid;
  std::string object_id;
  std::string tenant;
  std::optional<Timestamp> changed;
};

/// A task in a backup, and what else the file says about it.
struct FileScope {
  const BackupTask& task;
  bool logged = false;    ///< a row of its log has the text that was asked for
  Timestamp created = 0;  ///< of the file: ages count from here
  bool as_bad = false;    ///< a row of the log of its last attempt has the level that was asked for, or a worse one
};

struct TaskCondition {
  /// Without a name: no option sets it, a command does.
  Option option = {};
  Place place = Place::rest;
  /// It takes a queue or a state whole: by itself it narrows nothing down.
  bool takes_whole = false;
  /// From the command line. Throws Error (usage).
  void (*read)(const Options& options, TaskChoice& choice) = nullptr;
  bool (*typed)(const TaskChoice& choice) = nullptr;
  /// What was typed, on this site. In a transaction. Throws as typed_filter.hpp's resolve() does.
  void (*resolve)(const session::Database& database, const TaskChoice& choice, TaskFilter& filter) = nullptr;
  bool (*given)(const TaskFilter& filter) = nullptr;
  /// With the blank that follows it (before the subject) or the blank or comma that precedes it (after the subject).
  /// Called only where the condition is given, except for the subject itself.
  std::string (*words)(const TaskFilter& filter) = nullptr;
  void (*document)(const TaskFilter& filter, Json& document) = nullptr;
  /// Called where it is given. Empty: nothing to add. Throws Error (unsupported).
  std::string (*sql)(const SqlScope& scope) = nullptr;
  /// Throws Error (usage) if a backup's file alone can't tell; null: it always can.
  void (*check_file)(const TaskChoice& choice) = nullptr;
  /// Judges a task in a backup, where the condition was typed; null: it does not depend on single tasks.
  bool (*holds)(const TaskChoice& choice, const FileScope& scope) = nullptr;
};

/// All of them, in the order of help.
std::span<const TaskCondition> task_conditions();

/// Options of the conditions, except those to which the command gives a meaning of its own.
std::vector<Option> choosing_options(std::initializer_list<std::string_view> without = {});

/// The option of one condition.
const Option& condition_option(std::string_view name);

// What the rows of several conditions are made of.

/// Empty lists match everything.
bool is_among(const std::vector<std::string>& wanted, const std::string& value);

std::string lower_case(std::string_view text);

/// This level of log rows and all that are worse. Throws Error (usage), suggesting the nearest, for a word that is
/// none.
std::vector<std::string> levels_from(const std::string& level);

/// Throws Error (usage): `--expired can't choose among the rows of a backup: …`.
[[noreturn]] void only_a_site_knows(std::string_view option, std::string_view why, std::string_view hint);

// The rows, each in its file.
TaskCondition queue_condition();
TaskCondition state_condition();
TaskCondition actor_condition();
TaskCondition uid_condition();
TaskCondition object_condition();
TaskCondition tenant_condition();
TaskCondition older_than_condition();
TaskCondition newer_than_condition();
TaskCondition log_condition();
TaskCondition log_level_condition();
TaskCondition held_condition();
TaskCondition orphaned_condition();
TaskCondition holder_condition();
TaskCondition expired_condition();
TaskCondition unsuccessful_condition();
TaskCondition keep_newest_condition();
TaskCondition duplicates_condition();
TaskCondition limit_condition();
TaskCondition ids_condition();

}  // namespace akqueue::queue
