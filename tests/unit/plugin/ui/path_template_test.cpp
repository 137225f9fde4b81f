#include "ui/path_template.hpp"

#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "ui/custom_columns.hpp"

using namespace akqueue;
using namespace akqueue::ui;
using namespace akqueue::testing;

namespace {

const Json kListed = Json::parse(R"({
  "kind": "tasks", "site": {"namespace": "sso", "release": null}, "with.point": 7,
  "tasks": [{"id": "a", "state": "queued", "retries": 3, "tags": ["x", "y"]},
            {"id": "b", "state": "done", "retries": 12, "tags": []},
            {"id": "c", "state": "queued", "held": true}]})");

std::string made(std::string_view text) { return std::string(PathTemplate(text).print(kListed).view()); }
std::string why_broken(std::string_view text) {
  return words_of([&] { PathTemplate{text}; });
}
std::string columns(std::string_view text, const TableStyle& style = {}) {
  std::vector<const Json*> rows;
  for (const Json& row : kListed["tasks"]) rows.push_back(&row);
  return std::string(CustomColumns(text).draw(rows, style).view());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(path_template)

BOOST_AUTO_TEST_CASE(paths) {
  BOOST_TEST(made("{.site.namespace}") == "sso\n");
  BOOST_TEST(made(".site.namespace") == "sso\n");
  BOOST_TEST(made("$.site.namespace") == "sso\n");
  BOOST_TEST(made("{$.site['namespace']}") == "sso\n");
  BOOST_TEST(made("{.tasks[*].id}") == "a b c\n");
  BOOST_TEST(made("{.tasks.*.id}") == "a b c\n");
  BOOST_TEST(made("{.tasks[0].id} {.tasks[-1].id} {.tasks[0,2].id}") == "a c a c\n");
  BOOST_TEST(made("{.tasks[-1:].id}") == "c\n");
  BOOST_TEST(made("{.tasks[1:].id}{.tasks[:1].id}{.tasks[0:3:2].id}") ==
             "b ca"
             "a c\n");
  BOOST_TEST(made("{..id}") == "a b c\n");
  BOOST_TEST(made("{.tasks[0]['id','state']}") == "a queued\n");
  BOOST_TEST(made(R"({.with\.point})") == "7\n");
  BOOST_TEST(made("{.tasks[0].tags}") == "[\"x\",\"y\"]\n");
  BOOST_TEST(made("{.tasks[2].held}") == "true\n");
  BOOST_TEST(made("{.site.release}") == "\n");
  BOOST_TEST(made("{.nothing.here[3]}") == "\n");
  BOOST_TEST(made("{.tasks[7].id}{.tasks[-9].id}") == "\n");
  BOOST_TEST(made("{.tasks[-9223372036854775808:9223372036854775807:9223372036854775807].id}") == "a\n");
}

BOOST_AUTO_TEST_CASE(filters) {
  BOOST_TEST(made(R"({.tasks[?(@.state=="queued")].id})") == "a c\n");
  BOOST_TEST(made("{.tasks[?( @.state != 'queued' )].id}") == "b\n");
  BOOST_TEST(made("{.tasks[?(@.retries>3)].id}") == "b\n");
  BOOST_TEST(made("{.tasks[?(@.retries>=3)].id}") == "a b\n");
  BOOST_TEST(made("{.tasks[?(@.held)].id}") == "c\n");
  BOOST_TEST(made("{.tasks[?(@.held==true)].id}") == "c\n");
  BOOST_TEST(made("{.tasks[?(@.state==$.tasks[1].state)].id}") == "b\n");
  BOOST_TEST(made("{.tasks[?(@.tags[0]=='x')].id}") == "a\n");
  BOOST_TEST(made("{.tasks[?(@.retries<'3')].id}") == "\n");
}

BOOST_AUTO_TEST_CASE(text_and_ranges) {
  BOOST_TEST(made("namespace {.site.namespace}: {.tasks[0].id}!") == "namespace sso: a!\n");
  BOOST_TEST(made(R"({range .tasks[*]}{.id}{"\t"}{.state}{"\n"}{end})") == "a\tqueued\nb\tdone\nc\tqueued\n");
  BOOST_TEST(made("{range .tasks[*]}{.id}:{range .tags[*]}{@},{end} {end}") == "a:x,y, b: c: \n");
  BOOST_TEST(made("{range .tasks[0:2]}{$.site.namespace}/{.id} {end}") == "sso/a sso/b \n");
  BOOST_TEST(made("{.site.namespace}{'\\n'}") == "sso\n");
  BOOST_TEST(made("just text") == "just text\n");
  BOOST_TEST(made("{.kind .site.namespace}") == "taskssso\n");
}

/// What a terminal would act on is shown, in the template and in what it finds.
BOOST_AUTO_TEST_CASE(foreign_text) {
  const Json document{{"a", "x\x1b[2J\ny"}};
  BOOST_TEST(PathTemplate("{.a}").print(document).view() == "x\\x1b[2J\\ny\n");
  BOOST_TEST(PathTemplate("\x1b{.a}").print(document).view() == "\\x1bx\\x1b[2J\\ny\n");
}

BOOST_AUTO_TEST_CASE(what_breaks_is_named) {
  constexpr std::string_view kLike =
      R"( | like '{.site.namespace}' or '{range .tasks[*]}{.id}{"\n"}{end}', as kubectl takes it)";
  for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
           {"{.a", "-o jsonpath: '}' is missing, behind '{.a'"},
           {"{.a[*}", "-o jsonpath: ']' is missing, behind '{.a[*'"},
           {"{.a[}", "-o jsonpath: a number, '*', '?(…)' or a name in quotes is missing, behind '{.a['"},
           {"{site}", "-o jsonpath: a path is missing, which begins with '.', behind '{'"},
           {"{range .a[*]}{.b}", "-o jsonpath: {end} is missing for the {range …}, behind '{range .a[*]}'"},
           {"{end}", "-o jsonpath: no {range …} is open for this {end}, behind '{end'"},
           {"{.a[?(@.b==)]}",
            "-o jsonpath: a value is missing: @.NAME, 'text', a number, true, false or null, behind '{.a[?(@.b=='"},
           {"{.a[?(@.b && @.c)]}",
            "-o jsonpath: kubectl's filters know no && and ||: write [?(…)] behind [?(…)], behind '{.a[?(@.b '"},
           {"{.a['b]}", "-o jsonpath: the closing quote is missing, behind '{.a['b]}'"},
           {"{.a[1:5:0]}", "-o jsonpath: steps are at least 1, behind '{.a[1:5:0'"},
           {"{.a[99999999999999999999]}", "-o jsonpath: the number is too large, behind '{.a['"},
           {"{.a..}", "-o jsonpath: a name is missing, behind '{.a..'"},
           {".a b", "-o jsonpath: '.' or '[' is missing, behind '.a'"}}) {
    BOOST_TEST(why_broken(text) == what + std::string(kLike), text);
  }
  BOOST_TEST(why_broken("").starts_with("-o jsonpath= says nothing of what to print"));
  std::string deep = "{.a";
  for (int i = 0; i < 100'000; ++i) deep += "[?(@";
  BOOST_TEST(why_broken(deep).starts_with("-o jsonpath: too many filters stand in each other"));
}

BOOST_AUTO_TEST_CASE(columns_of_ones_own) {
  BOOST_TEST(columns("ID:.id,TAGS:tags[*],RETRIES:{.retries}") ==
             "ID   TAGS     RETRIES\na    x,y      3\nb    <none>   12\nc    <none>   <none>\n");
  BOOST_TEST(columns("ID:.id,R:.retries", {.headers = false, .sort_by = "r"}) == "a    3\nb    12\nc    <none>\n");
  BOOST_TEST(columns("ID:['id','state']") == "ID\na,queued\nb,done\nc,queued\n");
  BOOST_TEST(words_of([] { CustomColumns("ID"); }).starts_with("-o custom-columns: 'ID' is not HEADER:PATH"));
  BOOST_TEST(words_of([] { CustomColumns(""); }).starts_with("-o custom-columns: '' is not HEADER:PATH"));
  BOOST_TEST(words_of([] { CustomColumns("ID:"); }).starts_with("-o custom-columns: a path is missing in 'ID:'"));
  BOOST_TEST(words_of([] {
               CustomColumns("ID:.a[*,B:.b");
             }).starts_with("-o custom-columns: ']' is missing in 'ID:.a[*,B:.b', behind '.a[*'"));
  BOOST_TEST(words_of([] { columns("ID:.id", {.sort_by = "age"}); }) ==
             "there is no column 'age' to sort by | the columns are ID");
}

BOOST_AUTO_TEST_SUITE_END()
