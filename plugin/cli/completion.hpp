// What a shell may offer for a line that is being typed.
//
// The command table says what kind of word is wanted where: an option's argument (`ACTOR`, `NAMESPACE`) and the usage
// line (`[flush [QUEUE]|delete [ID...]]`). What only the site or this machine knows is asked for through `ValueSource`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace akqueue {

/// Kinds of words that are not in the table themselves.
enum class ValueKind {
  actors,
  queues,
  states,
  tenants,
  ids,
  tables,
  releases,
  pods,
  deployments,
  namespaces,
  contexts,
  clusters,
  users,
  backups,
  files,
  commands
};

struct Candidate {
  std::string word;
  std::string meaning = {};  ///< one line; may be empty
  bool operator==(const Candidate&) const = default;
};

/// What is being asked: the kind, the command, what stands on its line so far, and the word as far as it is typed.
struct Question {
  ValueKind wanted;
  const Command& command;
  const Options& typed;
  std::string beginning;
};

/// Words of a kind that are there now, whatever they begin with. Never throws; none where they did not come in time.
using ValueSource = std::function<std::vector<Candidate>(const Question&)>;

struct Completion {
  std::vector<Candidate> candidates = {};
  bool files = false;       ///< a file will do as well
  bool unfinished = false;  ///< more of the word follows: no blank behind it

  /// As kubectl wants it: `WORD<TAB>MEANING` lines, and a last one that tells the shell what else to do.
  std::string to_text() const;
};

/// Whether a shell takes a word as it is: no blank, quote or sign of its own, nothing that moves the cursor. Only such
/// words are offered: they come from the site, and what the shell makes of a word is the shell's.
bool can_be_typed(std::string_view word);

/// `words`: what stands behind `kubectl akqueue`, the last one as far as it is typed (empty for a new word).
Completion complete(const std::vector<std::string>& words, const ValueSource& offer);

/// kubectl (1.26 on) finds the completion of its plugin akqueue under this name: the same program, called so.
inline constexpr std::string_view kCompleter = "kubectl_complete-akqueue";

/// Whether `program`, the name that this program was called by, is that; with or without a directory and `.exe`.
bool is_completer(std::string_view program);

}  // namespace akqueue
