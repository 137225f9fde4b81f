#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "backup/gzip_file.hpp"
#include "backup/gzip_writer.hpp"
#include "backup/write_behind.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::backup;
using namespace akqueue::testing;

namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "akqueue-gzip.XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(folder); }
  std::string file(const char* name) const { return (folder / name).string(); }
  fs::path folder;
};

std::vector<std::string> lines_of(const std::string& path) {
  GzipReader reader(system::File::read(path), path);
  std::vector<std::string> lines;
  while (const auto line = reader.line()) lines.emplace_back(*line);
  return lines;
}

/// The disk takes only so many bytes of a file: what a full one does, without one.
struct FullDisk {
  explicit FullDisk(rlim_t bytes) {
    before = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{bytes, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, before);
  }
  rlimit limit{};
  void (*before)(int);
};

/// Does not shrink much.
std::string noise(std::size_t size, unsigned seed) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i)
    text += static_cast<char>('!' + (seed = seed * 1103515245u + 12345u) / 65536u % 90u);
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gzip_file, Folder)

BOOST_AUTO_TEST_CASE(lines_come_back) {
  for (const bool compressed : {true, false}) {
    const std::string path = file(compressed ? "a.gz" : "a");
    {
      GzipWriter writer(path, compressed);
      writer.write("one\n\ntwo ü\n");
      writer.sync();
      writer.write(std::string(1'000'000, 'x') + "\n");
      writer.sync();
    }
    const auto lines = lines_of(path);
    BOOST_TEST(lines.size() == 4u);
    BOOST_TEST(lines[2] == "two ü");
    BOOST_TEST(lines[3].size() == 1'000'000u);
    BOOST_TEST((fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
  }
}

BOOST_AUTO_TEST_CASE(what_was_synced_can_be_read_without_an_end) {
  GzipWriter writer(file("a.gz"), true);
  writer.write("one\ntwo\n");
  writer.sync();
  writer.write("three\n");
  BOOST_TEST(lines_of(file("a.gz")).size() == 2u);
}

/// A stream for each part that was synced, and each can be gone to.
BOOST_AUTO_TEST_CASE(places_lead_back_to_lines_and_bytes) {
  for (const bool compressed : {true, false}) {
    const std::string path = file(compressed ? "c.gz" : "c");
    {
      GzipWriter writer(path, compressed);
      for (const char* part : {"one\n", "two\nthree\n", "4444\nfive\n"}) writer.write(part), writer.sync();
      writer.sync();  // nothing new: no empty stream
    }
    GzipReader reader(system::File::read(path), path);
    std::vector<std::pair<FilePlace, std::string>> found;
    for (FilePlace place = reader.place(); const auto line = reader.line(); place = reader.place())
      found.emplace_back(place, *line);
    BOOST_TEST(found.size() == 5u);
    for (auto one = found.rbegin(); one != found.rend(); ++one) {
      reader.go_to(one->first);
      BOOST_TEST(std::string(reader.line().value()) == one->second);
    }
    reader.go_to(found[3].first);
    BOOST_TEST(std::string(reader.bytes(4).value()) == "4444");
    BOOST_TEST(std::string(reader.bytes(6).value()) == "\nfive\n");
    BOOST_TEST(!reader.bytes(1).has_value());
    BOOST_TEST(!reader.line().has_value());
    reader.go_to(found[0].first);
    BOOST_TEST(std::string(reader.bytes(8).value()) == "one\ntwo\n");
    if (compressed) BOOST_TEST(found[1].first.stream < found[3].first.stream);
  }
}

/// A part of several members, cut off anywhere: what is whole can be read, and the part before it in any case.
BOOST_AUTO_TEST_CASE(a_part_of_many_members_can_be_read_up_to_where_it_was_cut) {
  const std::string path = file("d.gz");
  std::string text;
  std::int64_t first = 0;
  {
    GzipWriter writer(path, true);
    writer.write("one\n");
    writer.sync();
    first = writer.size();
    for (unsigned i = 0; i < 30; ++i) text += noise(99'999, i) + "\n";
    for (std::size_t at = 0; at < text.size(); at += 70'000) writer.write(std::string_view(text).substr(at, 70'000));
    writer.sync();
    BOOST_TEST(writer.size() == static_cast<std::int64_t>(fs::file_size(path)));
  }
  BOOST_TEST(std::system(("zcat " + path + " | tail -c +5 > " + file("d")).c_str()) == 0);
  std::ifstream plain(file("d"), std::ios::binary);
  BOOST_TEST((std::string(std::istreambuf_iterator<char>(plain), {}) == text));
  const auto lines = lines_of(path);
  BOOST_TEST(lines.size() == 31u);
  for (std::int64_t end = static_cast<std::int64_t>(fs::file_size(path)) - 100'000; end > first; end -= 400'001) {
    fs::resize_file(path, static_cast<std::uintmax_t>(end));
    const auto left = lines_of(path);
    BOOST_TEST(left.size() >= 1u);
    BOOST_TEST(left.size() < 31u);
    BOOST_TEST(std::equal(left.begin(), left.end(), lines.begin()));
  }
}

/// More than is read ahead: places in any order, some of them left before anything, or all, was read ahead from there.
BOOST_AUTO_TEST_CASE(a_large_file_is_read_from_any_place_in_any_order) {
  for (const bool compressed : {true, false}) {
    const std::string path = file(compressed ? "e.gz" : "e");
    constexpr int kParts = 120;
    {
      GzipWriter writer(path, compressed);
      for (unsigned i = 0; i < kParts; ++i) {
        writer.write(noise(99'999, i) + "\n");
        if (i % 5 == 0) writer.sync();
      }
      writer.sync();
    }
    GzipReader reader(system::File::read(path), path);
    std::vector<FilePlace> places;
    for (FilePlace place = reader.place(); reader.line(); place = reader.place()) places.push_back(place);
    BOOST_REQUIRE(places.size() == kParts);
    unsigned seed = 7;
    for (int i = 0; i < 60; ++i) {
      seed = seed * 1103515245u + 12345u;
      const unsigned part = seed / 65536u % kParts;
      reader.go_to(places[part]);
      if (i % 4 == 0) continue;
      if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      const unsigned last = std::min<unsigned>(kParts, part + 1 + i % 3);
      for (unsigned one = part; one < last; ++one)
        BOOST_REQUIRE((std::string(reader.line().value()) == noise(99'999, one)));
    }
    reader.go_to(places.back());
    BOOST_TEST(reader.line().has_value());
    BOOST_TEST(!reader.line().has_value());
    BOOST_TEST(!reader.line().has_value());
  }
}

/// What fails ahead of the reader is told when the reader gets there, again if asked again, and nowhere else.
BOOST_AUTO_TEST_CASE(damage_is_told_where_it_is_and_not_before) {
  const std::string path = file("f.gz");
  std::int64_t damaged = 0;
  {
    GzipWriter writer(path, true);
    for (unsigned i = 0; i < 40; ++i) {
      if (i == 30) damaged = writer.size();
      writer.write(noise(99'999, i) + "\n");
      writer.sync();
    }
  }
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(damaged + 5'000) << std::string(100, '\0');
  GzipReader reader(system::File::read(path), path);
  for (unsigned i = 0; i < 30; ++i) BOOST_REQUIRE((std::string(reader.line().value()) == noise(99'999, i)));
  BOOST_TEST((error_of([&] { reader.line(); }) == ErrorCode::damaged));
  BOOST_TEST((error_of([&] { reader.line(); }) == ErrorCode::damaged));
  reader.go_to({});
  BOOST_TEST((std::string(reader.line().value()) == noise(99'999, 0)));
}

BOOST_AUTO_TEST_CASE(what_is_written_behind_comes_in_order_and_ends_at_the_first_failure) {
  std::string written;
  WriteBehind behind([&](std::string_view piece) {
    if (piece == "13") throw system::FileFailure("thirteen", false);
    written += piece;
  });
  const auto give = [&](int number) {
    std::string piece = std::to_string(number);
    behind.give(piece);
    BOOST_TEST(piece.empty());
  };
  for (int i = 0; i < 13; ++i) give(i);
  behind.wait();
  BOOST_TEST(written == "0123456789101112");
  const auto rest = [&] {
    for (int i = 13; i < 40; ++i) give(i);
  };
  BOOST_CHECK_THROW(rest(), system::FileFailure);
  BOOST_CHECK_THROW(behind.wait(), system::FileFailure);
  BOOST_TEST(written == "0123456789101112");
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_what_was_synced) {
  for (const bool compressed : {true, false}) {
    const std::string path = file(compressed ? "b.gz" : "b");
    GzipWriter writer(path, compressed);
    writer.write("one\n" + noise(100'000, 1) + "\n");
    writer.sync();
    const std::int64_t synced = writer.size();
    {
      const FullDisk full(static_cast<rlim_t>(synced) + 5000);
      const auto more = [&] {
        for (unsigned i = 0; i < 20; ++i) writer.write(noise(100'000, i) + "\n");
        writer.sync();
      };
      BOOST_TEST((error_of(more) == ErrorCode::system));
    }
    // There is space again, but nothing may follow the gap.
    BOOST_TEST((error_of([&] { writer.write("late\n"); }) == ErrorCode::system));
    BOOST_TEST((error_of([&] { writer.sync(); }) == ErrorCode::system));
    BOOST_TEST(writer.size() == synced);
    BOOST_TEST(lines_of(path).size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_is_never_overwritten) {
  std::ofstream(file("there")) << "mine";
  BOOST_TEST((error_of([&] { GzipWriter(file("there"), true); }) == ErrorCode::system));
  fs::create_symlink(file("elsewhere"), file("link"));
  BOOST_TEST((error_of([&] { GzipWriter(file("link"), true); }) == ErrorCode::system));
}

BOOST_AUTO_TEST_SUITE_END()
