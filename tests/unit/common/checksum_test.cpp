#include "akqueue/checksum.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;

BOOST_AUTO_TEST_SUITE(checksum)

BOOST_AUTO_TEST_CASE(it_is_that_of_gzip) {
  BOOST_TEST(crc32_of("123456789") == 0xcbf43926u);
  BOOST_TEST(crc32_of("6789", crc32_of("12345")) == 0xcbf43926u);
}

BOOST_AUTO_TEST_CASE(a_line_carries_its_sum) {
  BOOST_TEST(with_sum("123456789") == "123456789 cbf43926");
  BOOST_TEST(std::string(without_sum("123456789 cbf43926").value()) == "123456789");
  BOOST_TEST(with_sum("") == " 00000000");
  BOOST_TEST(without_sum(" 00000000").value().empty());
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed) {
  const std::string line = with_sum(R"(= {"rows":1})");
  for (std::size_t bit = 0; bit < line.size() * 8; ++bit) {
    std::string damaged = line;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    BOOST_TEST(!without_sum(damaged).has_value(), damaged);
  }
  for (std::size_t length = 0; length < line.size(); ++length)
    BOOST_TEST(!without_sum(line.substr(0, length)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
