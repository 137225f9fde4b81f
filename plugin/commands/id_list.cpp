#include "commands/id_list.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kKind = "task/";
constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) - begin + 1);
}

std::vector<Uuid> read_standard_input() {
  std::stringstream text;
  try {
    File file = File::standard_input();
    std::array<char, 64 * 1024> piece;
    while (const std::size_t size = file.read(piece.data(), piece.size())) text.write(piece.data(), static_cast<std::streamsize>(size));
  } catch (const FileFailure& failure) {
    throw Error(ErrorCode::system, std::string("can't read standard input: ") + failure.what());
  }
  return read_id_list(text, "standard input");
}

}  // namespace

std::string_view without_kind(std::string_view name) { return name.starts_with(kKind) ? name.substr(kKind.size()) : name; }

std::vector<Uuid> read_id_list(std::istream& stream, const std::string& name) {
  constexpr std::size_t kShown = 60;
  std::vector<Uuid> ids;
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const std::string_view word = trimmed(line);
    if (word.empty() || word.front() == '#') continue;
    const auto id = Uuid::parse(without_kind(word));
    if (!id) {
      throw Error(ErrorCode::usage, name + ", line " + std::to_string(number) + ": '" + std::string(word.substr(0, kShown)) + "' is no task id",
                  "one whole id a line, as kubectl akqueue list -o name prints them");
    }
    ids.push_back(*id);
  }
  if (stream.bad()) throw Error(ErrorCode::system, "can't read " + name);
  if (ids.empty()) throw Error(ErrorCode::usage, name + " holds no task id", "one id a line, as kubectl akqueue list -o name prints them");
  return ids;
}

std::vector<Uuid> read_id_list(const std::string& file) {
  if (file == "-") return read_standard_input();
  std::ifstream stream(path_of(file));
  if (!stream) throw Error(ErrorCode::system, "can't read " + file + ": " + std::strerror(errno));
  return read_id_list(stream, file);
}

}  // namespace akqueue
