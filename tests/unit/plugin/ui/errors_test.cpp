#include "ui/errors.hpp"

#include <boost/test/unit_test.hpp>

#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::testing;

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(what_belongs_to_several_stands_once) {
  const auto refused = [](const std::string& where) {
    return Error(ErrorCode::kubectl_failed, "can't list pods in " + where, "check the VPN").with_detail("was refused");
  };
  FakeTerminal terminal;
  ui::print_errors(terminal, {{"a", refused("a")}, {"b", Error(ErrorCode::system, "no room")}, {"c", refused("c")}});
  BOOST_TEST(terminal.said ==
             "was refused\nerror: a: can't list pods in a\nerror: c: can't list pods in c\nhint: check the VPN\n"
             "error: b: no room\n");
  BOOST_TEST(terminal.printed.empty());
}

BOOST_AUTO_TEST_CASE(one_is_what_was_said_the_error_and_the_hint) {
  FakeTerminal terminal;
  ui::print_error(terminal, Error(ErrorCode::sql, "no such table", "upgrade").with_sqlstate("42P01"));
  BOOST_TEST(terminal.said == "error: no such table (SQLSTATE 42P01)\nhint: upgrade\n");
}

BOOST_AUTO_TEST_SUITE_END()
