// What was done on this machine, by which command and why: two lines a command, so that one that was killed has left
// its first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "akqueue/effect.hpp"
#include "akqueue/ending.hpp"
#include "akqueue/json.hpp"
#include "backup/state_directory.hpp"

namespace akqueue {

struct HistoryEntry {
  std::string id;                 ///< `20261124T033001Z-1f2e`
  std::string at;                 ///< by the database's clock
  std::string command;            ///< flush, delete, restore, undo
  Effect effect = Effect::looks;  ///< of that command; lines of earlier builds tell by its name
  std::string kubectl;            ///< what stood for kubectl: tells a world of the simulator from a cluster
  std::string context;
  std::string name_space;
  std::string release;
  std::string database;
  std::string system;  ///< DatabaseFacts::system, or a fingerprint (system_id.hpp); empty in lines of older versions
  std::string what;    ///< the filter in words
  std::string reason;
  std::string backup;  ///< the file; empty for none
  std::string of;      ///< for undo: the entry that it undid
  std::int64_t expected = 0;

  struct End {
    std::int64_t tasks = 0;
    std::int64_t other_rows = 0;
    std::string ending;  ///< ending_word()
    bool complete() const { return says_complete(ending); }
  };
  std::optional<End> end;  ///< nothing: it runs still, or was killed

  /// By what the site is called, and by its database's own name where both have one: contexts are moved, databases made
  /// anew.
  bool same_site(const HistoryEntry& other) const;
  /// By what it is called alone.
  bool same_names(const HistoryEntry& other) const;
  Json to_json() const;
};

/// Writes the first line.
void begin_history(const StateDirectory& state, const HistoryEntry& entry);
/// Writes the second.
void end_history(const StateDirectory& state, const std::string& id, const HistoryEntry::End& end);
/// Oldest first. Lines that make no sense are passed over.
std::vector<HistoryEntry> read_history(const StateDirectory& state);

/// A new id for a command that begins at this time.
std::string new_history_id(const std::string& at);

}  // namespace akqueue
