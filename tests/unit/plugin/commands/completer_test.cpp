#include <boost/test/unit_test.hpp>

#include "akqueue/error.hpp"
#include "commands/completion/completer_link.hpp"
#include "fakes.hpp"
#include "system/scratch.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;
namespace fs = std::filesystem;

namespace {

/// krew's way: a link on PATH into a directory of one version.
struct Krew : Scratch {
  Krew() {
    program("store/v1/kubectl-akqueue", "one");
    fs::create_directories(bin());
    fs::create_symlink("../store/v1/kubectl-akqueue", plugin());
  }
  fs::path bin() const { return path() / "bin"; }
  fs::path plugin() const { return bin() / "kubectl-akqueue"; }
  fs::path completer() const { return bin() / "kubectl_complete-akqueue"; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(completer)

BOOST_AUTO_TEST_CASE(goes_on_after_an_upgrade) {
  const Krew krew;
  const Completer completer(krew.bin(), find_in(directories_of(krew.bin().string()), "kubectl-akqueue"));
  BOOST_TEST((completer.standing() == Standing::absent));
  completer.install();
  BOOST_TEST((completer.standing() == Standing::current));
  BOOST_TEST(fs::read_symlink(krew.completer()) == "kubectl-akqueue");
  // krew upgrades: another link, the old version is gone.
  const fs::path newer = krew.program("store/v2/kubectl-akqueue", "two");
  fs::remove(krew.plugin());
  fs::create_symlink("../store/v2/kubectl-akqueue", krew.plugin());
  fs::remove_all(krew.path() / "store" / "v1");
  BOOST_TEST(fs::canonical(krew.completer()) == newer);
  BOOST_TEST((completer.standing() == Standing::current));
  completer.remove();
  BOOST_TEST((completer.standing() == Standing::absent));
  BOOST_TEST(fs::exists(krew.plugin()));
}

BOOST_AUTO_TEST_CASE(from_another_directory) {
  const Krew krew;
  const fs::path other = krew.path() / "other";
  fs::create_directories(other);
  const Completer completer(other, krew.plugin());
  completer.install();
  BOOST_TEST(fs::read_symlink(completer.file()) == krew.plugin());
  BOOST_TEST((completer.standing() == Standing::current));
}

BOOST_AUTO_TEST_CASE(what_is_ours_is_brought_up_to_date) {
  const Krew krew;
  const Completer completer(krew.bin(), krew.plugin());
  fs::create_symlink("/gone/kubectl-akqueue", krew.completer());
  BOOST_TEST((completer.standing() == Standing::outdated));
  completer.install();
  BOOST_TEST((completer.standing() == Standing::current));
  fs::remove(krew.completer());
  krew.program("bin/kubectl_complete-akqueue", "a copy of an older release\nakqueue-agent 1\n");
  BOOST_TEST((completer.standing() == Standing::outdated));
  completer.install();
  BOOST_TEST(fs::is_symlink(krew.completer()));
}

BOOST_AUTO_TEST_CASE(a_foreign_file_is_left_alone) {
  const Krew krew;
  krew.program("bin/kubectl_complete-akqueue", "#!/bin/sh\necho my own\n");
  const Completer completer(krew.bin(), krew.plugin());
  BOOST_TEST((completer.standing() == Standing::foreign));
  BOOST_TEST((error_of([&] { completer.install(); }) == ErrorCode::refused));
  BOOST_TEST((error_of([&] { completer.remove(); }) == ErrorCode::refused));
  BOOST_TEST(fs::file_size(krew.completer()) == 22);
}

BOOST_AUTO_TEST_CASE(the_plugins_own_directory_first) {
  const Krew krew;
  BOOST_TEST(usual_directory(directories_of("/nonesuch:" + krew.bin().string()), krew.plugin()) == krew.bin());
  BOOST_TEST(usual_directory({}, krew.plugin()).empty());
}

BOOST_AUTO_TEST_CASE(path_as_kubectl_reads_it) {
  const auto directories = directories_of("/a/b/:/a/../c:/a/b");
  BOOST_TEST_REQUIRE(directories.size() == 2);
  BOOST_TEST(directories[0] == "/a/b");
  BOOST_TEST(directories[1] == "/c");
  const Scratch scratch;
  scratch.write("one/kubectl-akqueue", "not executable");
  const fs::path right = scratch.program("two/kubectl-akqueue", "");
  BOOST_TEST(find_in(directories_of((scratch.path() / "one").string() + ":" + (scratch.path() / "two").string()),
                     "kubectl-akqueue") == right);
}

BOOST_AUTO_TEST_SUITE_END()
