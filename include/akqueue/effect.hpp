// What a command may do to the tasks. The options for asking, for a dry run and for the backup follow from it, and it
// stands in the history.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace akqueue {

enum class Effect {
  looks,     ///< changes nothing
  changes,   ///< changes rows that stay; what they were is kept
  restores,  ///< brings rows back
  destroys,  ///< deletes rows; a backup has them
};

/// As it stands in the history.
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

/// Nothing for a name that nobody knows.
constexpr std::optional<Effect> effect_named(std::string_view name) {
  for (const auto& [effect, one] : kEffectNames) {
    if (one == name) return effect;
  }
  return std::nullopt;
}

}  // namespace akqueue
