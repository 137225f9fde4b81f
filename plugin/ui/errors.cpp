#include "ui/errors.hpp"

#include <filesystem>
#include <new>
#include <system_error>

#include "system/paths.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {
namespace {

/// What a person can do about it; empty where nothing is known.
std::string hint_for(const std::error_code& code) {
  if (code == std::errc::too_many_files_open || code == std::errc::too_many_files_open_in_system)
    return "ulimit -n shows how many files may be open; ulimit -n 1024 allows more";
  if (code == std::errc::resource_unavailable_try_again)
    return "ulimit -u tells how many processes and threads may run";
  if (code == std::errc::filename_too_long) return "choose a shorter name";
  return {};
}

Error error_of(const std::filesystem::filesystem_error& failure) {
  const std::string path = system::text_of(failure.path1());
  return Error(ErrorCode::system,
               (path.empty() ? "can't use a file" : "can't use " + path) + ": " + failure.code().message(),
               hint_for(failure.code()));
}

/// `error: customer-b/authentik: …`
Text line_of(const Terminal& terminal, const OwnedError& one) {
  Text text = terminal.failure("error: ");
  if (!one.whose.empty()) text += format_text("{}: ", one.whose);
  text += Text::lines(one.error.what());
  if (!one.error.sqlstate().empty()) text += format_text(" (SQLSTATE {})", one.error.sqlstate());
  return text + "\n";
}

}  // namespace

Error as_error(const std::exception& thrown) {
  if (const auto* const known = dynamic_cast<const Error*>(&thrown)) return *known;
  if (const auto* const file = dynamic_cast<const std::filesystem::filesystem_error*>(&thrown)) return error_of(*file);
  if (const auto* const system = dynamic_cast<const std::system_error*>(&thrown)) {
    return Error(ErrorCode::system, "this machine refuses what is needed: " + system->code().message(),
                 hint_for(system->code()));
  }
  if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr) {
    return Error(ErrorCode::system, "there is not enough memory",
                 "ulimit -v tells how much this program may have; conditions and --limit make its work smaller");
  }
  return Error(ErrorCode::system, std::string("unforeseen: ") + thrown.what(), "please report this");
}

Error with_what_is_so(const Error& error, const std::string& what) {
  Error said(error.code(), std::string(error.what()) + "; " + what, error.hint());
  return said.with_detail(error.detail()).with_sqlstate(error.sqlstate());
}

void print_error(Terminal& terminal, const Error& error, const std::string& whose) {
  print_errors(terminal, {{whose, error}});
}

void print_errors(Terminal& terminal, const std::vector<OwnedError>& errors) {
  const auto same = [](const Error& one, const Error& other) {
    return one.detail() == other.detail() && one.hint() == other.hint();
  };
  std::vector<bool> said(errors.size());
  for (std::size_t first = 0; first < errors.size(); ++first) {
    if (said[first]) continue;
    const Error& error = errors[first].error;
    Text text = Text::lines(error.detail());
    if (!text.empty() && !text.view().ends_with('\n')) text += "\n";
    for (std::size_t i = first; i < errors.size(); ++i) {
      if (said[i] || !same(errors[i].error, error)) continue;
      said[i] = true;
      text += line_of(terminal, errors[i]);
    }
    if (!error.hint().empty()) text += terminal.strong("hint: ") + error.hint() + "\n";
    terminal.err(text);
  }
}

}  // namespace akqueue::ui
