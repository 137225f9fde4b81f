// What a shell can offer for a line that is being typed.
//
// The command table says what kind of word belongs where: an option's argument (`ACTOR`, `NAMESPACE`) and the usage
// line (`[flush [QUEUE]|delete [ID...]]`). What only the site or this machine knows comes from a `ValueSource`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace akqueue::cli {

/// Kinds of words that are not themselves in the table.
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
  commands,
  verbs,
  levels,
  groups,
  workers
};

struct Candidate {
  std::string word;
  std::string meaning = {};  ///< one line; may be empty
  bool operator==(const Candidate&) const = default;
};

/// A question: the kind, the line so far, and the word as far as it is typed.
struct Question {
  ValueKind wanted;
  const Options& typed;
  std::string beginning;
};

/// The words of a kind that exist now, whatever they begin with. Never throws; none if they did not come in time.
using ValueSource = std::function<std::vector<Candidate>(const Question&)>;

struct Completion {
  std::vector<Candidate> candidates = {};
  bool files = false;       ///< files are possible as well
  bool unfinished = false;  ///< more of the word follows: no blank after it

  /// As kubectl expects it: `WORD<TAB>MEANING` lines, and a last one that tells the shell what else to do.
  ui::Text to_text() const;
};

/// Whether a shell takes a word as it is: no blank, quote or special character, nothing that moves the cursor. Only
/// such words are offered, because they come from the site, and a shell may interpret others.
bool can_be_typed(std::string_view word);

/// `words`: what follows `kubectl akqueue`, the last one as far as it is typed (empty for a new word).
Completion complete(const std::vector<std::string>& words, const ValueSource& offer);

/// kubectl (from 1.26) runs a program of this name for the completion of its plugin akqueue: the same program.
inline constexpr std::string_view kCompleter = "kubectl_complete-akqueue";

/// Whether `program`, the name by which this program was called, is that one, with or without directory and `.exe`.
bool is_completer(std::string_view program);

}  // namespace akqueue::cli
