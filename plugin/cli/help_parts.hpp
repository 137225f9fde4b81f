// What help, the reference and the man page have in common.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace akqueue::cli {

/// `kubectl akqueue flush [QUEUE] [OPTIONS]`, `kubectl akqueue backups [list|show FILE] [OPTIONS]`.
std::string usage_of(const Command& command);

/// `ls; get without ID`: its short names; empty for none.
std::string short_names_of(const Command& command);

/// Its own, then those of its verbs.
std::vector<Example> examples_of(const Command& command);

/// An option's help, with its values and whether it may be repeated.
std::string meaning_of(const Option& option);

/// What belongs to this command, without what all commands share.
std::vector<Option> own_options(const Command& command);

/// What it shares with all others.
std::vector<Option> shared_options(const Command& command);

/// The groups of the table in its order, each with its commands.
void for_each_group(
    const std::function<void(std::string_view group, const std::vector<const Command*>& members)>& visit);

}  // namespace akqueue::cli
