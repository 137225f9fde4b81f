// How programs are named and found on this system.
#pragma once

#include <string_view>

namespace akqueue {

/// Between the entries of PATH and of KUBECONFIG.
extern const char kListSeparator;
/// What a program's file name ends in: `.exe`, or nothing.
extern const std::string_view kProgramEnding;
/// A second name of a program is a link; elsewhere, where those want rights of their own, a copy.
extern const bool kLinksPrograms;

}  // namespace akqueue
