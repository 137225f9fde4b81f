#include "cluster/kept_sites.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "akqueue/command_line.hpp"
#include "akqueue/error.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/words.hpp"
#include "cluster/label_selector.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/private_place.hpp"
#include "system/text_file.hpp"

namespace akqueue::cluster {
namespace {

namespace fs = std::filesystem;

constexpr int kFileVersion = 1;
constexpr std::size_t kMostBytes = 1u << 20;

constexpr std::array kSettings{
    KeptSetting{"selector", KeptSetting::Kind::text},           KeptSetting{"container", KeptSetting::Kind::text},
    KeptSetting{"server-selector", KeptSetting::Kind::text},    KeptSetting{"worker-selector", KeptSetting::Kind::text},
    KeptSetting{"worker-deployment", KeptSetting::Kind::texts}, KeptSetting{"allow-worker", KeptSetting::Kind::flag}};

/// What is wrong with a file, and where in it.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  [[noreturn]] void wrong(const std::string& what) const {
    throw Error(ErrorCode::usage, name_ + ": " + what,
                "correct it, or move the file away; then kubectl akqueue config set writes a new one");
  }

  std::string text(const Json& site, const std::string& where, const char* key) const {
    if (!site.contains(key) || !site[key].is_string()) wrong(where + " needs a text \"" + key + "\"");
    return site[key].get<std::string>();
  }

  std::vector<std::string> values(const KeptSetting& setting, const Json& value, const std::string& where) const {
    const std::string field = where + "." + std::string(setting.name);
    std::vector<std::string> values;
    if (setting.kind == KeptSetting::Kind::flag) {
      if (!value.is_boolean()) wrong(field + " must be true or false");
      if (value.get<bool>()) values.emplace_back("true");
      return values;
    }
    for (const Json& one : value.is_array() ? value : Json::array({value})) {
      if (!one.is_string() || one.get_ref<const std::string&>().empty()) wrong(field + " must be a text");
      values.push_back(one.get<std::string>());
    }
    if (setting.kind == KeptSetting::Kind::text && values.size() != 1) wrong(field + " must be one text");
    if (setting.name.ends_with("-selector")) check_selector(values.front(), field);
    return values;
  }

  void check_selector(const std::string& text, const std::string& field) const {
    try {
      LabelSelector::parse(text, "");
    } catch (const Error&) { wrong(field + ": '" + text + "' is not a label selector"); }
  }

  KeptSite site(const Json& json, const std::string& where) const {
    if (!json.is_object()) wrong(where + " must be an object");
    KeptSite site{text(json, where, "context"), text(json, where, "namespace")};
    for (const auto& [key, value] : json.items()) {
      if (key == "context" || key == "namespace") continue;
      const KeptSetting* const setting = find_kept_setting(key);
      if (setting == nullptr) wrong("there is no setting " + where + "." + key + near_words(key));
      if (auto read = values(*setting, value, where); !read.empty()) site.values[key] = std::move(read);
    }
    return site;
  }

 private:
  static std::string near_words(const std::string& key) {
    std::vector<std::string> names;
    for (const KeptSetting& one : kSettings) names.emplace_back(one.name);
    const auto near = nearest(key, names);
    return near ? "; did you mean " + *near + "?" : "";
  }

  std::string name_;
};

/// All of a file that is small enough.
std::string whole_text(const fs::path& file) {
  const std::string name = system::text_of(file);
  try {
    system::File open = system::File::read(file);
    open.check_own(name);
    std::string text(kMostBytes + 1, '\0');
    std::size_t size = 0;
    while (const std::size_t got = open.read(text.data() + size, text.size() - size)) size += got;
    if (size > kMostBytes)
      throw Error(ErrorCode::usage, name + " is larger than a configuration of this program", "move it away");
    text.resize(size);
    return text;
  } catch (const system::FileFailure& failure) {
    throw Error(ErrorCode::system, "can't read " + name + ": " + failure.what(),
                "look at what is there, or set XDG_CONFIG_HOME to another place");
  }
}

}  // namespace

std::span<const KeptSetting> kept_settings() { return kSettings; }

const KeptSetting* find_kept_setting(std::string_view name) {
  const auto* const found = std::ranges::find(kSettings, name, &KeptSetting::name);
  return found == kSettings.end() ? nullptr : found;
}

fs::path usual_sites_file() {
  const fs::path folder = system::usual_config_folder();
  return folder.empty() ? folder : folder / "akqueue" / "config.json";
}

KeptSites KeptSites::read(const fs::path& file) {
  std::error_code failure;
  if (file.empty() || !fs::exists(file, failure)) return {};
  return parse(whole_text(file), system::text_of(file));
}

KeptSites KeptSites::parse(std::string_view text, const std::string& name) {
  const Reader reader(name);
  const Json json = parse_foreign<Json>(text);
  if (!json.is_object()) reader.wrong("it is not a JSON object");
  if (json.value("version", Json()) != kFileVersion) {
    if (!json.value("version", Json()).is_number_integer()) reader.wrong("it needs \"version\": 1");
    throw Error(ErrorCode::unsupported, name + " is of a version that this program does not know",
                "a newer kubectl-akqueue has written it: use that one");
  }
  const Json sites = json.value("sites", Json());
  if (!sites.is_array()) reader.wrong("it needs an array \"sites\"");
  KeptSites kept;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    KeptSite site = reader.site(sites[i], "sites[" + std::to_string(i) + "]");
    if (kept.find(site.context, site.name_space) != nullptr)
      reader.wrong("it has context " + site.context + ", namespace " + site.name_space + " twice");
    kept.sites_.push_back(std::move(site));
  }
  return kept;
}

const KeptSite* KeptSites::find(const std::string& context, const std::string& name_space) const {
  const auto found = std::ranges::find_if(
      sites_, [&](const KeptSite& site) { return site.context == context && site.name_space == name_space; });
  return found == sites_.end() ? nullptr : &*found;
}

void KeptSites::set(const std::string& context, const std::string& name_space, const KeptValues& values) {
  const KeptSite* const there = find(context, name_space);
  KeptSite site = there == nullptr ? KeptSite{context, name_space} : *there;
  for (const auto& [name, value] : values) site.values[name] = value;
  unset(context, name_space, {});
  sites_.push_back(std::move(site));
  std::ranges::sort(sites_, {}, [](const KeptSite& one) { return std::tie(one.context, one.name_space); });
}

bool KeptSites::unset(const std::string& context, const std::string& name_space,
                      const std::vector<std::string>& names) {
  const auto site = std::ranges::find_if(
      sites_, [&](const KeptSite& one) { return one.context == context && one.name_space == name_space; });
  if (site == sites_.end()) return false;
  std::size_t forgotten = names.empty() ? 1 : 0;
  for (const std::string& name : names) forgotten += site->values.erase(name);
  if (names.empty() || site->values.empty()) sites_.erase(site);
  return forgotten > 0;
}

Json KeptSites::to_json() const {
  Json document{{"version", kFileVersion}, {"sites", Json::array()}};
  for (const KeptSite& site : sites_) {
    Json one{{"context", site.context}, {"namespace", site.name_space}};
    one.update(json_of(site.values));
    document["sites"].push_back(std::move(one));
  }
  return document;
}

void KeptSites::write(const fs::path& file) const {
  if (file.empty())
    throw Error(ErrorCode::system, std::string(system::kConfigVariables) + " says where to keep the configuration",
                "set one of them");
  std::error_code failure;
  const fs::path real = fs::is_symlink(file, failure) ? fs::weakly_canonical(file, failure) : file;
  try {
    system::make_private_folder(real.parent_path());
    system::replace_file(real, to_json().dump(2) + "\n", system::Reaches::disk);
  } catch (const system::FileFailure& wrong) {
    throw Error(ErrorCode::system, "can't write " + system::text_of(file) + ": " + wrong.what(),
                wrong.no_room ? "free some space on its disk, then run the command again"
                              : "set XDG_CONFIG_HOME to another place");
  }
}

Json json_of(const KeptValues& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) {
    const KeptSetting::Kind kind = find_kept_setting(name)->kind;
    json[name] = kind == KeptSetting::Kind::flag   ? Json(true)
                 : kind == KeptSetting::Kind::text ? Json(value.front())
                                                   : Json(value);
  }
  return json;
}

std::vector<std::string> words_of(const KeptValues& values) {
  std::vector<std::string> words;
  for (const auto& [name, value] : values) {
    const bool flag = find_kept_setting(name)->kind == KeptSetting::Kind::flag;
    for (const std::string& one : value) words.push_back("--" + name + (flag ? "" : "=" + one));
  }
  return words;
}

KeptValues take_over(const KeptValues& kept, Search& search) {
  KeptValues taken;
  const bool workers_named = search.names_workers();
  const auto take = [&](const char* name, bool wanted, const auto& use) {
    const auto found = kept.find(name);
    if (!wanted || found == kept.end()) return;
    use(found->second);
    taken.insert(*found);
  };
  const auto text = [&](const char* name, bool wanted, std::string& field) {
    take(name, wanted, [&](const auto& values) { field = values.front(); });
  };
  const bool selector_given = search.selector_given;
  text("selector", !selector_given, search.selector);
  search.selector_given = selector_given || taken.contains("selector");
  text("container", search.container.empty(), search.container);
  text("server-selector", search.server_selector.empty(), search.server_selector);
  text("worker-selector", !workers_named, search.worker_selector);
  take("worker-deployment", !workers_named, [&](const auto& values) { search.worker_deployments = values; });
  take("allow-worker", !search.allow_worker, [&](const auto&) { search.allow_worker = true; });
  return taken;
}

}  // namespace akqueue::cluster
