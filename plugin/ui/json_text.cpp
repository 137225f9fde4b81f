#include "ui/json_text.hpp"

namespace akqueue::ui {
namespace {

constexpr auto kReplace = Json::error_handler_t::replace;

}  // namespace

Text compact_json(const Json& document) { return Text::json(document.dump(-1, ' ', false, kReplace)); }

Text indented_json(const Json& document) { return Text::json(document.dump(2, ' ', false, kReplace)); }

}  // namespace akqueue::ui
