// What somebody has said once and for all about sites that are not recognised by themselves: which pods are the server
// and which the workers, by context and namespace. `kubectl akqueue config` writes the file; every command reads it.
//
//   $XDG_CONFIG_HOME/akqueue/config.json (or ~/.config/akqueue, on Windows %APPDATA%\akqueue)
//     {"version": 1, "sites": [{"context": "prod", "namespace": "sso", "worker-deployment": ["ak-tasks"]}]}
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "cluster/search.hpp"

namespace akqueue::cluster {

/// An option that can be kept; it has the option's name.
struct KeptSetting {
  enum class Kind { text, texts, flag };
  std::string_view name;
  Kind kind;
};

std::span<const KeptSetting> kept_settings();
/// Null for none.
const KeptSetting* find_kept_setting(std::string_view name);

/// The values of each setting that a site has; a flag has "true".
using KeptValues = std::map<std::string, std::vector<std::string>>;

struct KeptSite {
  std::string context;  ///< empty: kubectl without one, inside a cluster
  std::string name_space;
  KeptValues values = {};
};

/// The usual file; empty if no variable says where.
std::filesystem::path usual_sites_file();

class KeptSites {
 public:
  /// Nothing is kept in a file that does not exist, or has no name. Throws Error (usage) for one that is not
  /// understood, naming file and field; (unsupported) for one of a newer version; (refused) for one that others could
  /// have written; (system) for one that can't be read.
  static KeptSites read(const std::filesystem::path& file);
  /// What such a file holds; `name` is its name in errors.
  static KeptSites parse(std::string_view text, const std::string& name);

  const std::vector<KeptSite>& sites() const { return sites_; }
  /// Null for none.
  const KeptSite* find(const std::string& context, const std::string& name_space) const;
  /// Each of these settings has these values from now on; the site's others stay.
  void set(const std::string& context, const std::string& name_space, const KeptValues& values);
  /// Forgets these settings of the site, or all of it if none is named. False if there was nothing to forget.
  bool unset(const std::string& context, const std::string& name_space, const std::vector<std::string>& names);

  /// Replaces the file: who reads it meanwhile sees the old or the new one, and it is on the disk when this returns.
  /// Throws Error (system) if it can't be written, or has no name.
  void write(const std::filesystem::path& file) const;
  Json to_json() const;

 private:
  std::vector<KeptSite> sites_;  ///< by context and namespace
};

/// A site's settings as in JSON: texts, arrays of texts, true.
Json json_of(const KeptValues& values);
/// As options: `--worker-deployment=ak-tasks`.
std::vector<std::string> words_of(const KeptValues& values);

/// Takes over what the command line has not said: an option wins over what is kept, and one that names the workers
/// over all that does. What was taken over.
KeptValues take_over(const KeptValues& kept, Search& search);

}  // namespace akqueue::cluster
