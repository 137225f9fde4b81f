// The server's COPY: rows as frames, out of a SELECT and into a table.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "akqueue/checksum.hpp"
#include "akqueue/json.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/tuple.hpp"
#include "replica/request.hpp"
#include "replica/server.hpp"

namespace akqueue::sim {

Json ReplicaServer::copy_out(const Json& request, const Writer& write) {
  Statement statement = statement_of(request, Json::array());
  std::int64_t rows = 0;
  std::int64_t frames = 0;
  std::string frame;
  const auto send = [&] {
    write.line(protocol::frame_head(frame));
    write.bytes(frame);
    frame.clear();
    ++frames;
  };
  for (; statement.step(); ++rows) {
    if (frame.size() >= protocol::kFrame) send();
    const std::size_t before = frame.size();
    begin_tuple(frame, static_cast<std::size_t>(statement.column_count()));
    for (int i = 0; i < statement.column_count(); ++i) {
      append_field(frame, statement.kind(i) == SqlKind::null ? std::nullopt : Field(statement.text(i)));
    }
    if (frame.size() - before > protocol::kMaxRow) throw sql_error("54000", "a row is larger than 256 MiB");
  }
  if (!frame.empty()) send();
  return {{"rows", rows}, {"frames", frames}};
}

/// The frames come whatever happens here, so a failure is reported after the last one.
Json ReplicaServer::copy_in(const Json& request, const Writer&) {
  copy_in_.emplace(CopyIn{});
  try {
    const auto table = required<std::string>(request, "table");
    if (phase_ == Phase::greeted) throw Error(ErrorCode::state, "copy_in is not allowed before hello");
    require_transaction();
    database_.start_statement();
    copy_in_->columns = database_.prepare("SELECT * FROM " + table).column_count();
    std::string places;
    for (int i = 1; i <= copy_in_->columns; ++i) places += (i == 1 ? "?" : ", ?") + std::to_string(i);
    copy_in_->insert.emplace(database_.prepare("INSERT INTO " + table + " VALUES (" + places + ")"));
  } catch (const Error& error) { copy_in_->failure = error; }
  return nullptr;
}

void ReplicaServer::take_copied_line(std::string_view line, const Writer& write) {
  CopyIn& copy = *copy_in_;
  if (line == protocol::kEndOfData) {
    CopyIn ended = std::move(copy);
    copy_in_.reset();
    if (ended.failure && phase_ == Phase::open) phase_ = Phase::failed;  // some rows may be in, others not
    if (ended.failure) throw *ended.failure;
    write.line(std::string{protocol::kOk, ' '} + Json{{"rows", ended.rows}, {"frames", ended.frames}}.dump());
    return;
  }
  const auto head = protocol::read_frame_head(line);
  if (!head) {
    copy_in_.reset();
    exit_status_ = 1;
    end_transaction(Phase::over);
    throw protocol_error("a line of copy_in is neither a frame nor its end");
  }
  copy.frame = *head;
  if (head->length == 0) take({});
}

void ReplicaServer::take(std::string_view bytes) {
  CopyIn& copy = *copy_in_;
  const std::uint32_t sum = copy.frame.sum;
  copy.frame = {};
  ++copy.frames;
  if (copy.failure) return;
  try {
    if (crc32_of(bytes) != sum) throw protocol_error("rows were damaged on the way");
    insert_rows(bytes);
  } catch (const Error& error) { copy.failure = error; }
}

void ReplicaServer::insert_rows(std::string_view tuples) {
  TupleReader reader(tuples);
  try {
    while (reader.next()) {
      const auto& fields = reader.fields();
      if (std::cmp_not_equal(fields.size(), copy_in_->columns)) {
        throw sql_error("22P04", "row field count is " + std::to_string(fields.size()) + ", expected " +
                                     std::to_string(copy_in_->columns));
      }
      for (int i = 0; i < copy_in_->columns; ++i) {
        const Field& field = fields[static_cast<std::size_t>(i)];
        field ? copy_in_->insert->bind_text(i + 1, *field) : copy_in_->insert->bind(i + 1, SqlValue());
      }
      copy_in_->insert->run();
      ++copy_in_->rows;
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::damaged) throw sql_error("22P04", "unexpected EOF in COPY data");
    throw;
  }
}

}  // namespace akqueue::sim
