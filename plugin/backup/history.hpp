// What was done on this machine, by which command and why: two lines for each command, so that even one that was killed
// has left its first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "akqueue/effect.hpp"
#include "akqueue/ending.hpp"
#include "akqueue/json.hpp"
#include "backup/other_rows.hpp"
#include "backup/state_directory.hpp"

namespace akqueue::backup {

struct HistoryEntry {
  std::string id;                 ///< `20261124T033001Z-1f2e`
  std::string at;                 ///< by the database's clock
  std::string command;            ///< flush, delete, restore, undo
  Effect effect = Effect::looks;  ///< of that command; for lines of earlier builds, by its name
  std::string kubectl;            ///< the command that ran as kubectl: tells a world of the simulator from a cluster
  std::string context;
  std::string name_space;
  std::string release;
  std::string database;
  std::string system;  ///< DatabaseFacts::system, or a fingerprint (system_id.hpp); empty in lines of older versions
  std::string what;    ///< the filter in words
  std::string reason;
  std::string backup;  ///< the file; empty for none
  std::string of;      ///< for undo: the entry that it undid
  std::string by;      ///< `jo@laptop`; empty in lines of earlier builds, as the next three
  std::string user;    ///< the kubeconfig's name for who asked; empty where it was not read
  std::string line;    ///< the command line, without secrets
  std::string pod;     ///< through which it was done
  std::int64_t expected = 0;
  bool include_running = false;  ///< what live workers held as well
  std::string with = {};         ///< the entry of a change that was made for this one: undone with it
  std::string change = {};       ///< what became of rows that stayed, as the header of their record has it

  struct End {
    std::int64_t tasks = 0;
    std::int64_t other_rows = 0;
    std::string ending;                  ///< ending_word()
    std::optional<OtherRows> rows = {};  ///< what the other rows are; lines of earlier builds don't tell
    bool complete() const { return says_complete(ending); }
  };
  std::optional<End> end;  ///< nothing: it is still running, or was killed

  /// By the site's names, and by its database's own id where both have one: a context may be moved to another cluster,
  /// a database created anew.
  bool same_site(const HistoryEntry& other) const;
  /// By the site's names alone.
  bool same_names(const HistoryEntry& other) const;
  Json to_json() const;
};

/// Writes the first line.
void begin_history(const StateDirectory& state, const HistoryEntry& entry);
/// Writes the second.
void end_history(const StateDirectory& state, const std::string& id, const HistoryEntry::End& end);
/// Oldest first. Lines that can't be understood are passed over.
std::vector<HistoryEntry> read_history(const StateDirectory& state);

/// A new id for a command that begins at this time.
std::string new_history_id(const std::string& at);

}  // namespace akqueue::backup
