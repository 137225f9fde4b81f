// format_timestamp, for millions of times within some months: the texts of days are kept.
#pragma once

#include <array>
#include <string>

#include "akqueue/time.hpp"

namespace akqueue::sim {

class Stamps {
 public:
  std::string text(Timestamp at) {
    constexpr Timestamp kDay = 86400 * kSecond;
    const Timestamp number = at >= 0 ? at / kDay : (at + 1) / kDay - 1;
    Day& day = days_[static_cast<std::size_t>(number) % days_.size()];
    if (day.number != number || day.text.empty()) day = {number, format_timestamp(number * kDay)};
    std::string text = day.text;
    Timestamp rest = at - number * kDay;
    put(text, 20, 6, rest % kSecond);
    rest /= kSecond;
    put(text, 17, 2, rest % 60);
    put(text, 14, 2, rest / 60 % 60);
    put(text, 11, 2, rest / 3600);
    return text;
  }

 private:
  struct Day {
    Timestamp number = 0;
    std::string text;
  };
  static void put(std::string& text, std::size_t from, std::size_t digits, Timestamp value) {
    for (std::size_t place = from + digits; place-- > from; value /= 10)
      text[place] = static_cast<char>('0' + value % 10);
  }

  std::array<Day, 256> days_;
};

}  // namespace akqueue::sim
