// A queue of three tasks, which a flush takes in two batches and an undo brings back.
#pragma once

#include "scripted_site.hpp"

namespace akqueue::testing {

struct FlushDesk : Desk {
  FlushDesk() {
    terminal.terminal = true;
    site.on("query SELECT t.queue_name, t.actor_name, t.state, count(*), min",
            {rows_are({R"(["default","authentik.tasks.mail","queued",3,null,null])"})});
    site.on("query SELECT CAST(c.changes AS text)", {rows_are({R"(["7"])"})});
    site.on("query SELECT b.state, b.actor_name, count(*)",
            {rows_are({R"(["queued","authentik.tasks.mail",2])"}), rows_are({R"(["queued","authentik.tasks.mail",1])"}),
             rows_are({})});
    site.on("copy_out DELETE FROM", {rows_of({"1", "2"}), rows_of({"3"}), Answer()});
    site.on("execute DELETE FROM \"public\"", {changed(2), changed(1), changed(0)});  // without a backup
    site.on("query SELECT count(*), count(*) FILTER", {rows_are({"[0,0]"})});
  }

  static std::string id(const std::string& digit) { return digit + "1111111-1111-4111-8111-111111111111"; }

  /// Rows of the table, as a copy_out brings them.
  static Answer rows_of(const std::vector<std::string>& digits) {
    Answer answer;
    for (const std::string& digit : digits) {
      begin_tuple(answer.tuples, 5);
      append_field(answer.tuples, id(digit));
      for (const char* value : {"default", "authentik.tasks.mail", "queued", "2026-05-01T11:00:00.000000Z"})
        append_field(answer.tuples, value);
      ++answer.count;
    }
    return answer;
  }

  int flush(std::vector<std::string> options) {
    options.insert(options.begin(), {"flush", "--only-queued"});
    return run(options);
  }

  /// The backups in there.
  std::vector<std::string> backups() const {
    std::vector<std::string> files;
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(state.backups(), none)) files.push_back(file.path());
    return files;
  }
};

}  // namespace akqueue::testing
