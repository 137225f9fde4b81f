// contract_tests PEER … [-- BOOST-TEST-OPTIONS]: what one peer must do, the other must do as well, errors included.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <iostream>
#include <string_view>

#include "peer.hpp"

namespace akqueue::contract {
namespace {

std::unique_ptr<Peer> chosen;

bool nothing_to_set_up() { return true; }

int run(int argc, char** argv) {
  char** const end = argv + argc;
  char** const dashes = std::find(argv + 1, end, std::string_view("--"));
  chosen = make_peer({argv + 1, dashes});
  if (chosen == nullptr) return 2;
  chosen->open();  // a peer that can't be reached fails once, not in every case
  std::vector<char*> options{argv[0]};
  if (dashes != end) options.insert(options.end(), dashes + 1, end);
  const int status =
      boost::unit_test::unit_test_main(&nothing_to_set_up, static_cast<int>(options.size()), options.data());
  chosen.reset();
  return status;
}

}  // namespace

Peer& peer() { return *chosen; }

}  // namespace akqueue::contract

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return akqueue::contract::run(argc, argv);
  } catch (const akqueue::Error& error) {
    std::cerr << error.detail() << "contract_tests: " << error.what() << '\n';
    return 2;
  }
}
