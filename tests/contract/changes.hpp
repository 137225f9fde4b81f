// What the cases of changes share: a change with its record, and the way back.
#pragma once

#include "kept.hpp"
#include "queue/change/change.hpp"
#include "queue/change/change_undo.hpp"

namespace akqueue::contract {

// Pickles of {"queue_name": "default", …, "options": {}} and of the same with {"retries": 3, "traceback": "T"}.
inline const session::Value kFresh{
    {"b64",
     "gASVcwAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlCmMBmt3Y"
     "XJnc5R9lIwHb3B0aW9uc5R9lIwKbWVzc2FnZV9pZJSMAXiUjBFtZXNzYWdlX3RpbWVzdGFtcJRLAXUu"}};
inline const session::Value kTriedThrice{
    {"b64",
     "gASVkQAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlCmMBmt3YXJnc5R9lIwHb3B0aW9uc5R9l"
     "CiMB3JldHJpZXOUSwOMCXRyYWNlYmFja5SMAVSUdYwKbWVzc2FnZV9pZJSMAXiUjBFtZXNzYWdlX3RpbWVzdGFtcJRLAXUu"}};

struct Changes : Kept {
  Changes() { insert_log({.task = insert_task({.actor = "other", .state = "queued", .message = kFresh})}); }

  std::string rejected(const session::Value& message = kTriedThrice) {
    const std::string id = insert_task({.actor = "a", .state = "rejected", .message = message});
    set(id, "retries", 2);
    insert_log({.task = id, .event = "it was queued", .previous = true});
    insert_log({.task = id, .event = "it failed", .level = "error"});
    return id;
  }

  /// What a preview of this moment chooses.
  queue::ChangePlan plan(queue::RowChange change, const Choice& choice = {}) {
    queue::ChangePlan made;
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    made.ways = {.change = change};
    made.selection = queue::pin(open, choice.filter(), transaction.now());
    verdicts = queue::judge(open, made.selection, made.ways);
    made.expected = verdicts.taken();
    created = format_timestamp(made.selection.as_of);
    return made;
  }

  queue::ChangeResult carry_out(queue::ChangePlan& made, const std::function<void(Faulty&)>& set_up = {}) {
    backup::BackupHeader head = header();
    head.created = created;
    head.change = queue::row_change_name(made.ways.change);
    backup::BackupWriter writer(path(), head, true);
    Faulty record(writer);
    if (set_up) set_up(record);
    made.record = &record;
    const queue::ChangeResult result = queue::change_tasks(database(), made);
    writer.finish(ending_word(result.ending));
    return result;
  }

  queue::ChangeResult change(queue::RowChange what, const Choice& choice = {}) {
    queue::ChangePlan made = plan(what, choice);
    const queue::ChangeResult result = carry_out(made);
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }

  queue::ChangeUndoResult undo(bool dry_run = false) {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    const queue::ChangeUndoResult result =
        queue::undo_change(open, file, {.selection = {.as_of = now()}, .dry_run = dry_run});
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }

  bool can_undo() {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    return queue::can_be_taken_back(open, file);
  }

  std::int64_t verdict(std::string_view word) const {
    std::int64_t sum = 0;
    for (const queue::VerdictGroup& group : verdicts.groups) sum += group.verdict == word ? group.tasks : 0;
    return sum;
  }

  session::Value column(const std::string& id, const std::string& name) {
    return one(
        {"SELECT t." + session::quote_identifier(name) + " FROM authentik_tasks_task AS t WHERE t.message_id = $1",
         session::Value::array({id})});
  }

  queue::Verdicts verdicts;
  std::string created;
};

}  // namespace akqueue::contract
