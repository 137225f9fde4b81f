#include "cluster/process.hpp"

namespace akqueue {

Error program_missing(const std::string& name) {
  return Error(ErrorCode::kubectl_missing, name + " was not found", "install " + name + " or put its directory on PATH (" + name + " --help should answer)");
}

Finished finish(Process& process, std::chrono::milliseconds patience) {
  Finished result;
  process.close_input();
  while (const auto line = process.read_line(patience)) {
    result.output.append(*line);
    result.output += '\n';
  }
  result.output += process.partial();
  result.status = process.wait(patience);
  result.error_text = process.error_text();
  return result;
}

}  // namespace akqueue
