// What the cases of delete_tasks() share: orders for what a preview of this moment would show, and a sink that keeps
// books.
#pragma once

#include <boost/test/unit_test.hpp>
#include <set>

#include "backup/rows.hpp"
#include "queue.hpp"
#include "queue/change/deletion.hpp"
#include "wire.hpp"

namespace akqueue::contract {

/// Keeps each row that was given, apart by batch and by how the batch ended.
class Books final : public backup::BackupSink {
 public:
  void rows(const session::Table& table, std::string_view tuples) override {
    backup::check_rows(backup::kept(table, *dialect_), tuples, [&](const TupleReader& row) {
      const std::string key = backup::name_of_row(backup::kept(table, *dialect_), row.fields());
      BOOST_TEST(open_.insert(key).second, key << " came twice in one batch");
    });
  }
  void seal(const std::string&, std::int64_t rows) override {
    BOOST_TEST(static_cast<std::int64_t>(open_.size()) == rows);
    ++seals;
    if (on_seal) on_seal(open_);
    sealed_ = true;
  }
  void ended(bool committed, bool) noexcept override {
    if (committed && !sealed_ && !open_.empty()) unsealed = true;
    for (const std::string& key : open_) {
      if (!committed) back.insert(key);
      else if (!gone.insert(key).second) twice.insert(key);
    }
    open_.clear();
    sealed_ = false;
  }

  std::set<std::string> gone;   ///< `table key` of rows whose batch was committed
  std::set<std::string> back;   ///< of a batch that was not
  std::set<std::string> twice;  ///< gone more than once
  bool unsealed = false;        ///< a batch was committed without a seal
  int seals = 0;
  std::function<void(const std::set<std::string>& rows)> on_seal;

 private:
  std::unique_ptr<session::Dialect> dialect_ =
      session::make_dialect(peer().is_postgres() ? "postgresql" : "sqlite", "15");
  std::set<std::string> open_;
  bool sealed_ = false;
};

struct Deletions : EmptyQueue {
  /// As after a preview of this moment.
  queue::DeletionPlan orders(const Choice& choice = {}) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    queue::DeletionPlan made;
    made.selection = queue::pin(open, choice.filter(), transaction.now());
    made.expected = queue::count_selection(open, made.selection).total();
    return made;
  }
  queue::DeletionResult run(const queue::DeletionPlan& given) {
    const session::Database open = database();
    return queue::delete_tasks(open, given);
  }
  queue::DeletionResult run(const Choice& choice = {}) { return run(orders(choice)); }

  std::int64_t tasks(std::string_view condition = "1 = 1") { return count("authentik_tasks_task", condition); }
  std::int64_t logs() { return has_logs() ? count("authentik_tasks_tasklog") : 0; }

  /// A deletion of all tasks is refused with these words, and has deleted nothing.
  void check_refused(const std::string& words) {
    const std::string id = insert_task();
    const std::int64_t before = tasks();
    const queue::DeletionPlan given = orders();
    try {
      run(given);
      BOOST_ERROR("it was not refused");
    } catch (const Error& error) {
      BOOST_TEST((error.code() == ErrorCode::unsupported));
      BOOST_TEST(std::string(error.what()).find(words) != std::string::npos, error.what());
      BOOST_TEST(error.hint().starts_with("nothing was deleted; "), error.hint());
    }
    BOOST_TEST(tasks("message_id = '" + id + "'") == 1);
    BOOST_TEST(tasks() == before);
  }
};

/// It came to its end, and its sums say so.
inline void check_complete(const queue::DeletionResult& result, std::int64_t deleted) {
  BOOST_TEST((result.ending == Ending::complete));
  BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
  BOOST_TEST(backup::total(result.deleted) == deleted);
  BOOST_TEST(result.counted);
  BOOST_TEST(result.in_doubt == 0);
}

}  // namespace akqueue::contract
