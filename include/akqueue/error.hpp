// One table of everything that can end a command: its name (on the wire and in JSON), its exit status and its
// meaning. A caller acts on the code; a person reads the message and the hint.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace akqueue {

enum class ErrorCode {
  // wrong use
  usage,
  // refused before anything was done
  refused,
  declined,
  // ended early; part is done
  partial,
  // a condition that was waited or checked for does not hold
  condition,
  interrupted,
  // kubectl and the cluster
  kubectl_missing,
  kubectl_failed,
  no_context,
  namespace_missing,
  no_server_pod,
  forbidden,
  // the session
  no_python,
  no_greeting,
  protocol,
  state,
  no_authentik,
  config,
  connect,
  sql,
  lost,
  // what the database holds
  tables_missing,
  not_found,
  // backups
  damaged,
  unsupported,
  // this machine: files, memory
  system,
};

struct ErrorKind {
  ErrorCode code;
  std::string_view name;
  int exit_status;
  std::string_view meaning;
};

/// All kinds, in the order of ErrorCode.
std::span<const ErrorKind> error_kinds();

/// The row of `code`.
const ErrorKind& error_kind(ErrorCode code);

/// The code with this name on the wire; ErrorCode::protocol for an unknown name.
ErrorCode error_code_named(std::string_view name);

/// What ends a command. `what()` is one line in lower case without a full stop: what failed and why.
/// The hint, if any, is the next command or step. `detail` is somebody else's text (kubectl's standard error, what a
/// peer printed), shown before the error as it is, with control characters made visible.
class Error : public std::runtime_error {
 public:
  explicit Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  ErrorCode code() const { return code_; }
  const std::string& hint() const { return hint_; }
  const std::string& detail() const { return detail_; }
  /// SQLSTATE if the database gave one, else empty.
  const std::string& sqlstate() const { return sqlstate_; }

  Error& with_detail(std::string detail) {
    detail_ = std::move(detail);
    return *this;
  }
  Error& with_sqlstate(std::string sqlstate) {
    sqlstate_ = std::move(sqlstate);
    return *this;
  }

 private:
  ErrorCode code_;
  std::string hint_;
  std::string detail_;
  std::string sqlstate_;
};

}  // namespace akqueue
