#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <sstream>

#include "akqueue/checksum.hpp"
#include "kubectl/arguments.hpp"
#include "kubectl/fault.hpp"
#include "kubectl/selector.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

using Words = std::vector<std::string>;

constexpr Flag kFlags[] = {
    {"output", 'o'}, {"all-namespaces", 'A', false}, {"stdin", 'i', false}, {"tty", 't', false}, {"container", 'c'}};

std::string refusal(const Words& args) {
  try {
    parse_arguments(kFlags, args, "kubectl get");
  } catch (const Failure& failure) { return failure.what(); }
  return "none";
}

struct Site {
  TempFolder folder;
  std::string world = make_world(folder, "calm", 60);
  Ran run(const Words& args, const std::string& input = {}) { return kubectl(world, args, input); }
  std::string pod(const std::string& component) {
    std::string name =
        run({"get", "pods", "-n", "authentik", "-l", "app.kubernetes.io/component=" + component, "-o", "name"}).out;
    return name.substr(4, name.find('\n') - 4);
  }
};

/// Requests with their sums.
std::string summed(const std::string& requests) {
  std::string text;
  std::istringstream lines(requests);
  for (std::string line; std::getline(lines, line);) text += with_sum(line) + "\n";
  return text;
}

/// What a peer said, without sums. A line that was cut stays as it is.
std::string unsummed(const std::string& said) {
  std::string text;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    text += without_sum(line).value_or(line);
    if (!lines.eof()) text += '\n';
  }
  return text;
}

/// A session by exec: `requests` after a bootstrap.
Ran session(Site& site, const std::string& requests, const Words& command = {"python", "-c", "x"},
            const char* fault = nullptr) {
  Words args{"exec", "-i", site.pod("server"), "-n", "authentik", "-c", "server", "--"};
  args.insert(args.end(), command.begin(), command.end());
  if (fault != nullptr) ::setenv("AKQUEUE_SIM_FAULT", fault, 1);
  Ran ran = site.run(args, "4\npass" + summed(requests));
  ran.out = unsummed(ran.out);
  ::unsetenv("AKQUEUE_SIM_FAULT");
  return ran;
}

const std::string kHello = "{\"op\":\"hello\",\"protocol\":2}\n";
const std::string kBye = "{\"op\":\"bye\"}\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(kubectl_arguments)

BOOST_AUTO_TEST_CASE(flags_in_all_their_forms) {
  const Arguments parsed = parse_arguments(
      kFlags, {"-n", "one", "pods", "--context=c", "-ojson", "-A", "x", "--", "-n", "two"}, "kubectl get");
  BOOST_TEST(parsed.words == (Words{"pods", "x"}), boost::test_tools::per_element());
  BOOST_TEST(parsed.value("namespace") == "one");
  BOOST_TEST(parsed.value("context") == "c");
  BOOST_TEST(parsed.value("output") == "json");
  BOOST_TEST(parsed.set("all-namespaces"));
  BOOST_TEST(*parsed.after_dashes == (Words{"-n", "two"}), boost::test_tools::per_element());
  const Arguments letters = parse_arguments(kFlags, {"-itc", "server", "-n=a", "--stdin=false"}, "kubectl exec");
  BOOST_TEST(!letters.set("stdin"));
  BOOST_TEST(letters.set("tty"));
  BOOST_TEST(letters.value("container") == "server");
  BOOST_TEST(letters.value("namespace") == "a");
  BOOST_TEST(!letters.after_dashes.has_value());
}

BOOST_AUTO_TEST_CASE(mistakes_have_kubectls_words) {
  const std::string see = "\nSee 'kubectl get --help' for usage.";
  BOOST_TEST(refusal({"--bogus"}) == "error: unknown flag: --bogus" + see);
  BOOST_TEST(refusal({"-iz"}) == "error: unknown shorthand flag: 'z' in -iz" + see);
  BOOST_TEST(refusal({"--namespace"}) == "error: flag needs an argument: --namespace" + see);
  BOOST_TEST(refusal({"-n"}) == "error: flag needs an argument: 'n' in -n" + see);
}

BOOST_AUTO_TEST_CASE(the_command_is_found_behind_global_flags) {
  BOOST_TEST(first_word({"--context", "get", "-n", "x", "exec"}) == 4u);
  BOOST_TEST(first_word({"--context=x", "-nx", "get"}) == 2u);
  BOOST_TEST(first_word({"--as", "me"}) == 2u);
}

BOOST_AUTO_TEST_CASE(selectors) {
  const ForeignJson labels = {{"app", "a"}, {"tier", "web"}};
  for (const char* yes : {"", "app=a", "app==a,tier!=db", "app in (a, b)", "app notin (c),tier", "!gone", "gone!=x"}) {
    BOOST_TEST_CONTEXT(yes) { BOOST_TEST(Selector(yes).matches(labels)); }
  }
  for (const char* no : {"app=b", "app!=a", "app in (b)", "app notin (a)", "gone", "!app", "gone=x", "app=a,tier=db"}) {
    BOOST_TEST_CONTEXT(no) { BOOST_TEST(!Selector(no).matches(labels)); }
  }
  BOOST_CHECK_THROW(Selector("a b c"), Failure);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(kubectl_stand_in)

BOOST_FIXTURE_TEST_CASE(get_prints_lists_as_kubectl_does, Site) {
  const Ran ran = run({"get", "pods,deployments", "-n", "authentik", "--selector", "app.kubernetes.io/name=authentik",
                       "--output", "json"});
  BOOST_TEST(ran.status == 0);
  BOOST_TEST(ran.out.starts_with("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n"));
  const auto list = ForeignJson::parse(ran.out);
  BOOST_TEST(list.at("kind") == "List");
  BOOST_TEST(list.at("items").size() == 6u);
  const auto& first = list.at("items").at(0);
  BOOST_TEST(first.at("metadata").at("labels").at("app.kubernetes.io/component") == "server");
  BOOST_TEST(first.at("status").at("phase") == "Running");
  BOOST_TEST(run({"get", "namespace", "authentik", "--output", "name"}).out == "namespace/authentik\n");
  BOOST_TEST(run({"get", "deploy", "-o", "name", "-A"}).out ==
             "deployment.apps/authentik-server\ndeployment.apps/authentik-worker\n");
}

BOOST_FIXTURE_TEST_CASE(get_prints_tables_as_kubectl_does, Site) {
  BOOST_TEST(run({"get", "deployments", "--namespace=authentik"}).out ==
             "NAME               READY   UP-TO-DATE   AVAILABLE   AGE\n"
             "authentik-server   2/2     2            2           399d\n"
             "authentik-worker   2/2     2            2           399d\n");
  BOOST_TEST(run({"get", "ns", "--no-headers"}).out ==
             "authentik     Active   399d\ndefault       Active   400d\nkube-system   Active   400d\n");
  const Ran none = run({"get", "pods", "-n", "nope"});
  BOOST_TEST(none.status == 0);
  BOOST_TEST(none.err == "No resources found in nope namespace.\n");
}

BOOST_FIXTURE_TEST_CASE(restarts_and_reasons_are_shown, Site) {
  const TempFolder other;
  const Ran ran = kubectl(make_world(other, "outpost-storm", 10),
                          {"get", "pods", "-n", "authentik", "-l", "app.kubernetes.io/component=worker"});
  BOOST_TEST(ran.out.find("1/1     Running   14 (4m ago)   2d\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(errors_have_kubectls_words, Site) {
  const auto is = [&](const Words& args, const std::string& text) {
    const Ran ran = run(args);
    BOOST_TEST_CONTEXT(args.front()) {
      BOOST_TEST(ran.status == 1);
      BOOST_TEST(ran.err == text + "\n");
    }
  };
  is({"get", "pod", "x", "-n", "authentik"}, "Error from server (NotFound): pods \"x\" not found");
  is({"get", "deployment", "x"}, "Error from server (NotFound): deployments.apps \"x\" not found");
  is({"get", "spoons"}, "error: the server doesn't have a resource type \"spoons\"");
  is({"--context", "x", "get", "pods"}, "error: context \"x\" does not exist");
  is({"config", "view", "--minify", "-o", "json", "--context", "x"}, "error: cannot locate context x");
  is({"gat"}, "error: unknown command \"gat\" for \"kubectl\"\n\nDid you mean this?\n\tget\n");
  is({"--context", "x", "gat"}, "error: flags cannot be placed before plugin name: --context");
  is({"config", "set"}, "error: unknown command \"set\"\nSee 'kubectl config -h' for help and examples");
  is({"--as", "viewer", "get", "pods", "--user", "zz"}, "error: auth info \"zz\" does not exist");
  is({"get", "pods", "--as", "nobody", "-n", "authentik"},
     "Error from server (Forbidden): pods is forbidden: User \"nobody\" cannot list resource \"pods\" in API group "
     "\"\" in the namespace \"authentik\"");
  is({"get", "deployments", "--as", "nobody", "-A"},
     "Error from server (Forbidden): deployments.apps is forbidden: User \"nobody\" cannot list resource "
     "\"deployments\" in API group \"apps\" at the cluster scope");
  is({"exec"}, "error: pod, type/name or --filename must be specified");
  is({"exec", "p"}, "error: you must specify at least one command for the container");
  is({"exec", "p", "ls"},
     "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
     "See 'kubectl exec -h' for help and examples");
  is({"exec", "p", "-n", "authentik", "--", "ls"}, "Error from server (NotFound): pods \"p\" not found");
  const std::string name = pod("server");
  is({"exec", name, "-n", "authentik", "-c", "x", "--", "ls"},
     "Error from server (BadRequest): container x is not valid for pod " + name);
  is({"exec", name, "-n", "authentik", "--as", "viewer", "--", "python"},
     "Error from server (Forbidden): pods \"" + name +
         "\" is forbidden: User \"viewer\" cannot create resource \"pods/exec\" in API group \"\" in the namespace "
         "\"authentik\"");
  BOOST_TEST(run({"exec", name, "-n", "authentik", "--", "ls"})
                 .err.find("exec: \"ls\": executable file not found in $PATH: unknown\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(pods_that_do_not_run_refuse_exec, Site) {
  Scenario scenario = find_scenario("calm");
  scenario.pods = {scenario.pods[0], scenario.pods[0], scenario.pods[0]};
  for (PodGroup& group : scenario.pods) group.count = 1, group.ready = false;
  scenario.pods[0].phase = "Pending";
  scenario.pods[1].waiting = "CrashLoopBackOff";
  scenario.pods[2].phase = "Succeeded";
  create_world(folder.file("w"), scenario, {1, 1, parse_timestamp(kNow), false});
  World opened(folder.file("w"));
  std::string all;
  for (const auto& one : opened.objects("Pod", "authentik")) {
    const std::string name = one.at("metadata").at("name");
    all += kubectl(folder.file("w"), {"exec", "-i", name, "-n", "authentik", "--", "python", "-c", "x"}).err;
  }
  BOOST_TEST(all.find("does not have a host assigned") != std::string::npos);
  BOOST_TEST(all.find("unable to upgrade connection: container not found (\"server\")") != std::string::npos);
  BOOST_TEST(all.find("cannot exec into a container in a completed pod; current phase is Succeeded") !=
             std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(exec_speaks_the_protocol, Site) {
  const Ran ran = session(*this, kHello + kBye);
  BOOST_TEST(ran.status == 0);
  BOOST_TEST(ran.out.starts_with("akqueue-agent 2\n= {\"engine\":\"sqlite\""));
  BOOST_TEST(ran.out.ends_with("\n= {}\n"));
  const Ran shell = session(*this, kHello, {"ak", "shell", "-c", "x"});
  BOOST_TEST(shell.out.find("### authentik shell") < shell.out.find("\nakqueue-agent 2\n"));
  BOOST_TEST(run({"exec", pod("server"), "-n", "authentik", "--", "python", "-c", "x"}).err ==
             "command terminated with exit code 1\n");
}

BOOST_FIXTURE_TEST_CASE(a_neighbours_pods_have_a_database_of_their_own, Site) {
  const std::string path = folder.file("two");
  create_world(path, find_scenario("two-releases"), {300, 1, parse_timestamp(kNow), false});
  const std::string names = kubectl(path, {"get", "pods", "-n", "authentik", "-l",
                                           "app.kubernetes.io/instance=authentik-staging", "-o", "name"})
                                .out;
  BOOST_TEST(std::ranges::count(names, '\n') == 2);
  const std::string count =
      "{\"op\":\"begin\"}\n{\"op\":\"query\",\"sql\":\"SELECT (SELECT count(*) FROM public.authentik_tasks_task),"
      " count(*), max(hostname) FROM authentik_tasks_workerstatus\"}\n";
  for (const auto& [deployment, answer] :
       {std::pair("authentik-server", "\nr [300,2,\"authentik-worker-"),
        std::pair("authentik-staging-server", "\nr [0,1,\"authentik-staging-worker-")}) {
    const Ran ran = kubectl(
        path, {"exec", "-i", "deployment/" + std::string(deployment), "-n", "authentik", "--", "python", "-c", "x"},
        "0\n" + summed(kHello + count));
    BOOST_TEST(ran.out.find(answer) != std::string::npos, ran.out << ran.err);
  }
}

BOOST_FIXTURE_TEST_CASE(a_pod_tells_its_own_version, Site) {
  const std::string path = folder.file("half");
  create_world(path, find_scenario("half-upgraded"), {100, 1, parse_timestamp(kNow), false});
  World opened(path);
  std::map<std::string, int> versions;
  for (const auto& one : opened.objects("Pod", "authentik"))
    ++versions[one.at("metadata").at("labels").at("app.kubernetes.io/version").get<std::string>()];
  BOOST_TEST((versions == std::map<std::string, int>{{"2026.2.2", 3}, {"2026.5.2", 3}}));
  BOOST_TEST(opened.database().integer_of(
                 "SELECT count(*) FROM authentik_tasks_workerstatus WHERE version = '2026.2.2'") == 3);
  const auto server = opened.objects("Deployment", "authentik").front();
  BOOST_TEST(server.at("spec").at("replicas") == 2);
  BOOST_TEST(server.at("status").at("updatedReplicas") == 2);
  BOOST_TEST(server.at("status").at("replicas") == 2, "one that terminates does not count");
}

BOOST_FIXTURE_TEST_CASE(faults, Site) {
  const std::string begin = "{\"op\":\"begin\"}\n";
  BOOST_TEST(session(*this, kHello, {"python", "-c", "x"}, "banner").out.find("\nakqueue-agent 2\n") !=
             std::string::npos);
  const Ran silent = session(*this, kHello, {"python", "-c", "x"}, "silent");
  BOOST_TEST(silent.out.find("akqueue-agent") == std::string::npos);
  BOOST_TEST(silent.status == 0);
  BOOST_TEST(session(*this, kHello, {"python", "-c", "x"}, "wrong-version").out.starts_with("akqueue-agent 99\n"));
  BOOST_TEST(session(*this, kHello + begin, {"python", "-c", "x"}, "rubbish")
                 .out.ends_with("\nSegmentation fault (core dumped)\n"));
  const Ran cut = session(*this, kHello + begin + begin, {"python", "-c", "x"}, "cut-after=1");
  BOOST_TEST(cut.status == 137);
  BOOST_TEST(cut.err == "command terminated with exit code 137\n");
  BOOST_TEST(!cut.out.ends_with("\n"));
  BOOST_TEST(session(*this, kHello + begin, {"python", "-c", "x"}, "stall")
                 .out.find("\"now\":\"2026-05-01T12:00:00.000000Z\"}\n") == std::string::npos);
  BOOST_TEST(session(*this, kHello, {"python", "-c", "x"}, "no-python").status == 1);
  BOOST_TEST(session(*this, kHello, {"/ak-root/.venv/bin/python", "-c", "x"}, "no-python").status == 0);
  BOOST_TEST(session(*this, kHello, {"ak", "shell", "-c", "x"}, "no-interpreter").status == 1);
  for (const char* code : {"no-authentik", "config", "connect"}) {
    BOOST_TEST(session(*this, kHello, {"python", "-c", "x"}, code).out.find(std::string("\n! {\"code\":\"") + code) !=
               std::string::npos);
  }
  BOOST_TEST(session(*this, kHello + "{\"op\":\"introspect\",\"table\":\"authentik_tasks_task\"}\n",
                     {"python", "-c", "x"}, "no-tables")
                 .out.ends_with("\n= {\"tables\":[],\"references\":[]}\n"));
  BOOST_CHECK_THROW(parse_fault("nonsense"), Error);
  BOOST_CHECK_THROW(parse_fault("cut-after"), Error);
}

BOOST_FIXTURE_TEST_CASE(contexts_versions_and_rights, Site) {
  BOOST_TEST(run({"config", "current-context"}).out == "akqueue-sim\n");
  BOOST_TEST(run({"config", "get-contexts", "-o", "name"}).out == "akqueue-sim\n");
  const auto view = ForeignJson::parse(run({"config", "view", "--minify", "--output", "json"}).out);
  BOOST_TEST(view.at("current-context") == "akqueue-sim");
  BOOST_TEST(view.at("contexts").at(0).at("context").at("user") == "admin");
  BOOST_TEST(ForeignJson::parse(run({"version", "--client", "-o", "json"}).out).at("clientVersion").at("gitVersion") ==
             "v1.32.2");
  BOOST_TEST(run({"version", "-o", "x"}).err == "error: --output must be 'yaml' or 'json'\n");
  BOOST_TEST(run({"auth", "can-i", "create", "pods/exec"}).out == "yes\n");
  const Ran no = run({"auth", "can-i", "create", "pods", "--subresource=exec", "--as", "viewer"});
  BOOST_TEST(no.out == "no\n");
  BOOST_TEST(no.status == 1);
  BOOST_TEST(run({"auth", "can-i", "list", "pods", "--as", "viewer"}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
