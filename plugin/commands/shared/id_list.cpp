#include "commands/shared/id_list.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <streambuf>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"

namespace akqueue::commands {
namespace {

constexpr std::string_view kKind = "task/";
constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) - begin + 1);
}

/// Standard input as it comes: whoever writes it may never end.
class StandardInput final : public std::streambuf {
 public:
  const std::string& failure() const { return failure_; }

 protected:
  int_type underflow() override {
    std::size_t got = 0;
    try {
      if (!file_) file_.emplace(system::File::standard_input());
      got = file_->read(piece_.data(), piece_.size());
    } catch (const system::FileFailure& failure) { failure_ = failure.what(); }
    setg(piece_.data(), piece_.data(), piece_.data() + got);
    return got == 0 ? traits_type::eof() : traits_type::to_int_type(piece_.front());
  }

 private:
  std::optional<system::File> file_;
  std::array<char, 64 * 1024> piece_{};
  std::string failure_;
};

std::vector<Uuid> read_standard_input() {
  StandardInput input;
  std::istream stream(&input);
  try {
    return read_id_list(stream, "standard input");
  } catch (const Error&) {
    if (input.failure().empty()) throw;
    throw Error(ErrorCode::system, "can't read standard input: " + input.failure());
  }
}

/// The next line, or its beginning where it is longer than any id. False at the end.
bool next_line(std::istream& stream, std::string& line) {
  std::array<char, 4096> piece{};
  stream.getline(piece.data(), piece.size());
  line = piece.data();
  if (!stream.fail() || stream.bad() || line.empty()) return !stream.fail();
  stream.clear();
  // The rest of a long remark; what is not a remark is an error, and its end may never come.
  if (trimmed(line).starts_with('#')) stream.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  return true;
}

}  // namespace

std::string_view without_kind(std::string_view name) {
  return name.starts_with(kKind) ? name.substr(kKind.size()) : name;
}

std::vector<Uuid> read_id_list(std::istream& stream, const std::string& name) {
  constexpr std::size_t kShown = 60;
  constexpr std::size_t kMost = 10'000'000;
  std::vector<Uuid> ids;
  std::size_t number = 0;
  for (std::string line; next_line(stream, line);) {
    ++number;
    const std::string_view word = trimmed(line);
    if (word.empty() || word.front() == '#') continue;
    const auto id = Uuid::parse(without_kind(word));
    if (!id) {
      throw Error(ErrorCode::usage,
                  name + ", line " + std::to_string(number) + ": '" + std::string(word.substr(0, kShown)) +
                      "' is not a task id",
                  "one whole id a line, as kubectl akqueue list -o name prints them");
    }
    if (ids.size() == kMost)
      throw Error(ErrorCode::usage, name + " holds more than 10 million ids",
                  "conditions like --state and --older-than choose so many");
    ids.push_back(*id);
  }
  if (stream.bad()) throw Error(ErrorCode::system, "can't read " + name);
  if (ids.empty())
    throw Error(ErrorCode::usage, name + " holds no task id",
                "one id a line, as kubectl akqueue list -o name prints them");
  return ids;
}

std::vector<Uuid> read_id_list(const std::string& file) {
  if (file == "-") return read_standard_input();
  std::ifstream stream(system::path_of(file));
  if (!stream) throw Error(ErrorCode::system, "can't read " + file + ": " + std::strerror(errno));
  return read_id_list(stream, file);
}

}  // namespace akqueue::commands
