#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "backup/gzip_writer.hpp"
#include "backup/history.hpp"
#include "backup/kept_backups.hpp"
#include "fakes.hpp"
#include "system/file.hpp"
#include "system/scratch.hpp"
#include "system/text_file.hpp"

using namespace akqueue;
using namespace akqueue::backup;
using namespace akqueue::testing;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> lines_of(const fs::path& file, std::size_t longest) {
  std::vector<std::string> lines;
  system::each_line(file, longest, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

void make_backup(const fs::path& file, const std::string& header = R"({"akqueue_backup":1})") {
  GzipWriter writer(file, true);
  writer.write(header + "\n");
  writer.sync();
}

std::vector<std::string> names_of(const std::vector<KeptBackup>& files) {
  std::vector<std::string> names;
  for (const KeptBackup& file : files) names.push_back(file.name);
  return names;
}

}  // namespace

using Words = std::vector<std::string>;
#define TEST_WORDS(got, ...) BOOST_TEST((got) == (Words{__VA_ARGS__}), boost::test_tools::per_element())

BOOST_AUTO_TEST_SUITE(state_directory)

BOOST_AUTO_TEST_CASE(lines_come_whole_and_never_longer_than_asked_for) {
  const Scratch scratch;
  TEST_WORDS(lines_of(scratch.write("a", "one\n\ntwo\nend"), 10), "one", "", "two", "end");
  TEST_WORDS(lines_of(scratch.write("b", "1234\n12345\n1234\n12345"), 4), "1234", "1234");
  const std::string much(200'000, 'x');
  TEST_WORDS(lines_of(scratch.write("c", much + "\n" + much + "y\nz"), much.size()), much, "z");
  BOOST_TEST(system::beginning_of(scratch.write("d", much), 70'000).size() == 70'000u);
  BOOST_TEST(system::beginning_of(scratch.write("e", "abc"), 70'000) == "abc");
}

BOOST_AUTO_TEST_CASE(only_regular_files_are_read) {
  const Scratch scratch;
  BOOST_TEST_REQUIRE(::mkfifo((scratch.path() / "pipe").c_str(), 0600) == 0);
  for (const fs::path& path :
       {scratch.path() / "pipe", scratch.path(), fs::path("/dev/zero"), scratch.path() / "none"}) {
    BOOST_CHECK_THROW(system::beginning_of(path, 10), system::FileFailure);
  }
  BOOST_CHECK_THROW(system::File::append(scratch.path() / "pipe"), system::FileFailure);
}

BOOST_AUTO_TEST_CASE(no_history_is_none_and_what_is_no_file_is_an_error) {
  const Scratch scratch;
  const StateDirectory state(scratch.path() / "state");
  BOOST_TEST(state.read_history().empty());
  state.prepare();
  BOOST_TEST(state.read_history().empty());
  state.append_history("{}");
  TEST_WORDS(state.read_history(), "{}");
  fs::remove(state.history());
  BOOST_TEST_REQUIRE(::mkfifo(state.history().c_str(), 0600) == 0);
  BOOST_TEST((error_of([&] { state.read_history(); }) == ErrorCode::system));
  BOOST_TEST((error_of([&] { state.append_history("{}"); }) == ErrorCode::system));
  BOOST_TEST((error_of([&] { StateDirectory(scratch.write("file", "")).read_history(); }) == ErrorCode::system));
}

BOOST_AUTO_TEST_CASE(without_a_place_nothing_of_the_current_directory_is_taken) {
  const StateDirectory nowhere{{}};
  BOOST_TEST((error_of([&] { nowhere.prepare(); }) == ErrorCode::system));
  BOOST_TEST((error_of([&] { nowhere.read_history(); }) == ErrorCode::system));
  BOOST_TEST((error_of([&] { find_kept_backups(nowhere); }) == ErrorCode::system));
}

BOOST_AUTO_TEST_CASE(names_of_backups) {
  BOOST_TEST(named_like_a_backup("20261124T033001Z-1f2e-authentik-delete.tasks.gz"));
  BOOST_TEST(named_like_a_backup("20261124T033001Z-1f2e-authentik-delete.jsonl.gz"));
  for (const char* const name : {"", "a.tasks.gz", "20261124T033001Z-1f2e-x.jsonl", "20261124T033001Z-1f2g-x.tasks.gz",
                                 "20261124T033001Z-1f2e.tasks.gz", "x20261124T033001Z-1f2e-x.tasks.gz"}) {
    BOOST_TEST(!named_like_a_backup(name), name);
  }
}

BOOST_AUTO_TEST_CASE(only_what_is_named_and_begins_like_a_backup_is_one) {
  const Scratch scratch;
  const StateDirectory state(scratch.path() / "state");
  BOOST_TEST(find_kept_backups(state).files.empty());
  state.prepare();
  const auto path = [&](char letter) {
    return state.backups() / (std::string("20261124T033001Z-000") + letter + "-authentik-delete.tasks.gz");
  };
  make_backup(path('1'));
  make_backup(path('2'), R"({"akqueue_backup":99})");  // of a newer version
  make_backup(path('3'), R"({"other":1})");
  make_backup(path('4'), std::string(100'000, '['));
  make_backup(state.backups() / "mine.tasks.gz");
  std::ofstream(path('5')) << "";
  fs::create_directory(path('6'));
  fs::create_symlink(path('1'), path('7'));
  BOOST_TEST_REQUIRE(::mkfifo(path('8').c_str(), 0600) == 0);
  const KeptBackups kept = find_kept_backups(state);
  TEST_WORDS(names_of(kept.files), path('2').filename().string(), path('1').filename().string());
  BOOST_TEST(kept.others.size() == 7u);
  BOOST_TEST(kept.unread.empty());
}

BOOST_AUTO_TEST_SUITE_END()
