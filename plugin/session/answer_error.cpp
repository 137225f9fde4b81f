#include "session/answer_error.hpp"

#include <algorithm>
#include <iterator>

#include "akqueue/sqlstate.hpp"
#include "session/connect_error.hpp"

namespace akqueue::session {
namespace {

/// What to do where the server itself is in trouble.
struct ServerTrouble {
  std::string_view sqlstate;
  const char* hint;
};
constexpr ServerTrouble kServerTroubles[] = {
    {sqlstate::kDiskFull,
     "the disk of the database is full: make room there first (a deletion needs some for the database's own log, and "
     "the rows' room is free again only after a VACUUM)"},
    {sqlstate::kIoError,
     "the database's server could not read or write its files: its log says which, and its disk may be full or broken"},
    {sqlstate::kDataCorrupted,
     "files of the database are damaged: its server's log names them; copy them before anything else is tried"},
    {sqlstate::kIndexCorrupted,
     "an index of the database is damaged: its server's log names it; REINDEX builds it again"},
};

std::string hint_for(std::string_view sqlstate) {
  const auto* const known = std::ranges::find(kServerTroubles, sqlstate, &ServerTrouble::sqlstate);
  return known == std::end(kServerTroubles) ? std::string() : known->hint;
}

}  // namespace

std::string field(const ForeignJson& reply, const char* name) {
  const auto found = reply.find(name);
  return found != reply.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Error error_of(const ForeignJson& reply) {
  const ErrorCode code = error_code_named(field(reply, "code"));
  std::string message = field(reply, "message");
  std::string hint = field(reply, "hint");
  if (message.empty()) message = "no reason given";
  if (code == ErrorCode::lost) message = "the connection to the database broke: " + message;
  if (code == ErrorCode::lost && hint.empty()) hint = kAfterALoss;
  if ((code == ErrorCode::protocol || code == ErrorCode::state) && hint.empty()) hint = kAfterNonsense;
  const std::string sqlstate = field(reply, "sqlstate");
  if (code == ErrorCode::sql && hint.empty()) hint = hint_for(sqlstate);
  Error error(code, message, hint);
  error.with_sqlstate(sqlstate);
  error.with_detail(field(reply, "detail"));
  return explain_full_locks(error);
}

Error damaged_rows() {
  return Error(ErrorCode::protocol, "rows were damaged on the way between the plugin and its agent",
               "nothing of this batch was committed; run it again");
}

void check_told(const ForeignJson& reply, const char* name, std::uint64_t number) {
  const auto told = reply.find(name);
  if (told == reply.end() || !told->is_number_unsigned() || told->get<std::uint64_t>() != number) throw damaged_rows();
}

Error not_understood(std::string_view line) {
  constexpr std::size_t kShown = 200;
  Error error(ErrorCode::protocol, "the peer sent a line that is not a reply", kAfterNonsense);
  return error.with_detail(std::string(line.substr(0, kShown)));
}

}  // namespace akqueue::session
