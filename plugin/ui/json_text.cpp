#include "ui/json_text.hpp"

#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr auto kReplace = Json::error_handler_t::replace;

}  // namespace

std::string compact_json(const Json& document) { return visible_json(document.dump(-1, ' ', false, kReplace)); }

std::string indented_json(const Json& document) { return visible_json(document.dump(2, ' ', false, kReplace)); }

}  // namespace akqueue
