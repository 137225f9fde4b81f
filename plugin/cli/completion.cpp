#include "cli/completion.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "akqueue/tasks.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

using Words = std::vector<std::string>;
using Candidates = std::vector<Candidate>;

/// What stands for a value in help, and what that is.
struct CandidateKind {
  std::string_view argument;
  ValueKind wanted;
  bool commas = false;  ///< several may stand behind one another, with commas between
};

constexpr CandidateKind kCandidateKinds[] = {
    {"ACTOR", ValueKind::actors, true},
    {"QUEUE", ValueKind::queues, true},
    {"STATE", ValueKind::states, true},
    {"TENANT", ValueKind::tenants},
    {"ID", ValueKind::ids},
    {"TABLE", ValueKind::tables},
    {"RELEASE", ValueKind::releases},
    {"POD", ValueKind::pods},
    {"[DEPLOYMENT=]N", ValueKind::deployments},
    {"NAMESPACE", ValueKind::namespaces},
    {"CONTEXT", ValueKind::contexts},
    {"CLUSTER", ValueKind::clusters},
    {"USER", ValueKind::users},
    {"FILE", ValueKind::files},
    {"DIR", ValueKind::files},
    {"WORLD", ValueKind::files},
    {"COMMAND", ValueKind::commands},
};

/// A file that is an argument, and no option's: restore and verify take backups.
constexpr CandidateKind kBackup{"FILE", ValueKind::backups};

const CandidateKind* kind_named(std::string_view argument) {
  const auto* const found = std::ranges::find(kCandidateKinds, argument, &CandidateKind::argument);
  return found == std::end(kCandidateKinds) ? nullptr : found;
}

Candidates command_names() {
  Candidates names;
  for (const Command& command : commands()) names.push_back({std::string(command.name), std::string(command.summary)});
  return names;
}

Words split(std::string_view list, char separator) {
  Words parts;
  while (!list.empty()) {
    const auto end = list.find(separator);
    parts.emplace_back(list.substr(0, end));
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
  return parts;
}

Candidates as_candidates(const Words& words) {
  Candidates candidates;
  for (const std::string& word : words) candidates.push_back({word});
  return candidates;
}

/// What the vocabulary knows, where the site did not tell.
Candidates usual(ValueKind wanted) {
  if (wanted == ValueKind::commands) return command_names();
  if (wanted == ValueKind::states) return as_candidates({task_state::kKnown.begin(), task_state::kKnown.end()});
  if (wanted == ValueKind::queues)
    return as_candidates(
        {std::string(kDefaultQueue), std::string(kDefaultQueue) + ".DQ", std::string(kDefaultQueue) + ".XQ"});
  if (wanted == ValueKind::tables) return as_candidates({"task", "tasklog", "workerstatus", "schedules_schedule"});
  return {};
}

/// `word` begins `candidate`; of an actor's name, the last part may be meant too.
std::optional<Candidate> fitting(const std::string& word, Candidate candidate, ValueKind wanted) {
  if (candidate.word.starts_with(word)) return candidate;
  if (wanted != ValueKind::actors) return std::nullopt;
  candidate.word.erase(0, candidate.word.rfind('.') + 1);
  return candidate.word.starts_with(word) ? std::optional(candidate) : std::nullopt;
}

/// Two actors may end alike: such an end means neither.
void drop_ambiguous(Candidates& candidates) {
  const Candidates all = candidates;
  std::erase_if(candidates,
                [&](const Candidate& one) { return std::ranges::count(all, one.word, &Candidate::word) > 1; });
}

/// The line before the word that is being typed, read by somebody who may not insist that it is right.
class Line {
 public:
  Line(const Words& before, const std::vector<Option>& options) {
    for (const std::string& word : before) {
      if (pending_ != nullptr) {
        typed_.set(pending_->name, word);
        pending_ = nullptr;
      } else if (ended_ || word.size() < 2 || word[0] != '-') {
        typed_.add_argument(word);
      } else if (word == "--") {
        ended_ = true;
      } else {
        read_option(word, options);
      }
    }
  }

  const Options& typed() const { return typed_; }
  const Option* pending() const { return pending_; }  ///< its value is what is being typed
  bool options_ended() const { return ended_; }

 private:
  void read_option(const std::string& word, const std::vector<Option>& options) {
    const bool is_long = word[1] == '-';
    const auto equals = is_long ? word.find('=') : std::string::npos;
    const auto found = std::ranges::find_if(options, [&](const Option& option) {
      return is_long ? word.substr(0, equals) == "--" + std::string(option.name)
                     : option.letter != 0 && word[1] == option.letter;
    });
    if (found == options.end()) return;
    if (found->argument.empty()) {
      typed_.set(found->name, "");
    } else if (is_long ? equals != std::string::npos : word.size() > 2) {
      typed_.set(found->name, word.substr(is_long ? equals + 1 : 2));
    } else {
      pending_ = &*found;
    }
  }

  Options typed_;
  const Option* pending_ = nullptr;
  bool ended_ = false;
};

/// Everything that an answer needs.
struct CompletionRequest {
  const Command& command;
  const Line& line;
  const ValueSource& offer;
};

Completion words_of(const CompletionRequest& asked, const CandidateKind& kind, std::string word) {
  Completion completion;
  completion.files = kind.wanted == ValueKind::files || kind.wanted == ValueKind::backups;
  completion.unfinished = kind.wanted == ValueKind::deployments;
  std::string before;
  if (const auto comma = word.rfind(','); kind.commas && comma != std::string::npos) {
    before = word.substr(0, comma + 1);
    word.erase(0, comma + 1);
  }
  Candidates known = kind.wanted == ValueKind::files
                         ? Candidates()
                         : asked.offer({kind.wanted, asked.command, asked.line.typed(), word});
  if (known.empty()) known = usual(kind.wanted);
  if (kind.wanted == ValueKind::states) known.push_back({"any", "whatever its state"});
  for (const Candidate& one : known) {
    if (auto fits = fitting(word, one, kind.wanted))
      completion.candidates.push_back({before + fits->word, fits->meaning});
  }
  drop_ambiguous(completion.candidates);
  return completion;
}

Completion beginning_with(const std::string& word, const Candidates& candidates) {
  Completion completion;
  std::ranges::copy_if(candidates, std::back_inserter(completion.candidates),
                       [&](const Candidate& one) { return one.word.starts_with(word); });
  return completion;
}

Completion values_of(const CompletionRequest& asked, const Option& option, const std::string& word) {
  if (!option.values.empty()) return beginning_with(word, as_candidates(split(option.values, '|')));
  const CandidateKind* const kind = kind_named(option.argument);
  return kind == nullptr ? Completion() : words_of(asked, *kind, word);
}

/// What may stand as the argument at a place, out of `[flush [QUEUE]|delete [ID...]]`: words in lower case stand for
/// themselves, `...` for more of the same.
Completion arguments_of(const CompletionRequest& asked, const std::string& word) {
  const Words& given = asked.line.typed().arguments();
  std::string_view usage = asked.command.arguments;
  if (usage.starts_with('[') && usage.ends_with(']')) usage = usage.substr(1, usage.size() - 2);
  Completion completion;
  for (const std::string& alternative : split(usage, '|')) {
    Words places = split(alternative, ' ');
    const bool repeats = places.back().find("...") != std::string::npos;
    for (std::string& place : places) std::erase_if(place, [](char c) { return c == '[' || c == ']' || c == '.'; });
    const bool literal = places.front().front() >= 'a';
    if (literal && !given.empty() && given.front() != places.front()) continue;
    if (given.size() >= places.size() && !repeats) continue;
    const std::string& place = places[std::min(given.size(), places.size() - 1)];
    Completion more;
    if (literal && given.empty()) {
      more = beginning_with(word, {{place}});
    } else if (const CandidateKind* const kind = kind_named(place)) {
      more = words_of(asked, kind->wanted == ValueKind::files ? kBackup : *kind, word);
    }
    std::ranges::move(more.candidates, std::back_inserter(completion.candidates));
    completion.files = completion.files || more.files;
  }
  return completion;
}

Completion option_names(const CompletionRequest& asked, const std::vector<Option>& options, const std::string& word) {
  Candidates names;
  for (const Option& option : options) {
    if (option.repeatable || !asked.line.typed().has(option.name))
      names.push_back({"--" + std::string(option.name), std::string(option.help)});
  }
  return beginning_with(word, names);
}

}  // namespace

Completion complete(const Words& words, const ValueSource& offer) {
  if (words.size() < 2) return beginning_with(words.empty() ? "" : words[0], command_names());
  const Command* const command = find_command(words[0]);
  if (command == nullptr) return {};
  const std::vector<Option> options = options_of(*command);
  const std::string& word = words.back();
  const Line line({words.begin() + 1, words.end() - 1}, options);
  const CompletionRequest asked{*command, line, offer};

  if (line.pending() != nullptr) return values_of(asked, *line.pending(), word);
  if (line.options_ended() || !word.starts_with('-')) return arguments_of(asked, word);
  // `--name=val`: the shells want the value alone, and put it behind the sign themselves.
  const auto equals = word.find('=');
  if (equals == std::string::npos) return option_names(asked, options, word);
  const Line naming({word.substr(0, equals)}, options);
  return naming.pending() == nullptr ? Completion() : values_of(asked, *naming.pending(), word.substr(equals + 1));
}

bool can_be_typed(std::string_view word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:=,@%+";
  const bool plain = std::ranges::all_of(
      word, [&](char c) { return static_cast<unsigned char>(c) >= 0x80 || kPlain.find(c) != std::string_view::npos; });
  return plain && visible(word) == word;
}

std::string Completion::to_text() const {
  std::string text;
  for (const Candidate& one : candidates) {
    if (can_be_typed(one.word)) text += one.word + (one.meaning.empty() ? "" : "\t" + visible(one.meaning)) + "\n";
  }
  // Cobra's directives: 2 no blank, 4 no files.
  return text + ":" + std::to_string((unfinished ? 2 : 0) + (files ? 0 : 4)) + "\n";
}

bool is_completer(std::string_view program) {
  program.remove_prefix(std::min(program.size(), program.find_last_of("/\\") + 1));
  return program == kCompleter || program == std::string(kCompleter) + ".exe";
}

}  // namespace akqueue
