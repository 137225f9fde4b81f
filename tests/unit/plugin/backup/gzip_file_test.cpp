#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "backup/gzip_file.hpp"
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
