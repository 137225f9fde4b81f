#include <boost/test/unit_test.hpp>
#include <fstream>

#include "scenario/for_release.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

/// All but what names the world: no two have the same.
std::string contents(World& world) {
  std::string all;
  for (const char* table :
       {"authentik_tasks_task", "authentik_tasks_tasklog", "sim_lock", "authentik_tasks_schedules_schedule",
        "authentik_tasks_workerstatus", "sim_object", "sim_world"}) {
    Statement rows =
        world.database().prepare(std::string("SELECT * FROM ") + table +
                                 " WHERE rowid NOT IN (SELECT rowid FROM sim_world WHERE key = 'system' AND '" + table +
                                 "' = 'sim_world') ORDER BY rowid");
    while (rows.step()) {
      for (int i = 0; i < rows.column_count(); ++i) all += std::string(rows.text(i)) + "|";
      all += '\n';
    }
  }
  return all;
}

std::string contents_of(const std::string& path) {
  World world(path);
  return contents(world);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(world)

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_world) {
  const TempFolder folder;
  const std::string first = contents_of(make_world(folder, "outpost-storm", 300, 5));
  BOOST_TEST((contents_of(make_world(folder, "outpost-storm", 300, 5)) == first));
  BOOST_TEST((contents_of(make_world(folder, "outpost-storm", 300, 6)) != first));
  const auto system = [&] { return World(make_world(folder, "outpost-storm", 20, 5)).fact("system"); };
  const std::string one = system();
  BOOST_TEST(one.size() == 32u);
  BOOST_TEST(system() != one);
}

BOOST_AUTO_TEST_CASE(a_storm_has_what_its_scenario_says) {
  const TempFolder folder;
  World world(make_world(folder, "outpost-storm", 2500));
  const auto count = [&](const std::string& where) {
    return world.database().integer_of("SELECT count(*) FROM authentik_tasks_task t WHERE " + where);
  };
  BOOST_TEST(count("1") == 2500);
  BOOST_TEST(count("state = 'queued' AND actor_name LIKE '%outpost_send_update'") ==
             1747);  // 3 went to the smallest groups
  BOOST_TEST(count("aggregated_status <> state") == 0);
  BOOST_TEST(count("length(mtime) <> 27 OR length(message_id) <> 36") == 0);
  BOOST_TEST(count(std::string("mtime > '") + kNow + "'") == 0);
  BOOST_TEST(count("state = 'done' AND length(message) > 0") == 0);
  BOOST_TEST(count("state <> 'done' AND length(message) < 200") == 0);
  BOOST_TEST(count("(state IN ('done', 'rejected')) <> (result_expiry IS NOT NULL)") == 0);
  BOOST_TEST(count("rel_obj_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM django_content_type c WHERE c.id = "
                   "t.rel_obj_content_type_id)") == 0);
  BOOST_TEST(count("NOT EXISTS (SELECT 1 FROM authentik_tasks_tasklog l WHERE l.task_id = t.message_id AND l.event = "
                   "'Task has been queued')") == 0);
  BOOST_TEST(
      count("state = 'done' AND NOT EXISTS (SELECT 1 FROM authentik_tasks_tasklog l WHERE l.task_id = t.message_id"
            " AND l.event = 'Task finished processing without errors')") == 0);
  BOOST_TEST(!world.database().text_of("PRAGMA foreign_key_check").has_value());
  BOOST_TEST(world.database().text_of("PRAGMA journal_mode").value() == "wal");
}

BOOST_AUTO_TEST_CASE(live_workers_hold_their_tasks_and_orphans_are_held_by_none) {
  const TempFolder folder;
  World world(make_world(folder, "outpost-storm", 2500));
  Database& database = world.database();
  BOOST_TEST(database.integer_of("SELECT count(*) FROM akqueue_held h JOIN authentik_tasks_task t USING (message_id) "
                                 "WHERE state = 'running'") > 0);
  BOOST_TEST(database.integer_of("SELECT count(*) FROM akqueue_held h JOIN authentik_tasks_task t USING (message_id) "
                                 "WHERE state <> 'running'") == 0);
  BOOST_TEST(database.integer_of("SELECT count(*) FROM authentik_tasks_task WHERE state = 'consumed'") > 0);
  BOOST_TEST(
      database.integer_of(
          "SELECT count(*) FROM sim_lock WHERE worker NOT IN (SELECT hostname FROM authentik_tasks_workerstatus)") ==
      0);
}

BOOST_AUTO_TEST_CASE(schedules_have_their_next_time) {
  const TempFolder folder;
  World world(make_world(folder, "calm", 10));
  const auto next = [&](const std::string& actor) {
    const SqlValue name = "%" + actor;
    return world.database()
        .text_of("SELECT next_run FROM authentik_tasks_schedules_schedule WHERE actor_name LIKE ?1", {&name, 1})
        .value_or("");
  };
  BOOST_TEST(world.database().integer_of("SELECT count(*) FROM authentik_tasks_schedules_schedule") == 16);
  BOOST_TEST(next("certificate_discovery") == "2026-05-01T12:13:00.000000Z");
  BOOST_TEST(next("clean_expired_models") == "2026-05-01T12:02:00.000000Z");
  BOOST_TEST(next("update_latest_version") == "1970-01-01T00:00:00.000000Z");
}

BOOST_AUTO_TEST_CASE(every_release_can_be_made) {
  const TempFolder folder;
  for (const std::string& release : known_releases()) {
    Scenario scenario = find_scenario("calm");
    scenario.release = release;
    create_world(folder.file(release), scenario, {50, 1, {}, false});
    World world(folder.file(release));
    BOOST_TEST(world.database().integer_of("SELECT count(*) FROM authentik_tasks_task") == 50);
  }
}

BOOST_AUTO_TEST_CASE(a_release_is_told_in_its_own_words) {
  const TempFolder folder;
  const auto made = [&](const std::string& release) {
    create_world(folder.file(release), with_release(find_scenario("outpost-storm"), release),
                 {500, 1, parse_timestamp(kNow), true});
    return std::make_unique<World>(folder.file(release));
  };
  const auto old = made("2025.8");
  const auto count = [](World& in, const std::string& where) {
    return in.database().integer_of("SELECT count(*) FROM authentik_tasks_task WHERE " + where);
  };
  BOOST_TEST(old->fact("version") == "2025.8.4");
  BOOST_TEST(count(*old, "state = 'running'") == 0);
  BOOST_TEST(count(*old, "state = 'consumed'") > 0);
  BOOST_TEST(count(*old, "queue_name = 'default.DQ'") > 0);
  BOOST_TEST(count(*old, "state = 'done' AND length(message) = 0") == 0);  // they are kept
  BOOST_TEST(count(*old, "state = 'done' AND aggregated_status <> 'info'") == 0);
  BOOST_TEST(count(*old, "state = 'rejected' AND json_array_length(_previous_messages) = 9") > 0);
  BOOST_TEST(count(*old, "json_extract(_messages, '$[0].timestamp') NOT LIKE '____-__-__T__:__:__.______+00:00'") == 0);
  const auto next = made("next");
  BOOST_TEST(next->fact("version") == "2026.11.0");
  const auto current = made("2026.8");
  BOOST_TEST(current->fact("version") == "2026.8.0");
  BOOST_TEST(count(*next, "state = 'done' AND aggregated_status <> 'info'") == 0);
  // What was generated is what the trigger makes of it.
  for (World* one : {old.get(), current.get(), next.get()}) {
    const std::string all = "SELECT group_concat(aggregated_status) FROM authentik_tasks_task";
    const auto before = one->database().text_of(all);
    one->database().run("UPDATE authentik_tasks_task SET aggregated_status = ''");
    BOOST_TEST((one->database().text_of(all) == before));
  }
}

BOOST_AUTO_TEST_CASE(tables_stand_in_the_schema_of_the_scenario) {
  const TempFolder folder;
  Scenario scenario = find_scenario("calm");
  const std::string count = ".authentik_tasks_task";
  create_world(folder.file("usual"), scenario, {20, 1, {}, false});
  BOOST_TEST(World(folder.file("usual")).database().integer_of("SELECT count(*) FROM public" + count) == 20);
  scenario.schema = "it's \"theirs\"";
  create_world(folder.file("odd"), scenario, {20, 1, {}, false});
  World world(folder.file("odd"));
  BOOST_TEST(world.database().schema() == scenario.schema);
  BOOST_TEST(world.database().integer_of("SELECT count(*) FROM " + quote_identifier(scenario.schema) + count) == 20);
  BOOST_CHECK_THROW(world.database().integer_of("SELECT count(*) FROM public" + count), Error);
}

BOOST_AUTO_TEST_CASE(tasks_wait_for_others_and_belong_to_tenants_and_strangers) {
  const TempFolder folder;
  std::ofstream(folder.file("own.json")) << R"({"title": "t", "release": "2026.8", "tenants": 3,
    "extra_tables": [{"table": "some_note", "rows": 7}],
    "tasks": [{"actor": "a", "state": "waiting_for_dependencies", "count": 10}, {"actor": "b",
 "state": "queued", "count": 5},
              {"actor": "c", "state": "parked", "count": 2}]})";
  Scenario scenario = find_scenario(folder.file("own.json"));
  create_world(folder.file("waiting"), scenario, {0, 1, {}, false});
  World waiting(folder.file("waiting"));
  const auto number = [](World& in, const std::string& sql) { return in.database().integer_of(sql); };
  BOOST_TEST(
      number(waiting,
             "SELECT count(*) FROM authentik_tasks_taskdependency d JOIN authentik_tasks_task t ON t.message_id = "
             "d.task_id"
             " JOIN authentik_tasks_task o ON o.message_id = d.dependency_id WHERE t.state = 'waiting_for_dependencies'"
             " AND o.state <> t.state") == 10);
  BOOST_TEST(number(waiting, "SELECT count(DISTINCT task_id) FROM some_note") == 7);
  BOOST_TEST(number(waiting, "SELECT count(*) FROM authentik_tasks_task WHERE state = 'parked'") == 2);
  BOOST_TEST(!waiting.database().text_of("PRAGMA foreign_key_check").has_value());
  scenario = with_release(scenario, "2025.10");
  create_world(folder.file("usual"), scenario, {0, 1, {}, false});
  World usual(folder.file("usual"));
  BOOST_TEST(number(usual, "SELECT count(DISTINCT tenant_id) FROM authentik_tasks_task") == 3);
  BOOST_TEST(number(usual, "SELECT count(*) FROM authentik_tasks_task WHERE state = 'queued'") == 15);
  BOOST_TEST(!usual.database().text_of("PRAGMA foreign_key_check").has_value());
}

BOOST_AUTO_TEST_CASE(the_clock_goes_on_unless_it_was_stopped) {
  const TempFolder folder;
  World frozen(make_world(folder, "calm", 1));
  BOOST_TEST(format_timestamp(frozen.now()) == kNow);
  create_world(folder.file("running"), find_scenario("calm"), {1, 1, {}, false});
  World running(folder.file("running"));
  const Timestamp before = running.now();
  BOOST_TEST(before >= real_now() - 5 * kSecond);
  while (running.now() == before) {}
  BOOST_TEST(running.now() > before);
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten_without_force_and_nothing_is_left_behind) {
  const TempFolder folder;
  const std::string path = folder.file("w");
  std::ofstream(path) << "mine";
  const Scenario calm = find_scenario("calm");
  BOOST_CHECK_EXCEPTION(create_world(path, calm, {1, 1, {}, false}), Error,
                        [](const Error& error) { return error.code() == ErrorCode::refused; });
  BOOST_TEST(std::filesystem::file_size(path) == 4u);
  Scenario broken = calm;
  broken.release = "1999.1";
  BOOST_CHECK_THROW(create_world(path, broken, {1, 1, {}, true}), Error);
  BOOST_TEST(std::filesystem::file_size(path) == 4u);
  BOOST_TEST(!std::filesystem::exists(path + ".new"));
  create_world(path, calm, {1, 1, {}, true});
  BOOST_TEST(!std::filesystem::exists(path + ".new"));
  World world(path);
  BOOST_TEST(world.fact("scenario") == "calm");
}

BOOST_AUTO_TEST_CASE(what_is_no_world_is_refused) {
  const TempFolder folder;
  BOOST_CHECK_THROW(World(folder.file("missing")), Error);
  BOOST_TEST(!std::filesystem::exists(folder.file("missing")));
  std::ofstream(folder.file("text")) << std::string(5000, 'x');
  BOOST_CHECK_THROW(World(folder.file("text")), Error);
}

BOOST_AUTO_TEST_SUITE_END()
