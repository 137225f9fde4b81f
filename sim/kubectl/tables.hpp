// What kubectl prints for a person: columns of objects, three spaces between them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "kubectl/client.hpp"

namespace akqueue::sim {

/// The first row is the heading. All cells except the last of a row are padded.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows);

struct TableStyle {
  bool wide = false;
  bool headings = true;
  bool with_namespace = false;
  bool with_type = false;  ///< names as `pod/NAME`, if several kinds are shown
};

/// The rows of a table of objects of one kind.
std::vector<std::vector<std::string>> object_rows(const Resource& resource, const std::vector<ForeignJson>& objects,
                                                  const TableStyle& style, Timestamp now);

/// `pod/NAME`, `deployment.apps/NAME`.
std::string name_with_type(const Resource& resource, const ForeignJson& object);

}  // namespace akqueue::sim
