// How programs are named and found on this system.
#pragma once

#include <string_view>

namespace akqueue::system {

/// Between the entries of PATH and of KUBECONFIG.
extern const char kListSeparator;
/// The end of a program's file name: `.exe`, or nothing.
extern const std::string_view kProgramEnding;
/// Gives a program a second name: a link, or a copy where links need special rights.
extern const bool kLinksPrograms;

}  // namespace akqueue::system
