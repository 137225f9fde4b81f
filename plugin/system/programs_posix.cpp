#include "system/programs.hpp"

namespace akqueue::system {

const char kListSeparator = ':';
const std::string_view kProgramEnding = "";
const bool kLinksPrograms = true;

}  // namespace akqueue::system
