#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "cluster/kubectl.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::cluster;
using namespace akqueue::testing;

namespace {

ErrorCode code_for(const std::string& error_text) { return kubectl_error({{1}, "", error_text}, "look").code(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(kubectl)

BOOST_AUTO_TEST_CASE(global_flags_go_with_every_call) {
  ScriptedLauncher launcher({{}, {}});
  Kubectl kubectl(launcher, {"kubectl"}, {"--context=prod", "--namespace=sso"});
  kubectl.run({"get", "pods"});
  kubectl.start({"exec", "--stdin", "pod"}, {"python", "-c", "it's"});
  BOOST_TEST(
      launcher.journal[0] == (std::vector<std::string>{"kubectl", "get", "pods", "--context=prod", "--namespace=sso"}),
      boost::test_tools::per_element());
  BOOST_TEST(launcher.journal[1] == (std::vector<std::string>{"kubectl", "exec", "--stdin", "pod", "--context=prod",
                                                              "--namespace=sso", "--", "python", "-c", "it's"}),
             boost::test_tools::per_element());
  BOOST_TEST(kubectl.journal()[1] == "kubectl exec --stdin pod --context=prod --namespace=sso -- python -c 'it'\\''s'");
}

BOOST_AUTO_TEST_CASE(another_program_may_be_named) {
  const auto words = [](const char* named) {
    ::setenv("AKQUEUE_KUBECTL", named, 1);
    const std::vector<std::string> program = kubectl_program("");
    ::unsetenv("AKQUEUE_KUBECTL");
    return program;
  };
  BOOST_TEST(words("oc") == std::vector<std::string>{"oc"}, boost::test_tools::per_element());
  BOOST_TEST(words("  microk8s  kubectl ") == (std::vector<std::string>{"microk8s", "kubectl"}),
             boost::test_tools::per_element());
  BOOST_TEST(words(" ") == std::vector<std::string>{"kubectl"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_simulator_gets_the_same_arguments) {
  BOOST_TEST(kubectl_program("") == std::vector<std::string>{"kubectl"}, boost::test_tools::per_element());
  BOOST_TEST(kubectl_program("w.world") == (std::vector<std::string>{"akqueue-sim", "kubectl", "--world",
                                                                     std::filesystem::absolute("w.world").string()}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_kubectl_says_becomes_a_kind_of_error) {
  BOOST_TEST(
      (code_for(
           "Error from server (Forbidden): pods \"x\" is forbidden: User \"v\" cannot create resource \"pods/exec\"") ==
       ErrorCode::forbidden));
  BOOST_TEST((code_for("error: current-context is not set") == ErrorCode::no_context));
  BOOST_TEST(kubectl_error({{1},
                            "",
                            "Unable to connect to the server: tls: failed to verify certificate: x509: certificate "
                            "signed by unknown authority"},
                           "look")
                 .hint()
                 .starts_with("the API server's certificate is not one that this context trusts"));
  BOOST_TEST((code_for("error: context \"x\" does not exist") == ErrorCode::no_context));
  BOOST_TEST((code_for("context \"x\" does not exist\ncontext \"x\" does not exist\n") == ErrorCode::no_context));
  BOOST_TEST((code_for("error: cannot locate context nope") == ErrorCode::no_context));
  BOOST_TEST(
      (code_for("Error in configuration: context was not found for specified context: nope") == ErrorCode::no_context));
  BOOST_TEST((code_for("error: no server found for cluster \"nope\"") == ErrorCode::no_context));
  BOOST_TEST((code_for("error: auth info \"nope\" does not exist") == ErrorCode::no_context));
  BOOST_TEST((code_for("error: stat /nope: no such file or directory") == ErrorCode::no_context));
  BOOST_TEST(
      (code_for("The connection to the server localhost:8080 was refused - did you specify the right host or port?") ==
       ErrorCode::no_context));
  BOOST_TEST(
      (code_for("The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?") ==
       ErrorCode::kubectl_failed));
  BOOST_TEST((code_for("Unable to connect to the server: dial tcp: i/o timeout") == ErrorCode::kubectl_failed));
  BOOST_TEST((code_for("something new") == ErrorCode::kubectl_failed));
}

BOOST_AUTO_TEST_CASE(a_line_that_was_cut_is_told_as_that) {
  for (const char* said :
       {"error: error reading from error stream: next reader: websocket: close 1006 (abnormal closure): unexpected EOF",
        "error: read tcp 10.0.0.1:1->10.0.0.2:6443: read: connection reset by peer"}) {
    BOOST_TEST(kubectl_error({{1}, "", said}, "look").hint().starts_with("the connection to the API server was cut"));
  }
}

BOOST_AUTO_TEST_CASE(a_proxy_that_does_not_upgrade_is_told_as_that) {
  for (const char* said : {"error: unable to upgrade connection: Upgrade request required",
                           "error: unable to upgrade connection: <html>502 Bad Gateway</html>",
                           "error: websocket: bad handshake", "error: Upgrade request required"})
    BOOST_TEST(kubectl_error({{1}, "", said}, "enter pod x").hint().find("KUBECTL_REMOTE_COMMAND_WEBSOCKETS") !=
                   std::string::npos,
               said);
  BOOST_TEST(kubectl_error({{1},
                            "",
                            "error: Internal error occurred: unable to upgrade connection: container not found "
                            "(\"server\")"},
                           "enter pod x")
                 .hint()
                 .starts_with("its container does not run now"));
}

BOOST_AUTO_TEST_CASE(kubectls_own_words_are_passed_on) {
  const Error error = kubectl_error({{1}, "", "something new\n"}, "look");
  BOOST_TEST(error.detail() == "something new\n");
  BOOST_TEST(std::string(error.what()) == "can't look: kubectl ended with status 1");
}

BOOST_AUTO_TEST_CASE(kubectls_log_is_left_out_where_it_says_the_same_to_people) {
  const std::string log =
      "E1124 23:09:12.512736   20205 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group "
      "list\"\n";
  const std::string said = "Unable to connect to the server: net/http: TLS handshake timeout\n";
  BOOST_TEST(kubectl_error({{1}, "", log + log + said}, "look").detail() == said);
  BOOST_TEST(kubectl_error({{1}, "", log}, "look").detail() == log);
  BOOST_TEST(kubectl_error({{1}, "", "Error\nE1 is no log line"}, "look").detail() == "Error\nE1 is no log line");
}

BOOST_AUTO_TEST_SUITE_END()
