// Frames of a full screen against the files in tests/unit/plugin/commands/frames. AKQUEUE_ACCEPT=1 rewrites these, and
// fails.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "ui/screen.hpp"

namespace akqueue::testing {

/// Every line with a mark for its look.
inline std::string text_of(const ui::Frame& frame) {
  static constexpr const char* kMarks[] = {" ", "*", ".", "!", "#"};
  std::string text;
  for (const ui::ScreenLine& line : frame)
    (((text += kMarks[static_cast<int>(line.look)]) += "|") += line.text.view()) += "\n";
  return text;
}

inline void check_golden(const std::string& name, const ui::Frame& frame) {
  const std::string path = std::string(AKQUEUE_SOURCE_DIR) + "/tests/unit/plugin/commands/frames/" + name + ".txt";
  const std::string actual = text_of(frame);
  if (std::getenv("AKQUEUE_ACCEPT") != nullptr) {
    std::ofstream(path) << actual;
    BOOST_TEST(false, path + ": rewritten; read the difference, then run again without AKQUEUE_ACCEPT");
    return;
  }
  std::ifstream file(path);
  std::stringstream expected;
  expected << file.rdbuf();
  BOOST_TEST(actual == expected.str(), name + " is now\n" + actual);
}

}  // namespace akqueue::testing
