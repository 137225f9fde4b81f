// The template of -o jsonpath: text, and in braces paths into the document.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "ui/json_path.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {

/// `{.site.namespace}`, `{range .tasks[*]}{.id}{"\t"}{.state}{"\n"}{end}`, `queued: {.queued}`; a path without braces
/// is one in braces. What a path finds stands in a line with blanks between; a text as it is but for what a terminal
/// would act on, anything structured as compact JSON, null and what is missing as nothing.
class PathTemplate {
 public:
  /// Throws Error (usage) that says where it breaks.
  explicit PathTemplate(std::string_view text);

  /// What it makes of a document, with a line end behind it.
  Text print(const Json& document) const;

 private:
  struct Part {
    std::string text = {};
    std::shared_ptr<const JsonPath> path = {};
    bool range = false;             ///< `inside` for each of what `path` finds
    std::vector<Part> inside = {};  ///< paths in there begin at the one
  };
  class Reader;
  static void print_parts(const std::vector<Part>& parts, const Json& root, const Json& now, Text& out);

  std::vector<Part> parts_;
};

/// What one value is in a line: as above.
Text text_of_value(const Json& value);

}  // namespace akqueue::ui
