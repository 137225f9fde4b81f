#include "cli/completion.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "cli/typed_line.hpp"
#include "ui/text.hpp"

namespace akqueue::cli {
namespace {

using Words = std::vector<std::string>;
using Candidates = std::vector<Candidate>;

/// The name of a value in help, and what kind of value it is.
struct CandidateKind {
  std::string_view argument;
  ValueKind wanted;
  bool commas = false;  ///< several may be given, with commas between them
};

constexpr CandidateKind kCandidateKinds[] = {
    {"ACTOR", ValueKind::actors, true},
    {"SCHEDULE", ValueKind::actors, true},
    {"QUEUE", ValueKind::queues, true},
    {"STATE", ValueKind::states, true},
    {"TENANT", ValueKind::tenants},
    {"ID", ValueKind::ids},
    {"TABLE", ValueKind::tables},
    {"RELEASE", ValueKind::releases},
    {"POD", ValueKind::pods},
    {"WORKER", ValueKind::workers, true},
    {"LEVEL", ValueKind::levels},
    {"GROUP", ValueKind::groups},
    {"[DEPLOYMENT=]N", ValueKind::deployments},
    {"NAMESPACE", ValueKind::namespaces},
    {"CONTEXT", ValueKind::contexts},
    {"CLUSTER", ValueKind::clusters},
    {"USER", ValueKind::users},
    {"FILE", ValueKind::files},
    {"DIR", ValueKind::files},
    {"WORLD", ValueKind::files},
    {"COMMAND", ValueKind::commands},
    {"VERB", ValueKind::verbs},
};

/// A file that is an argument, not an option's value: restore and verify take backups.
constexpr CandidateKind kBackup{"FILE", ValueKind::backups};

const CandidateKind* kind_named(std::string_view argument) {
  const auto* const found = std::ranges::find(kCandidateKinds, argument, &CandidateKind::argument);
  return found == std::end(kCandidateKinds) ? nullptr : found;
}

Candidates names_and_summaries(std::span<const Command> rows) {
  Candidates names;
  for (const Command& row : rows) names.push_back({std::string(row.name), std::string(row.summary)});
  return names;
}

/// The verbs of the command that is the first argument: `help backups verify`.
Candidates verbs_of_argument(const Options& typed) {
  const Command* const command = typed.arguments().empty() ? nullptr : find_command(typed.arguments().front());
  return command == nullptr ? Candidates() : names_and_summaries(command->verbs);
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

/// What is known without the site.
Candidates usual(ValueKind wanted, const Options& typed) {
  if (wanted == ValueKind::commands) return names_and_summaries(all_commands());
  if (wanted == ValueKind::verbs) return verbs_of_argument(typed);
  if (wanted == ValueKind::states) return as_candidates({task_state::kKnown.begin(), task_state::kKnown.end()});
  if (wanted == ValueKind::levels) return as_candidates({log_level::kKnown.begin(), log_level::kKnown.end()});
  if (wanted == ValueKind::groups) return as_candidates({"actor", "error", "uid", "object", "queue"});
  if (wanted == ValueKind::queues)
    return as_candidates(
        {std::string(kDefaultQueue), std::string(kDefaultQueue) + ".DQ", std::string(kDefaultQueue) + ".XQ"});
  if (wanted == ValueKind::tables) return as_candidates({"task", "tasklog", "workerstatus", "schedules_schedule"});
  return {};
}

/// Whether no site has to be asked.
bool is_built_in(ValueKind wanted) {
  return wanted == ValueKind::files || wanted == ValueKind::levels || wanted == ValueKind::groups;
}

/// Whether `candidate`, or the last part of an actor's name, begins with `word`.
std::optional<Candidate> fitting(const std::string& word, Candidate candidate, ValueKind wanted) {
  if (candidate.word.starts_with(word)) return candidate;
  if (wanted != ValueKind::actors) return std::nullopt;
  candidate.word = short_name(candidate.word);
  return candidate.word.starts_with(word) ? std::optional(candidate) : std::nullopt;
}

/// Two actors may have the same last part: it means neither then.
void drop_ambiguous(Candidates& candidates) {
  const Candidates all = candidates;
  std::erase_if(candidates,
                [&](const Candidate& one) { return std::ranges::count(all, one.word, &Candidate::word) > 1; });
}

/// The line before the word that is being typed, which may well be wrong.
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
  void drop_verb() { typed_.take_argument(); }
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

/// Everything that is needed for an answer.
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
  Candidates known = is_built_in(kind.wanted) ? Candidates() : asked.offer({kind.wanted, asked.line.typed(), word});
  if (known.empty()) known = usual(kind.wanted, asked.line.typed());
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
  if (!option.values.empty()) {
    Completion completion = beginning_with(word, as_candidates(split(option.values, '|')));
    // Behind `jsonpath=` the template follows.
    completion.unfinished = completion.candidates.size() == 1 && completion.candidates.front().word.ends_with('=');
    return completion;
  }
  const CandidateKind* const kind = kind_named(option.argument);
  return kind == nullptr ? Completion() : words_of(asked, *kind, word);
}

/// What the argument at a place may be, from `[flush [QUEUE]|delete [ID...]]`: words in lower case stand for
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

Completion complete_row(const CompletionRequest& asked, const std::string& word) {
  const std::vector<Option> options = options_of(asked.command);
  if (asked.line.pending() != nullptr) return values_of(asked, *asked.line.pending(), word);
  if (asked.line.options_ended() || !word.starts_with('-')) return arguments_of(asked, word);
  // `--name=val`: the shells want only the value, and put it after the sign themselves.
  const auto equals = word.find('=');
  if (equals == std::string::npos) return option_names(asked, options, word);
  const Line naming({word.substr(0, equals)}, options);
  return naming.pending() == nullptr ? Completion() : values_of(asked, *naming.pending(), word.substr(equals + 1));
}

/// The verb is the first argument. Without one, the options are those of the verb that runs then.
Completion complete_verb(const Command& command, const Words& before, const std::string& word,
                         const ValueSource& offer) {
  const Line reading(before, options_of(command));
  const Words& given = reading.typed().arguments();
  const bool named = !given.empty();
  if (!named && reading.pending() == nullptr && !word.starts_with('-'))
    return beginning_with(word, names_and_summaries(command.verbs));
  const Command* const verb = named ? find_verb(command, given.front()) : &command.verbs.front();
  if (verb == nullptr) return {};
  const std::vector<Option> options = options_of(*verb);
  Line line(before, options);
  if (named) line.drop_verb();
  return complete_row({*verb, line, offer}, word);
}

/// The command itself, or one of the options that every command has, before it.
Completion complete_command(const Words& before, const std::string& word, const ValueSource& offer) {
  static const Command kAny{.name = "COMMAND"};
  const std::vector<Option> options = options_of(kAny);
  const Line line(before, options);
  if (line.pending() == nullptr && !word.starts_with('-'))
    return beginning_with(word, names_and_summaries(all_commands()));
  return complete_row({kAny, line, offer}, word);
}

}  // namespace

Completion complete(const Words& words, const ValueSource& offer) {
  const std::string word = words.empty() ? std::string() : words.back();
  const Words typed = command_first({words.begin(), words.end() - (words.empty() ? 0 : 1)});
  if (typed.empty() || typed.front().starts_with('-')) return complete_command(typed, word, offer);
  const Command* const command = find_command(typed.front());
  if (command == nullptr) return {};
  const Words before(typed.begin() + 1, typed.end());
  if (!command->verbs.empty()) return complete_verb(*command, before, word, offer);
  const std::vector<Option> options = options_of(*command);
  const Line line(before, options);
  return complete_row({*command, line, offer}, word);
}

bool can_be_typed(std::string_view word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:=,@%+";
  const bool plain = std::ranges::all_of(
      word, [&](char c) { return static_cast<unsigned char>(c) >= 0x80 || kPlain.find(c) != std::string_view::npos; });
  return plain && ui::Text(word).view() == word;
}

ui::Text Completion::to_text() const {
  ui::Text text;
  for (const Candidate& one : candidates) {
    if (!can_be_typed(one.word)) continue;
    text +=
        one.meaning.empty() ? ui::format_text("{}\n", one.word) : ui::format_text("{}\t{}\n", one.word, one.meaning);
  }
  // Cobra's directives: 2 no blank, 4 no files.
  return text + ui::format_text(":{}\n", (unfinished ? 2 : 0) + (files ? 0 : 4));
}

bool is_completer(std::string_view program) {
  program.remove_prefix(std::min(program.size(), program.find_last_of("/\\") + 1));
  return program == kCompleter || program == std::string(kCompleter) + ".exe";
}

}  // namespace akqueue::cli
