#include "akqueue/crontab.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <span>
#include <sstream>
#include <vector>

#include "akqueue/words.hpp"

namespace akqueue {
namespace {

using Set = std::bitset<64>;
using Names = std::span<const std::string_view>;

constexpr int kMinutesOfDay = 24 * 60;
/// 28 years: then each date is on the same weekday again, but for a century without a leap day.
constexpr int kDaysUntilAllRepeats = 10'227;

constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct CronField {
  int least;
  int most;
  Names names = {};
  bool seven_is_zero = false;
};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

/// A number, or a name of the unit.
std::optional<int> value_of(std::string_view text, const CronField& unit) {
  if (unit.names.empty()) return number(text);
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto name = std::ranges::find(unit.names, upper);
  return name == unit.names.end() ? number(text) : unit.least + static_cast<int>(name - unit.names.begin());
}

/// `*`, `5` or `1-5`, in that order; nothing for anything else.
std::vector<int> range_of(std::string_view text, const CronField& unit) {
  std::optional<int> from = unit.least;
  std::optional<int> to = unit.most;
  if (text != "*") {
    const auto dash = text.find('-');
    from = value_of(text.substr(0, dash), unit);
    to = dash == std::string_view::npos ? from : value_of(text.substr(dash + 1), unit);
  }
  const int most = unit.seven_is_zero ? 7 : unit.most;
  std::vector<int> values;
  if (!from || !to || *from < unit.least || *to > most) return values;
  for (int value = *from; value <= *to; ++value) values.push_back(value == 7 && unit.seven_is_zero ? 0 : value);
  return values;
}

/// One part of a list. A step takes what has the first one's remainder.
bool add_part(std::string_view part, const CronField& unit, Set& set) {
  const auto slash = part.find('/');
  const auto step = slash == std::string_view::npos ? std::optional(1) : number(part.substr(slash + 1));
  const std::vector<int> values = range_of(part.substr(0, slash), unit);
  if (!step || *step == 0 || values.empty()) return false;
  for (const int value : values) {
    if (value % *step == values.front() % *step) set.set(static_cast<std::size_t>(value));
  }
  return true;
}

bool read_field(std::string_view field, const CronField& unit, Set& set) {
  for (;;) {
    const auto comma = field.find(',');
    if (!add_part(field.substr(0, comma), unit, set)) return false;
    if (comma == std::string_view::npos) return true;
    field.remove_prefix(comma + 1);
  }
}

std::vector<int> members(const Set& set) {
  std::vector<int> values;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.test(i)) values.push_back(static_cast<int>(i));
  }
  return values;
}

/// The distance between neighbours, around the clock as well; 0 where it is not always the same.
int even_step(const std::vector<int>& values, int around) {
  const int step = around / static_cast<int>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int after = i + 1 < values.size() ? values[i + 1] : values.front() + around;
    if (after - values[i] != step) return 0;
  }
  return step;
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// `Mon, Tue`: of the names of the unit; `1, 15` where it has none.
std::string in_a_row(const Set& set, Names names, int least) {
  std::vector<std::string> words;
  for (const int value : members(set)) {
    std::string word = std::to_string(value);
    if (!names.empty()) {
      word = names[static_cast<std::size_t>(value - least)];
      for (std::size_t i = 1; i < word.size(); ++i)
        word[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(word[i])));
    }
    words.push_back(word);
  }
  return joined(words);
}

}  // namespace

std::optional<Crontab> Crontab::parse(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::array<std::string, 5> fields;
  for (std::string& field : fields) {
    if (!(words >> field)) return std::nullopt;
  }
  std::string more;
  if (words >> more) return std::nullopt;
  Crontab line;
  const bool good = read_field(fields[0], {0, 59}, line.minutes_) && read_field(fields[1], {0, 23}, line.hours_) &&
                    read_field(fields[2], {1, 31}, line.days_) &&
                    read_field(fields[3], {1, 12, kMonths}, line.months_) &&
                    read_field(fields[4], {0, 6, kWeekdays, true}, line.weekdays_);
  return good ? std::optional(line) : std::nullopt;
}

bool Crontab::on_day(std::int64_t days_since_1970) const {
  using namespace std::chrono;
  const sys_days day{days(days_since_1970)};
  const year_month_day date(day);
  return months_.test(static_cast<unsigned>(date.month())) && days_.test(static_cast<unsigned>(date.day())) &&
         weekdays_.test(weekday(day).c_encoding());
}

std::optional<Timestamp> Crontab::next(Timestamp at) const {
  using namespace std::chrono;
  const sys_time<microseconds> start{microseconds(at)};
  const auto first = floor<days>(start);
  auto minute = duration_cast<minutes>(start - first).count() + 1;
  for (int tried = 0; tried <= kDaysUntilAllRepeats; ++tried, minute = 0) {
    const auto day = first + days(tried);
    if (!on_day(day.time_since_epoch().count())) continue;
    for (; minute < kMinutesOfDay; ++minute) {
      if (hours_.test(static_cast<std::size_t>(minute / 60)) && minutes_.test(static_cast<std::size_t>(minute % 60)))
        return duration_cast<microseconds>(day.time_since_epoch() + minutes(minute)).count();
    }
  }
  return std::nullopt;
}

double Crontab::per_day() const {
  std::int64_t matching = 0;
  for (std::int64_t day = 0; day < kDaysUntilAllRepeats; ++day) matching += on_day(day) ? 1 : 0;
  return static_cast<double>(minutes_.count() * hours_.count()) * static_cast<double>(matching) / kDaysUntilAllRepeats;
}

std::string Crontab::times_in_words(bool every_day) const {
  constexpr std::size_t kFew = 4;
  const std::vector<int> minutes = members(minutes_);
  const std::vector<int> hours = members(hours_);
  const bool every_hour = hours.size() == 24;
  const int minute_step = even_step(minutes, 60);
  const int hour_step = even_step(hours, 24);
  if (every_hour && minutes.size() == 60) return "every minute";
  if (every_hour && minutes.size() > 1)
    return minute_step > 0 ? "every " + std::to_string(minute_step) + " minutes"
                           : std::to_string(minutes.size()) + " times an hour";
  if (every_hour) return "hourly at :" + two_digits(minutes.front());
  if (minutes.size() == 1 && hours.size() > 1 && hour_step > 0)
    return "every " + std::to_string(hour_step) + " hours at :" + two_digits(minutes.front());
  if (minutes.size() > 1 || hours.size() > kFew)
    return std::to_string(minutes.size() * hours.size()) + " times " + (every_day ? "a day" : "a day,");
  std::vector<std::string> times;
  for (const int hour : hours) times.push_back(two_digits(hour) + ":" + two_digits(minutes.front()));
  return (every_day ? "daily at " : "at ") + joined(times);
}

std::string Crontab::in_words() const {
  const bool every_day = days_.count() == 31 && months_.count() == 12 && weekdays_.count() == 7;
  std::string words = times_in_words(every_day);
  if (weekdays_.count() < 7) words += " on " + in_a_row(weekdays_, kWeekdays, 0);
  if (days_.count() < 31) words += (weekdays_.count() < 7 ? " that is day " : " on day ") + in_a_row(days_, {}, 0);
  if (months_.count() < 12) words += (days_.count() < 31 ? " of " : " in ") + in_a_row(months_, kMonths, 1);
  return words;
}

}  // namespace akqueue
