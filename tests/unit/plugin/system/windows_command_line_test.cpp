// What a process of Windows is started with, taken apart again by the rules that its C runtimes and Go follow.
#include <boost/test/unit_test.hpp>

#include "system/windows_command_line.hpp"

using namespace akqueue;
using namespace akqueue::system;

namespace {

using Words = std::vector<std::string>;

/// The rules as Microsoft tells them ("Parsing C command-line arguments"), written without a look at the other
/// direction.
Words taken_apart(const std::string& line) {
  Words words;
  std::size_t at = line.find('"', 1) + 1;
  words.push_back(line.substr(1, at - 2));
  while (at < line.size()) {
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
    if (at == line.size()) break;
    std::string word;
    for (bool inside = false; at < line.size() && (inside || (line[at] != ' ' && line[at] != '\t'));) {
      std::size_t backslashes = 0;
      for (; at < line.size() && line[at] == '\\'; ++at) ++backslashes;
      const bool mark = at < line.size() && line[at] == '"';
      word.append(mark ? backslashes / 2 : backslashes, '\\');
      if (!mark) {
        if (at < line.size() && (inside || (line[at] != ' ' && line[at] != '\t'))) word += line[at++];
        continue;
      }
      ++at;
      if (backslashes % 2 == 1) {
        word += '"';
      } else {
        inside = !inside;
      }
    }
    words.push_back(word);
  }
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(windows_command_lines)

BOOST_AUTO_TEST_CASE(plain_words_stay_as_they_are) {
  BOOST_TEST(windows_command_line({"C:\\Program Files\\kubectl.exe", "get", "pods", "-n", "authentik"}) ==
             "\"C:\\Program Files\\kubectl.exe\" get pods -n authentik");
}

BOOST_AUTO_TEST_CASE(quotation_marks_and_backslashes) {
  BOOST_TEST(windows_command_line({"k", R"([{"op": "add"}])"}) == R"("k" "[{\"op\": \"add\"}]")");
  BOOST_TEST(windows_command_line({"k", R"(C:\a folder\)"}) == R"("k" "C:\a folder\\")");
  BOOST_TEST(windows_command_line({"k", R"(\")"}) == R"("k" "\\\"")");
  BOOST_TEST(windows_command_line({"k", ""}) == R"("k" "")");
}

BOOST_AUTO_TEST_CASE(every_word_comes_back) {
  // All words of up to five of the characters that matter.
  constexpr std::string_view kLetters = "a \"\\\t";
  Words words{""};
  for (std::size_t i = 0; words[i].size() < 5; ++i) {
    for (const char c : kLetters) words.push_back(words[i] + c);
  }
  BOOST_TEST(words.size() == 3906u);
  words.insert(words.begin(), R"(C:\kube ctl\kubectl.exe)");
  BOOST_TEST(taken_apart(windows_command_line(words)) == words, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
