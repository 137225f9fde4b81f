// What a command may do to the tasks. The options for asking, for a dry run and for the backup follow from it, and the
// history records it.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace akqueue {

enum class Effect {
  looks,     ///< changes nothing
  changes,   ///< changes rows that stay; their former values are kept
  restores,  ///< puts rows back
  destroys,  ///< deletes rows, after writing them to a backup
};

/// As it is written in the history.
inline constexpr std::array<std::pair<Effect, std::string_view>, 4> kEffectNames{{{Effect::looks, "looks"},
                                                                                  {Effect::changes, "changes"},
                                                                                  {Effect::restores, "restores"},
                                                                                  {Effect::destroys, "destroys"}}};

constexpr std::string_view effect_name(Effect effect) {
  for (const auto& [one, name] : kEffectNames) {
    if (one == effect) return name;
  }
  return {};
}

/// Nothing for an unknown name.
constexpr std::optional<Effect> effect_named(std::string_view name) {
  for (const auto& [effect, one] : kEffectNames) {
    if (one == name) return effect;
  }
  return std::nullopt;
}

}  // namespace akqueue
