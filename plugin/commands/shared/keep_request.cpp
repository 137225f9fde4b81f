#include "commands/shared/keep_request.hpp"

#include "akqueue/error.hpp"

namespace akqueue::commands {

KeepRequest read_keep_request(const Options& options, const cli::Command& command) {
  KeepRequest request{.command = command.full_name(),
                      .effect = command.effect,
                      .reason = options.text("reason"),
                      .share = options.has("record"),
                      .backup = !options.has("no-backup"),
                      .file = options.text("backup-file")};
  if (!request.backup && options.has("backup-file"))
    throw Error(ErrorCode::usage, "--no-backup can't be used with --backup-file", "leave out one of them");
  return request;
}

}  // namespace akqueue::commands
