// Several writers of one backup file: whole batches, whatever the order in which they are sealed and committed.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "backup/reader.hpp"
#include "backup/writer.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::backup;
using namespace akqueue::testing;

namespace {

namespace fs = std::filesystem;

/// Takes the first value of each row that it reads.
struct FirstValues final : BatchRows {
  void rows(std::size_t, std::string_view tuples) override {
    for (TupleReader reader(tuples); reader.next();) all.emplace_back(*reader.fields().front());
  }
  void json_row(std::size_t, std::string_view) override {}
  std::vector<std::string> all;
};

struct TwoWriters {
  TwoWriters() {
    std::string name = (fs::temp_directory_path() / "akqueue-writers.XXXXXX").string();
    folder = mkdtemp(name.data());
    table.schema = "public";
    table.name = "tasks";
    head.tables = {{.schema = "public",
                    .name = "tasks",
                    .columns = {{.name = "message_id", .type = "text"}},
                    .primary_key = {"message_id"}}};
    open(true);
  }
  ~TwoWriters() { fs::remove_all(folder); }

  void open(bool compressed) {
    other.reset();
    one.reset();
    fs::remove(path());
    one = std::make_unique<BackupWriter>(path(), head, compressed);
    other = one->beside();
  }
  std::string path() const { return (folder / "b.tasks.gz").string(); }
  void give(BackupWriter& writer, const std::string& value) const {
    std::string tuples;
    begin_tuple(tuples, 1);
    append_field(tuples, value);
    writer.rows(table, tuples);
  }
  /// What a restoration would read: the first rows of each batch that is not rolled back, by fate.
  std::vector<std::string> read() const {
    BackupFile file(path());
    std::vector<std::string> found;
    const BackupContents contents = file.check();
    for (auto batch = contents.batches.rbegin(); batch != contents.batches.rend(); ++batch) {
      FirstValues rows;
      file.read(*batch, rows);
      const char* const fate = batch->fate == BatchFate::committed     ? "committed"
                               : batch->fate == BatchFate::rolled_back ? "rolled back"
                                                                       : "uncertain";
      std::string line = std::to_string(batch->number) + " " + fate;
      for (const std::string& value : rows.all) line += " " + value.substr(0, 10);
      found.push_back(line);
    }
    return found;
  }
  void check(const std::vector<std::string>& expected) const {
    BOOST_TEST(read() == expected, boost::test_tools::per_element());
  }

  fs::path folder;
  session::Table table;
  BackupHeader head{.tool = "test", .created = "now"};
  std::unique_ptr<BackupWriter> one;
  std::unique_ptr<BackupWriter> other;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup_writers, TwoWriters)

BOOST_AUTO_TEST_CASE(batches_are_whole_and_their_fates_come_when_they_are_known) {
  for (const bool compressed : {true, false}) {
    open(compressed);
    give(*one, "a1");
    give(*other, "b1");
    give(*one, "a2");
    other->seal("", 1);
    one->seal("7", 2);
    one->ended(true, true);
    give(*one, "a3");
    one->seal("8", 1);
    one->ended(true, true);
    one->finish("complete");
    check({"3 committed a3", "2 committed a1 a2", "1 uncertain b1"});
    BOOST_TEST(one->rows() == 3);
  }
}

BOOST_AUTO_TEST_CASE(a_fate_that_is_known_late_stands_behind_batches_of_others) {
  give(*one, "a1");
  one->seal("", 1);
  for (const char* value : {"b1", "b2"}) {
    give(*other, value);
    other->seal("", 1);
    other->ended(true, true);
  }
  one->ended(false, true);  // its COMMIT failed
  give(*other, "b3");
  other->seal("", 1);
  other->ended(true, false);
  one->finish("failed");
  check({"4 uncertain b3", "3 committed b2", "2 committed b1", "1 rolled back a1"});
  BOOST_TEST(one->rows() == 3);
}

BOOST_AUTO_TEST_CASE(what_is_rolled_back_before_its_seal_is_not_in_the_file) {
  give(*one, "a1");
  one->ended(false, true);
  give(*one, "a2");
  give(*other, "b1");
  other->seal("", 1);
  other->ended(true, true);
  one->ended(false, true);
  one->finish("failed");
  check({"1 committed b1"});
  BOOST_TEST(BackupFile(path()).check().unsealed_rows == 0);
}

/// More than a writer may hold: its rows go into the file before its seal, and nobody else's among them.
BOOST_AUTO_TEST_CASE(a_large_batch_has_the_file_until_it_ends) {
  const std::string large(3 << 20, 'x');
  for (const bool rolled_back : {true, false}) {
    open(false);
    give(*other, "b1");
    other->seal("", 1);
    give(*one, large);
    give(*one, large);
    other->ended(true, true);  // told while the file is the other's
    give(*one, "end");
    std::thread beside([&] {
      give(*other, "b2");
      other->seal("", 1);
      other->ended(true, true);
    });
    if (rolled_back) {
      one->ended(false, true);
      beside.join();
      one->finish("failed");
      check({"3 committed b2", "1 committed b1"});
    } else {
      one->seal("", 3);
      one->ended(true, true);
      beside.join();
      one->finish("complete");
      check({"3 committed b2", "2 committed xxxxxxxxxx xxxxxxxxxx end", "1 committed b1"});
    }
  }
}

/// Its rows and what became of another's batch are not mixed up where the turn comes in the middle of a row.
BOOST_AUTO_TEST_CASE(a_row_that_is_larger_than_what_is_held_goes_through_in_pieces) {
  open(false);
  give(*other, "b1");
  other->seal("", 1);
  other->ended(true, true);
  give(*one, std::string(11 << 20, 'x'));
  one->seal("", 1);
  one->ended(true, true);
  one->finish("complete");
  check({"2 committed xxxxxxxxxx", "1 committed b1"});
}

BOOST_AUTO_TEST_CASE(one_that_fails_to_seal_leaves_the_file_to_the_other) {
  give(*one, "a1");
  BOOST_CHECK_THROW(one->seal("", 2), Error);
  one->ended(false, true);
  give(*other, "b1");
  other->seal("", 1);
  other->ended(true, true);
  one->finish("failed");
  check({"1 committed b1"});
}

BOOST_AUTO_TEST_CASE(what_was_sealed_can_be_read_whatever_comes_after) {
  give(*one, "a1");
  give(*other, "b1");
  one->seal("", 1);
  other->seal("", 1);
  give(*one, "a2");
  fs::copy(path(), path() + ".copy");
  const std::vector<std::string> killed = [&] {
    fs::rename(path() + ".copy", path());
    return read();
  }();
  BOOST_TEST(killed == (std::vector<std::string>{"2 uncertain b1", "1 uncertain a1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_threads_write_all_of_their_batches) {
  constexpr int kBatches = 50;
  const auto write = [&](BackupWriter& writer, char who) {
    for (int batch = 0; batch < kBatches; ++batch) {
      give(writer, who + std::to_string(batch));
      give(writer, who + std::to_string(batch));
      writer.seal("", 2);
      writer.ended(true, true);
    }
  };
  std::thread beside([&] { write(*other, 'b'); });
  write(*one, 'a');
  beside.join();
  one->finish("complete");
  const std::vector<std::string> found = read();
  BOOST_TEST(found.size() == 2U * kBatches);
  for (const std::string& line : found) {
    BOOST_TEST(line.find(" committed ") != std::string::npos, line);
    const std::size_t first = line.rfind(' ');
    const std::string value = line.substr(first + 1);
    BOOST_TEST(line.ends_with(value + " " + value), line);
  }
  BOOST_TEST(one->rows() == 4 * kBatches);
}

BOOST_AUTO_TEST_SUITE_END()
