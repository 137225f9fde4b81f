// Why a change leaves tasks alone, in words.
#pragma once

#include <string>
#include <string_view>

#include "queue/change/row_change.hpp"

namespace akqueue::commands {

/// For a word of queue::verdict; what this version does not know is its own word.
std::string verdict_words(std::string_view verdict, queue::RowChange change);

}  // namespace akqueue::commands
