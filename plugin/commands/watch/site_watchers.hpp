// A thread for each site, which watches it and puts what it sees on the board.
#pragma once

#include <thread>
#include <vector>

#include "commands/shared/all_sites.hpp"
#include "commands/watch/board.hpp"
#include "commands/watch/watch_request.hpp"

namespace akqueue::commands {

/// The threads end and are joined with it. What it is made of must outlive it.
class SiteWatchers {
 public:
  SiteWatchers(AllSites& sites, Board& board, const WatchRequest& request);
  ~SiteWatchers() { end(); }
  SiteWatchers(const SiteWatchers&) = delete;
  SiteWatchers& operator=(const SiteWatchers&) = delete;

 private:
  void end();

  AllSites& sites_;
  Board& board_;
  std::vector<std::thread> threads_;
};

}  // namespace akqueue::commands
