// Places and files that are this user's alone, and what a file tells of itself.
#include "system/private_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "akqueue/error.hpp"
#include "backup/state_directory.hpp"
#include "system/file.hpp"
#include "system/scratch.hpp"

using namespace akqueue;
using namespace akqueue::system;
using namespace akqueue::testing;

namespace {

namespace fs = std::filesystem;

struct Umask {
  explicit Umask(mode_t mask) : before(::umask(mask)) {}
  ~Umask() { ::umask(before); }
  mode_t before;
};

int mode_of(const fs::path& path) {
  struct stat found{};
  BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &found), 0);
  return static_cast<int>(found.st_mode & 07777);
}

/// `refused: …`, `failed: …`, or nothing.
template <class Call>
std::string fate_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(error_kind(error.code()).name) + ": " + error.what();
  } catch (const FileFailure& failure) { return std::string("failed: ") + failure.what(); }
  return {};
}

std::string words_above(const fs::path& path) {
  return fate_of([&] { check_folders_above(path); });
}

struct Folders {
  Scratch scratch;
  /// With exactly this mode.
  fs::path make(const std::string& name, mode_t mode) const {
    const fs::path folder = scratch.path() / name;
    fs::create_directories(folder);
    BOOST_REQUIRE_EQUAL(::chmod(folder.c_str(), mode), 0);
    return folder;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(private_place, Folders)

BOOST_AUTO_TEST_CASE(folders_are_private_whatever_the_umask) {
  int number = 0;
  for (const mode_t mask : {0u, 022u, 077u, 0777u}) BOOST_TEST_CONTEXT(mask) {
      const fs::path top = scratch.path() / std::to_string(++number);
      {
        const Umask umask(mask);
        make_private_folder(top / "a" / "b");
        make_private_folder(top / "a" / "b");  // is there
      }
      for (const fs::path& folder : {top, top / "a", top / "a" / "b"}) BOOST_TEST(mode_of(folder) == 0700);
    }
}

BOOST_AUTO_TEST_CASE(what_is_there_keeps_its_mode) {
  const fs::path open = make("open", 0755);
  make_private_folder(open / "state");
  BOOST_TEST(mode_of(open) == 0755);
  make_private_folder(open);
  BOOST_TEST(mode_of(open) == 0755);
  BOOST_TEST(fate_of([&] { check_private_folder(open); }) == "refused: others can look into " + open.string());
  BOOST_TEST(fate_of([&] { make_private_folder(scratch.write("file", "") / "state"); }) == "failed: Not a directory");
}

BOOST_AUTO_TEST_CASE(others_must_not_write_above) {
  const fs::path state = make("above/state/akqueue", 0700);
  const fs::path above = scratch.path() / "above";
  BOOST_TEST(words_above(state) == "");
  BOOST_TEST(words_above(above / "not" / "there" / "yet") == "");
  for (const mode_t mode : {0777u, 0757u, 0722u}) {
    ::chmod(above.c_str(), mode);
    BOOST_TEST(words_above(state) ==
               "refused: others can write into " + above.string() + ", and could replace the directory in it");
    BOOST_TEST(words_above(above / "not" / "there" / "yet").starts_with("refused: others can write into "));
  }
  ::chmod(above.c_str(), 01777);
  BOOST_TEST(words_above(state) == "");
}

BOOST_AUTO_TEST_CASE(a_group_of_ones_own_may_write_above) {
  const fs::path above = make("above", 0775);
  struct stat found{};
  ::stat(above.c_str(), &found);
  const bool own = found.st_gid == ::getegid() && ::getegid() == ::geteuid();
  BOOST_TEST(words_above(above / "state").empty() == own);
  if (::geteuid() != 0) return;
  BOOST_REQUIRE_EQUAL(::chown(above.c_str(), 0, 12345), 0);
  BOOST_TEST(words_above(above / "state").starts_with("refused: others can write into "));
}

BOOST_AUTO_TEST_CASE(a_folder_of_somebody_else_must_not_stand_above) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("only root can give folders away");
    return;
  }
  const fs::path above = make("above", 0755);
  BOOST_REQUIRE_EQUAL(::chown(above.c_str(), 12345, 0), 0);
  BOOST_TEST(words_above(above / "state") ==
             "refused: " + above.string() + " belongs to another user, who could replace the directory in it");
}

BOOST_AUTO_TEST_CASE(links_are_judged_by_where_they_lead) {
  const fs::path state = make("open/state", 0700);
  ::chmod((scratch.path() / "open").c_str(), 0777);
  fs::create_directory_symlink(state, scratch.path() / "link");
  BOOST_TEST(words_above(scratch.path() / "link" / "akqueue")
                 .starts_with("refused: others can write into " + (scratch.path() / "open").string()));
}

BOOST_AUTO_TEST_CASE(the_state_directory_asks) {
  const fs::path above = make("above", 0777);
  BOOST_TEST(fate_of([&] {
               backup::StateDirectory(above / "akqueue").prepare();
             }).starts_with("refused: others can write into "));
  BOOST_TEST(!fs::exists(above / "akqueue"));
  const backup::StateDirectory state(scratch.path() / "x" / "y" / "akqueue");
  state.prepare();
  for (const char* name : {"x", "x/y", "x/y/akqueue", "x/y/akqueue/backups"})
    BOOST_TEST(mode_of(scratch.path() / name) == 0700);
}

BOOST_AUTO_TEST_CASE(an_open_file_is_judged_itself) {
  const fs::path path = scratch.write("file", "text");
  ::chmod(path.c_str(), 0644);
  File file = File::read(path);
  BOOST_TEST(fate_of([&] { file.check_own("it"); }) == "");
  // Another one in its place changes nothing, its own mode does.
  fs::rename(path, scratch.path() / "moved");
  ::chmod(scratch.write("file", "other").c_str(), 0666);
  BOOST_TEST(fate_of([&] { file.check_own("it"); }) == "");
  BOOST_TEST(fate_of([&] { check_own_file(path); }) == "refused: others could have written " + path.string());
  ::chmod((scratch.path() / "moved").c_str(), 0664);
  BOOST_TEST(fate_of([&] { file.check_own("it"); }) == "refused: others could have written it");
  BOOST_TEST(fate_of([&] { check_own_file(scratch.path() / "none"); }) == "failed: No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_pipe_or_a_folder_is_not_a_file_and_is_not_waited_for) {
  const fs::path pipe = scratch.path() / "pipe";
  BOOST_REQUIRE_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  BOOST_CHECK_THROW(File::read(pipe), FileFailure);
  BOOST_TEST(fate_of([&] { check_own_file(pipe); }) == "failed: it is not a regular file");
  BOOST_TEST(fate_of([&] { check_own_file(scratch.path()); }) == "failed: Is a directory");
}

BOOST_AUTO_TEST_CASE(reading_begins_where_it_is_told) {
  File file = File::read(scratch.write("file", "abcdef"));
  char bytes[8];
  file.seek(4);
  BOOST_TEST(std::string(bytes, file.read(bytes, sizeof bytes)) == "ef");
  file.seek(0);
  BOOST_TEST(std::string(bytes, file.read(bytes, 2)) == "ab");
}

BOOST_AUTO_TEST_CASE(one_writer_has_the_lock_and_readers_can_tell) {
  const fs::path path = scratch.path() / "file";
  File reader = [&] {
    File writer = File::create(path);
    File other = File::append(path);
    File made = File::read(path);
    BOOST_TEST(!made.locked_by_another());
    BOOST_TEST(writer.try_lock());
    BOOST_TEST(writer.try_lock());  // has it
    BOOST_TEST(!other.try_lock());
    BOOST_TEST(made.locked_by_another());
    return made;
  }();
  // The writer is closed; checking has left no lock.
  BOOST_TEST(!reader.locked_by_another());
  BOOST_TEST(File::append(path).try_lock());
}

BOOST_AUTO_TEST_SUITE_END()
