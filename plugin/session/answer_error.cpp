#include "session/answer_error.hpp"

#include "session/connect_error.hpp"

namespace akqueue::session {

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
  Error error(code, message, hint);
  error.with_sqlstate(field(reply, "sqlstate"));
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
