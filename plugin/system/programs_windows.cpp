#include "system/programs.hpp"

namespace akqueue {

const char kListSeparator = ';';
const std::string_view kProgramEnding = ".exe";
const bool kLinksPrograms = false;

}  // namespace akqueue
