#include "ui/json_text.hpp"

#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;

}  // namespace

std::string compact_json(const nlohmann::ordered_json& document) { return visible_json(document.dump(-1, ' ', false, kReplace)); }

std::string indented_json(const nlohmann::ordered_json& document) { return visible_json(document.dump(2, ' ', false, kReplace)); }

}  // namespace akqueue
