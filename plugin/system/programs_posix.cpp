#include "system/programs.hpp"

namespace akqueue {

const char kListSeparator = ':';
const std::string_view kProgramEnding = "";
const bool kLinksPrograms = true;

}  // namespace akqueue
