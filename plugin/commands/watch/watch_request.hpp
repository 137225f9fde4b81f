// What `watch` was asked for, at one site or at all.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "commands/watch/poller.hpp"

namespace akqueue::commands {

struct WatchRequest {
  SiteRequest site;
  PollerOptions poller;
  std::vector<std::string> untils;
  std::vector<std::string> alerts;
  std::optional<std::chrono::seconds> timeout;
  bool screen = true;  ///< the whole terminal, where that can be had
  OutputFormat output = OutputFormat::table;
};

}  // namespace akqueue::commands
