#include "wire.hpp"

#include <boost/test/unit_test.hpp>

#include "akqueue/checksum.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/tuple.hpp"

namespace akqueue::embedded {
extern const std::string_view agent_source;  // session/agent.py
}

namespace akqueue::contract {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

}  // namespace

std::string Reply::failure() const {
  if (!failed) return {};
  const std::string sqlstate = object.value("sqlstate", std::string());
  return object.value("code", std::string()) + (sqlstate.empty() ? "" : " " + sqlstate);
}

std::vector<ForeignJson> Reply::rows() const {
  std::vector<ForeignJson> parsed;
  for (const std::string& line : lines) parsed.push_back(ForeignJson::parse(line));
  return parsed;
}

std::vector<std::string> Reply::texts() const {
  std::vector<std::string> all;
  for (const std::string& frame : frames) {
    TupleReader reader(frame);
    while (reader.next()) all.emplace_back(reader.fields().at(0).value_or("(null)"));
  }
  return all;
}

std::string tuple_of(std::string_view text) {
  std::string tuple;
  begin_tuple(tuple, 1);
  append_field(tuple, text);
  return tuple;
}

Wire::Wire(Peer& peer)
    : process_(
          peer.exec({"python", "-c", "import sys;exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))"})) {
  process_->write(std::to_string(embedded::agent_source.size()) + "\n");
  process_->write(embedded::agent_source);
  for (;;) {
    const auto line = process_->read_line(kPatience);
    if (!line) throw Error(ErrorCode::no_greeting, "the peer did not greet");
    if (*line == protocol::kGreeting) break;
  }
  BOOST_REQUIRE_EQUAL(ask({{"op", "hello"}, {"protocol", protocol::kVersion}}).failure(), "");
}

Reply Wire::read_reply() {
  Reply reply;
  for (;;) {
    const auto line = process_->read_line(kPatience);
    if (!line) throw Error(ErrorCode::lost, "the peer ended");
    const char tag = line->empty() ? '\0' : line->front();
    const std::string body(line->size() < 2 ? "" : line->substr(2));
    if (tag == protocol::kRow) {
      reply.lines.push_back(body);
      continue;
    }
    if (tag == protocol::kData) {
      const auto text = without_sum(*line);
      const auto head = text ? protocol::read_frame_head(*text) : std::nullopt;
      BOOST_REQUIRE_MESSAGE(head.has_value(), "not a frame: " << *line);
      reply.frames.emplace_back(process_->read_bytes(head->length, kPatience).value());
      BOOST_REQUIRE_EQUAL(crc32_of(reply.frames.back()), head->sum);
      continue;
    }
    BOOST_REQUIRE_MESSAGE(tag == protocol::kOk || tag == protocol::kFailed, "not a reply: " << *line);
    reply.failed = tag == protocol::kFailed;
    const auto text = without_sum(*line);
    BOOST_REQUIRE_MESSAGE(text.has_value(), "the sum is not the line's: " << *line);
    reply.object = ForeignJson::parse(text->substr(2));
    return reply;
  }
}

Reply Wire::ask_line(std::string_view line) {
  process_->write(with_sum(line) + "\n");
  return read_reply();
}

Reply Wire::ask(const ForeignJson& request) { return ask_line(request.dump()); }

std::vector<Reply> Wire::ask_together(const std::vector<ForeignJson>& requests) {
  std::string text;
  for (const ForeignJson& request : requests) text += with_sum(request.dump()) + "\n";
  process_->write(text);
  std::vector<Reply> replies;
  for (std::size_t i = 0; i < requests.size(); ++i) replies.push_back(read_reply());
  return replies;
}

Reply Wire::query(const std::string& sql, const ForeignJson& params) {
  return ask({{"op", "query"}, {"sql", sql}, {"params", params}});
}

Reply Wire::execute(const std::string& sql, const ForeignJson& params) {
  return ask({{"op", "execute"}, {"sql", sql}, {"params", params}});
}

Reply Wire::copy_in(const std::string& table, const std::vector<std::string>& texts) {
  std::string frame;
  for (const std::string& text : texts) frame += tuple_of(text);
  return copy_frames(table, {frame});
}

Reply Wire::copy_frames(const std::string& table, const std::vector<std::string>& frames) {
  std::string text = with_sum(ForeignJson({{"op", "copy_in"}, {"table", table}}).dump()) + "\n";
  for (const std::string& frame : frames) text += with_sum(protocol::frame_head(frame)) + "\n" + frame;
  return tell(text + ".\n");
}

Reply Wire::tell(const std::string& bytes) {
  process_->write(bytes);
  return read_reply();
}

void Wire::begin(bool read_only) {
  const Reply reply =
      ask({{"op", "begin"}, {"read_only", read_only}, {"statement_timeout_ms", 30'000}, {"lock_timeout_ms", 10'000}});
  BOOST_REQUIRE_EQUAL(reply.failure(), "");
}

int Wire::hang_up() {
  process_->close_input();
  return process_->wait(kPatience).code;
}

}  // namespace akqueue::contract
