// Schedules: what a change leaves behind under authentik's own trigger, the record, and the way back.
#include <fmt/format.h>

#include "kept.hpp"
#include "queue/change/schedule_change.hpp"
#include "queue/change/schedule_undo.hpp"
#include "queue/measure/schedule_runs.hpp"

using namespace akqueue;
using namespace akqueue::contract;
using queue::ScheduleChange;

namespace {

struct Schedules : Kept {
  /// Each at the next time of its crontab, which is two to three minutes away, or five to six hours, whatever the clock
  /// says: one whose next run is later than that is held.
  Schedules() {
    const Timestamp at = now();
    const Timestamp minute = at / (60 * kSecond);
    insert_regular("a.b.often", fmt::format("{}-59/5 * * * *", (minute + 3) % 5), at);
    insert_regular("a.b.seldom", fmt::format("0 {} * * *", (minute / 60 + 6) % 24), at);
    insert_schedule("a.b.paused", "13 * * * *", 0, true);
  }

  void insert_regular(const std::string& actor, const std::string& crontab, Timestamp at) {
    queue::Schedule schedule;
    schedule.crontab = crontab;
    insert_schedule(actor, crontab, queue::regular_run_after(schedule, at).value());
  }

  std::vector<queue::Schedule> all() {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::read_schedules(open);
  }

  queue::Schedule named(const std::string& actor) {
    for (const queue::Schedule& one : all()) {
      if (one.actor == actor) return one;
    }
    BOOST_FAIL("no schedule " + actor);
    return {};
  }

  /// The three columns that a change may set.
  std::vector<session::Value> rows() {
    return read(
        {"SELECT s.actor_name, s.crontab, s.paused, s.next_run FROM authentik_tasks_schedules_schedule AS s "
         "ORDER BY s.actor_name"});
  }

  std::vector<queue::ScheduleVerdict> judged(const queue::ScheduleWays& ways) {
    return queue::judge_schedules(all(), ways, now());
  }

  queue::ScheduleDeed carry_out(const std::vector<queue::ScheduleVerdict>& preview, const queue::ScheduleWays& ways,
                                const std::function<void(Faulty&)>& set_up = {}) {
    const session::Database open = database();
    std::unique_ptr<backup::BackupWriter> writer;
    std::unique_ptr<Faulty> record;
    queue::ScheduleDeed deed =
        queue::change_schedules(open, preview, ways, [&](const std::vector<queue::ScheduleVerdict>& verdicts) {
          backup::BackupHeader head = header();
          head.change = queue::schedule_change_name(ways.change);
          head.tables = {backup::kept(queue::schedule_catalog(*session).tables.front(), *dialect)};
          head.left = queue::as_left(verdicts);
          writer = std::make_unique<backup::BackupWriter>(path(), head, true);
          record = std::make_unique<Faulty>(*writer);
          if (set_up) set_up(*record);
          return record.get();
        });
    if (writer) writer->finish("complete");
    return deed;
  }

  queue::ScheduleDeed change(const queue::ScheduleWays& ways) {
    queue::ScheduleDeed deed = carry_out(judged(ways), ways);
    BOOST_TEST(!deed.failure.has_value(), (deed.failure ? deed.failure->what() : ""));
    return deed;
  }

  queue::ScheduleUndo undo() {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    queue::ScheduleUndo taken_back = queue::undo_schedules(open, file);
    BOOST_TEST(!taken_back.failure.has_value(), (taken_back.failure ? taken_back.failure->what() : ""));
    return taken_back;
  }

  std::int64_t could_undo() {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    return queue::judge_schedule_undo(open, file).taken_back();
  }
};

std::string why_of(const std::vector<queue::ScheduleVerdict>& verdicts, const std::string& actor) {
  for (const queue::ScheduleVerdict& one : verdicts) {
    if (one.schedule.actor == actor) return one.why;
  }
  return "not there";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schedules, Schedules)

BOOST_AUTO_TEST_CASE(a_pause_that_a_release_keeps_is_the_flag_and_authentiks_trigger_sets_the_next_run) {
  const auto before = rows();
  const queue::ScheduleDeed deed = change({.change = ScheduleChange::pause, .keeps_pauses = true});
  BOOST_TEST(deed.committed);
  BOOST_TEST(why_of(deed.verdicts, "a.b.paused") == "paused already");
  const queue::Schedule often = named("a.b.often");
  BOOST_TEST(often.paused);
  BOOST_TEST(often.next_run.value() == 0);
  BOOST_TEST((queue::standing_of(often, now()) == queue::Standing::paused));
  BOOST_TEST(could_undo() == 2);
  BOOST_TEST(undo().taken_back() == 2);
  BOOST_TEST((rows() == before));
  BOOST_TEST(could_undo() == 0);
}

BOOST_AUTO_TEST_CASE(where_a_worker_would_end_a_pause_the_next_run_never_comes) {
  const auto before = rows();
  change({.change = ScheduleChange::pause, .keeps_pauses = false});
  for (const queue::Schedule& one : all()) {
    BOOST_TEST(!one.paused);
    BOOST_TEST(one.next_run.value() == queue::kNeverRuns);
    BOOST_TEST((queue::standing_of(one, now()) == queue::Standing::paused));
  }
  BOOST_TEST(undo().taken_back() == 3);
  BOOST_TEST((rows() == before));
}

BOOST_AUTO_TEST_CASE(what_is_held_goes_on_by_itself) {
  const queue::ScheduleDeed deed = change({.change = ScheduleChange::hold, .hold_s = 7200});
  BOOST_TEST(why_of(deed.verdicts, "a.b.paused") == "paused already, without an end");
  const queue::Schedule often = named("a.b.often");
  BOOST_TEST(!often.paused);
  BOOST_TEST(often.next_run.value() > now() + 7200 * kSecond);
  BOOST_TEST(often.next_run.value() <= now() + 7500 * kSecond + 60 * kSecond);
  BOOST_TEST((queue::standing_of(often, now()) == queue::Standing::held));
}

BOOST_AUTO_TEST_CASE(a_resumed_one_has_its_next_time_at_once) {
  const queue::ScheduleDeed deed = change({.change = ScheduleChange::resume});
  BOOST_TEST(queue::ScheduleUndo{deed.verdicts}.taken_back() == 1);
  BOOST_TEST(why_of(deed.verdicts, "a.b.often") == "not paused");
  const queue::Schedule paused = named("a.b.paused");
  BOOST_TEST(!paused.paused);
  BOOST_TEST(paused.next_run.value() > now());
  BOOST_TEST(paused.next_run.value() <= now() + 3660 * kSecond);
  // It runs, and can be paused again all the same.
  write({"UPDATE authentik_tasks_schedules_schedule SET next_run = $1 WHERE actor_name = 'a.b.paused'",
         session::Value::array({format_timestamp(now() + 9000 * kSecond)})});
  BOOST_TEST(undo().taken_back() == 1);
  BOOST_TEST(named("a.b.paused").paused);
  BOOST_TEST(named("a.b.paused").next_run.value() == 0);
}

BOOST_AUTO_TEST_CASE(run_is_now_and_wakes_the_workers) {
  const queue::ScheduleDeed deed = change({.change = ScheduleChange::run});
  BOOST_TEST(why_of(deed.verdicts, "a.b.paused") == "paused: --resume resumes it, and runs it");
  const Timestamp then = named("a.b.often").next_run.value();
  BOOST_TEST(then >= now());
  BOOST_TEST(then <= now() + 60 * kSecond);
  if (peer.engine() == Engine::sqlite) BOOST_TEST(count("sim_notification", "queue_name = 'default'") == 1);
  // It ran.
  write({"UPDATE authentik_tasks_schedules_schedule SET next_run = $1 WHERE actor_name = 'a.b.often'",
         session::Value::array({format_timestamp(now() + 300 * kSecond)})});
  const queue::ScheduleUndo taken_back = undo();
  BOOST_TEST(taken_back.taken_back() == 1);
  BOOST_TEST(why_of(taken_back.verdicts, "a.b.often") == "it has run");
  BOOST_TEST(named("a.b.seldom").next_run.value() > now() + 60 * kSecond);
}

BOOST_AUTO_TEST_CASE(another_crontab_sets_the_next_run_and_leaves_a_pause) {
  const auto before = rows();
  change({.change = ScheduleChange::crontab, .crontab = "*/2 * * * *"});
  BOOST_TEST(named("a.b.seldom").crontab == "*/2 * * * *");
  BOOST_TEST(named("a.b.seldom").next_run.value() <= now() + 180 * kSecond);
  BOOST_TEST(named("a.b.paused").paused);
  BOOST_TEST(undo().taken_back() == 3);
  BOOST_TEST((rows() == before));
}

BOOST_AUTO_TEST_CASE(what_somebody_changed_since_the_preview_is_left_alone) {
  const queue::ScheduleWays ways{.change = ScheduleChange::pause};
  const auto preview = judged(ways);
  write({"UPDATE authentik_tasks_schedules_schedule SET crontab = '1 1 * * *' WHERE actor_name = 'a.b.often'"});
  write({"DELETE FROM authentik_tasks_schedules_schedule WHERE actor_name = 'a.b.seldom'"});
  const queue::ScheduleDeed deed = carry_out(preview, ways);
  BOOST_TEST(why_of(deed.verdicts, "a.b.often") == "somebody has changed it since the preview");
  BOOST_TEST(why_of(deed.verdicts, "a.b.seldom") == "another transaction has it locked, or it is gone");
  BOOST_TEST(!named("a.b.often").paused);
}

BOOST_AUTO_TEST_CASE(without_its_record_nothing_changes) {
  const auto before = rows();
  const queue::ScheduleWays ways{.change = ScheduleChange::pause};
  const queue::ScheduleDeed deed = carry_out(judged(ways), ways, [](Faulty& record) { record.fail_at = 1; });
  BOOST_TEST(deed.failure.has_value());
  BOOST_TEST(!deed.committed);
  BOOST_TEST(!deed.in_doubt);
  BOOST_TEST((rows() == before));
}

BOOST_AUTO_TEST_CASE(runs_are_told_from_the_tasks_that_belong_to_a_schedule) {
  const std::string id = named("a.b.often").id.to_string();
  write(
      {"INSERT INTO django_content_type (app_label, model) SELECT 'authentik_tasks_schedules', 'schedule' WHERE NOT "
       "EXISTS (SELECT 1 FROM django_content_type AS c WHERE c.model = 'schedule')"});
  const auto kind =
      one({"SELECT c.id FROM django_content_type AS c WHERE c.app_label = 'authentik_tasks_schedules' "
           "AND c.model = 'schedule'"});
  const auto belongs = [&](const std::string& task) {
    write({"UPDATE authentik_tasks_task SET rel_obj_content_type_id = $1, rel_obj_id = $2 WHERE message_id = $3",
           session::Value::array({kind, id, task})});
    return task;
  };
  belongs(insert_task({.state = "queued"}));
  insert_task({.state = "queued"});
  const std::string done = belongs(insert_task({.state = "done", .age_s = 100}));
  insert_log({.task = done, .event = "Task is being processed", .level = "info"});
  insert_log({.task = done, .event = "it went wrong", .level = "warning"});
  for (int i = 0; i < 7; ++i) belongs(insert_task({.state = "rejected", .age_s = 200 + i}));
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  const auto runs = queue::read_schedule_runs(open);
  BOOST_REQUIRE(runs.size() == 1);
  const queue::ScheduleRuns& found = runs.begin()->second;
  BOOST_TEST(found.tasks == 9);
  BOOST_TEST(found.unfinished == 1);
  BOOST_REQUIRE(found.last.size() == queue::kLastRuns);
  BOOST_TEST(found.last.front().task == done);
  BOOST_TEST(found.last.front().state == "done");
  if (has_logs()) BOOST_TEST(found.last.front().level == "warning");
  const auto behind = [&](const queue::TaskFilter& filter) {
    return queue::schedules_behind(open, queue::selection_now(open, filter, transaction.now())).size();
  };
  BOOST_TEST(behind({}) == 1);
  BOOST_TEST(behind({.states = {"done"}}) == 0);
  BOOST_TEST(found.last.back().state == "rejected");
}

BOOST_AUTO_TEST_CASE(the_tables_tell_whether_a_pause_lasts_where_no_version_does) {
  const session::Database open = database();
  BOOST_TEST(queue::keeps_pauses(open, "") == (open.referencing(kDependencyTable) != nullptr));
  BOOST_TEST(queue::keeps_pauses(open, "2026.8.0"));
  BOOST_TEST(!queue::keeps_pauses(open, "2026.5.6"));
  BOOST_TEST(queue::keeps_pauses(open, "2026.11.0"));
}

BOOST_AUTO_TEST_SUITE_END()
