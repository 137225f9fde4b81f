// Somebody who hears what a process says on its standard error, and that it is waited for: a person, behind
// ui/relay.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace akqueue::system {

/// Of one process at a time; called in the thread that waits for it, and throws nothing.
class Onlooker {
 public:
  virtual ~Onlooker() = default;

  virtual void started(const std::vector<std::string>& argv) = 0;
  /// So much more on its standard error.
  virtual void said(std::string_view bytes) = 0;
  /// It wrote on its standard output, or ended.
  virtual void answered() = 0;
  /// It is waited for: several times a second.
  virtual void waiting() = 0;
  /// Whether a process that asks something would be answered now.
  virtual bool may_be_asked() const = 0;
};

}  // namespace akqueue::system
