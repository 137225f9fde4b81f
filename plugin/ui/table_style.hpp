// How tables are drawn, as a person asked for it.
#pragma once

#include <string>

namespace akqueue::ui {

struct TableStyle {
  bool headers = true;
  bool csv = false;          ///< comma-separated values instead of columns
  std::string sort_by = {};  ///< a column's header, in any case; empty: as the rows come
};

}  // namespace akqueue::ui
