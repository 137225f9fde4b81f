#include "kubectl/arguments.hpp"

#include <algorithm>

namespace akqueue::sim {
namespace {

constexpr Flag kGlobal[] = {
    {"context"},
    {"namespace", 'n'},
    {"kubeconfig"},
    {"cluster"},
    {"user"},
    {"as"},
    {"as-group"},
    {"as-uid"},
    {"request-timeout"},
    {"token"},
    {"server", 's'},
    {"v", 'v'},
    {"cache-dir"},
    {"certificate-authority"},
    {"client-certificate"},
    {"client-key"},
    {"tls-server-name"},
    {"username"},
    {"password"},
    {"profile"},
    {"insecure-skip-tls-verify", 0, false},
    {"match-server-version", 0, false},
    {"warnings-as-errors", 0, false},
    {"disable-compression", 0, false},
    {"help", 'h', false},
};

class Parser {
 public:
  Parser(std::span<const Flag> own, const std::vector<std::string>& args, std::string command)
      : own_(own), args_(args), command_(std::move(command)) {}

  Arguments parse() {
    for (at_ = 0; at_ < args_.size(); ++at_) {
      const std::string& arg = args_[at_];
      if (arg == "--") {
        result_.after_dashes.emplace(args_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, args_.end());
        break;
      }
      if (arg.starts_with("--")) take_long(arg.substr(2));
      else if (arg.size() > 1 && arg[0] == '-') take_letters(arg);
      else result_.words.push_back(arg);
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& text) const {
    throw Failure("error: " + text + "\nSee '" + command_ + " --help' for usage.");
  }

  template <class Predicate>
  const Flag* find(Predicate predicate) const {
    for (const std::span<const Flag> flags : {own_, std::span<const Flag>(kGlobal)}) {
      const auto found = std::ranges::find_if(flags, predicate);
      if (found != flags.end()) return &*found;
    }
    return nullptr;
  }

  const std::string* next() { return at_ + 1 < args_.size() ? &args_[++at_] : nullptr; }

  void take_long(const std::string& arg) {
    const auto equals = arg.find('=');
    const std::string name = arg.substr(0, equals);
    const Flag* flag = find([&](const Flag& one) { return one.name == name; });
    if (flag == nullptr) fail("unknown flag: --" + name);
    if (equals != std::string::npos) return keep(*flag, arg.substr(equals + 1));
    if (!flag->takes_value) return keep(*flag, "true");
    const std::string* value = next();
    if (value == nullptr) fail("flag needs an argument: --" + name);
    keep(*flag, *value);
  }

  void take_letters(const std::string& arg) {
    for (std::size_t i = 1; i < arg.size(); ++i) {
      const Flag* flag = find([&](const Flag& one) { return one.letter == arg[i]; });
      if (flag == nullptr) fail(std::string("unknown shorthand flag: '") + arg[i] + "' in " + arg);
      if (!flag->takes_value) {
        keep(*flag, "true");
        continue;
      }
      std::string rest = arg.substr(i + 1);
      if (rest.starts_with('=')) rest.erase(0, 1);
      if (!rest.empty()) return keep(*flag, rest);
      const std::string* value = next();
      if (value == nullptr) fail(std::string("flag needs an argument: '") + arg[i] + "' in " + arg);
      return keep(*flag, *value);
    }
  }

  void keep(const Flag& flag, const std::string& value) { result_.flags.emplace_back(flag.name, value); }

  std::span<const Flag> own_;
  const std::vector<std::string>& args_;
  std::string command_;
  std::size_t at_ = 0;
  Arguments result_;
};

}  // namespace

bool Arguments::has(std::string_view flag) const {
  return std::ranges::any_of(flags, [&](const auto& given) { return given.first == flag; });
}

std::string Arguments::value(std::string_view flag, std::string_view otherwise) const {
  for (auto given = flags.rbegin(); given != flags.rend(); ++given) {
    if (given->first == flag) return given->second;
  }
  return std::string(otherwise);
}

std::span<const Flag> global_flags() { return kGlobal; }

Arguments parse_arguments(std::span<const Flag> own_flags, const std::vector<std::string>& args,
                          const std::string& command) {
  return Parser(own_flags, args, command).parse();
}

std::size_t first_word(const std::vector<std::string>& args, std::size_t from) {
  for (std::size_t i = from; i < args.size(); ++i) {
    const std::string& arg = args[i];
    if (arg == "--") return args.size();
    if (arg.empty() || arg[0] != '-' || arg == "-") return i;
    const bool is_long = arg.starts_with("--");
    const auto* flag = std::ranges::find_if(kGlobal, [&](const Flag& one) {
      return is_long ? arg.substr(2) == one.name : arg.size() == 2 && arg[1] == one.letter;
    });
    if (flag != std::end(kGlobal) && flag->takes_value) ++i;
  }
  return args.size();
}

}  // namespace akqueue::sim
