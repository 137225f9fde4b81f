#include "commands/shared/filter_options.hpp"

#include <algorithm>
#include <array>

#include "akqueue/json.hpp"
#include "commands/shared/id_list.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::array kOptions{
    Option{"queue", 0, "QUEUE", "only this queue, by its exact name", true},
    Option{"state", 0, "STATE", "only tasks in this state (`any`: all)", true},
    Option{"actor", 0, "ACTOR", "only this actor: full name, its tail (outpost_send_update) or a glob", true},
    Option{"uid", 0, "UID", "only tasks with this uid, with or without the actor before it", true},
    Option{"object", 0, "OBJECT", "only tasks about this: KIND, KIND/ID or ID, like outpost/11111111-…", true},
    Option{"tenant", 0, "TENANT", "only this tenant's, by name or id", true},
    Option{"older-than", 0, "DURATION", "only tasks not changed for this long: 90s, 10m, 6h, 30d"},
    Option{"newer-than", 0, "DURATION", "only tasks changed within this time"},
    Option{"log", 0, "TEXT", "only tasks with this text in their log, in upper or lower case"},
    Option{"expired", 0, "", "only finished tasks whose result has expired: authentik may purge them"},
    Option{
        "keep-newest", 0, "N",
        "without the newest N of each actor and object; tasks that name none are kept, unless a schedule makes them"},
    Option{"limit", 0, "N", "only the oldest N"},
    Option{"filename", 'f', "FILE", "tasks whose ids stand in this file, one a line (-: standard input)"},
};

constexpr std::array<std::string_view, 7> kTexts{"queue", "state", "actor", "uid", "object", "tenant", "log"};

/// `a,,b` and `,` as well.
bool has_empty_piece(const std::string& value) {
  return value.empty() || value.front() == ',' || value.back() == ',' || value.find(",,") != std::string::npos;
}

/// An empty value selects nothing or everything, and is what a shell makes of an unset variable.
void check_not_empty(const Options& options) {
  for (const std::string_view name : kTexts) {
    if (!options.has(name)) continue;
    const auto values = options.each(name);
    if (std::ranges::none_of(values, [](const std::string& value) { return has_empty_piece(value); })) continue;
    throw Error(ErrorCode::usage, "--" + std::string(name) + " has an empty value",
                "leave it out to choose tasks by other conditions");
  }
}

std::optional<std::int64_t> duration(const Options& options, std::string_view name) {
  const auto given = options.value(name);
  return given ? std::optional<std::int64_t>(parse_duration(*given)) : std::nullopt;
}

void add_id(TaskChoice& choice, const std::string& written) {
  const std::string_view id = without_kind(written);
  if (const auto whole = Uuid::parse(id)) {
    choice.ids.push_back(*whole);
  } else if (id.size() < kLeastBeginning || !Uuid::beginning_with(id)) {
    throw Error(ErrorCode::usage, "'" + written + "' is not a task id",
                "an id looks like 11111111-2222-4333-8444-555555555555, and its first 4 digits or more will do; an "
                "actor is given with --actor");
  } else {
    choice.id_beginnings.emplace_back(id);
  }
}

void add_ids(TaskChoice& choice, const Options& options, const std::vector<std::string>& ids) {
  for (const std::string& written : ids) add_id(choice, written);
  if (const auto file = options.value("filename")) {
    const std::vector<Uuid> listed = read_id_list(*file);
    choice.ids.insert(choice.ids.end(), listed.begin(), listed.end());
  }
}

}  // namespace

std::vector<Option> choosing_options(std::initializer_list<std::string_view> without) {
  std::vector<Option> options;
  for (const Option& option : kOptions) {
    if (std::ranges::find(without, option.name) == without.end()) options.push_back(option);
  }
  return options;
}

std::vector<Option> with_choosing(std::vector<Option> own, std::initializer_list<std::string_view> without) {
  for (const Option& option : choosing_options(without)) own.push_back(option);
  return own;
}

TaskChoice read_choice(const Options& options, ChoiceParts parts) {
  return read_choice_among(options, options.arguments(), parts);
}

TaskChoice read_choice_among(const Options& options, const std::vector<std::string>& ids, ChoiceParts parts) {
  check_not_empty(options);
  TaskChoice choice;
  choice.queues = options.all("queue");
  choice.states = options.all("state");
  choice.actors = options.all("actor");
  choice.uids = options.each("uid");
  choice.objects = options.each("object");
  choice.tenants = options.each("tenant");
  choice.older_than_s = duration(options, "older-than");
  choice.newer_than_s = duration(options, "newer-than");
  choice.log_text = options.text("log");
  choice.expired = options.has("expired");
  if (const auto count = options.number("keep-newest", 1)) choice.keep_newest = *count;
  if (parts.limit && options.has("limit")) choice.limit = options.number("limit", 1);
  if (parts.ids) add_ids(choice, options, ids);
  if (std::ranges::find(choice.states, kAnyState) != choice.states.end()) choice.states.clear();
  if (choice.has_ids() && (choice.keep_newest || choice.limit)) {
    throw Error(ErrorCode::usage, "--keep-newest and --limit do not go with ids", "the ids say which tasks are meant");
  }
  return choice;
}

Json json_of_filter(const TaskFilter& filter) {
  Json document{{"words", in_words(filter)},
                {"queues", filter.queues},
                {"states", filter.states},
                {"actors", filter.actors},
                {"ids", filter.ids.size()}};
  const auto add = [&](const char* name, const auto& value) {
    if (value) document[name] = *value;
  };
  if (!filter.uids.empty()) document["uids"] = filter.uids;
  for (const RelatedObjects& object : filter.objects) document["objects"].push_back(object.written);
  if (!filter.tenants.empty()) document["tenants"] = filter.tenants;
  add("older_than_s", filter.older_than_s);
  add("newer_than_s", filter.newer_than_s);
  if (!filter.log_text.empty()) document["log"] = filter.log_text;
  if (filter.expired) document["expired"] = true;
  add("keep_newest", filter.keep_newest);
  add("limit", filter.limit);
  return document;
}

void explain_filter(const Invocation& invocation, const TaskFilter& filter) {
  if (invocation.options.has("verbose"))
    invocation.environment.terminal.err("selects: " + visible(in_words(filter)) + "\n");
}

}  // namespace akqueue
