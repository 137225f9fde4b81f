#include "system/process.hpp"

namespace akqueue::system {

Error program_missing(const std::string& name) {
  return Error(ErrorCode::kubectl_missing, name + " was not found",
               "install " + name + ", or add its directory to PATH (" + name + " --help should work)");
}

namespace {

/// Even from a large cluster, what is asked for is some tens of megabytes.
constexpr std::size_t kMostOutput = 512u << 20;

}  // namespace

Finished finish(Process& process, std::chrono::milliseconds patience) {
  Finished result;
  process.close_input();
  while (const auto line = process.read_line(patience)) {
    result.output.append(*line);
    result.output += '\n';
    if (result.output.size() > kMostOutput)
      throw Error(ErrorCode::kubectl_failed, "kubectl printed more than 512 MiB",
                  "make the list smaller with --selector and --namespace");
  }
  result.output += process.partial();
  result.status = process.wait(patience);
  result.error_text = process.error_text();
  return result;
}

}  // namespace akqueue::system
