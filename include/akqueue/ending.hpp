// How a command that goes through many rows ended: the last word of its summary, of its line in the history and of its
// backup's trailer. (A backup with a trailer is whole, whatever the trailer says: only a command that was killed leaves
// none.)
#pragma once

#include <string>
#include <string_view>

namespace akqueue {

enum class Ending {
  complete,     ///< nothing is left to do
  interrupted,  ///< by the person, after a batch
  failed,       ///< with an Error; part may be done
};

inline std::string ending_word(Ending ending) {
  switch (ending) {
    case Ending::complete: return "complete";
    case Ending::interrupted: return "interrupted";
    case Ending::failed: return "failed";
  }
  return {};
}

/// Whether that word means complete; earlier builds wrote "no more rows".
inline bool says_complete(std::string_view word) {
  return word == ending_word(Ending::complete) || word == "no more rows";
}

}  // namespace akqueue
