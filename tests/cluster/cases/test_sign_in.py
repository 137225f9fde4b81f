"""Credential plugins, with the real kubectl: one that shows a code and waits, ones that ask for a code, one that fails."""

import contextlib
import stat

import objects
import pytest
from bed import expect, wait_for
from screen import Screen

HERE = ("-n", objects.NAMESPACE)

# Each keeps what it was given in a file, as those of the clouds do, unless FORGETFUL is set.
PREAMBLE = """#!/bin/sh
answer() { printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$TOKEN"; exit 0; }
[ -z "$FORGETFUL" ] && [ -e "$KEPT" ] && answer
"""
DEVICE = PREAMBLE + """
echo "To sign in, open https://login.example/device and enter the code ABCD-1234" >&2
while ! [ -e "$KEPT" ]; do sleep 0.1; done
answer
"""
CODE = PREAMBLE + """
printf 'Enter the code: ' >&2
IFS= read -r code || { echo "no code was typed" >&2; exit 1; }
[ "$code" = 123456 ] || { echo "wrong code" >&2; exit 1; }
touch "$KEPT"
answer
"""
FAILS = """#!/bin/sh
echo "the company's login is down for maintenance" >&2
exit 3
"""


@pytest.fixture
def signed(bed):
    """signed(PLUGIN, MODE) is an environment in which kubectl signs in by that plugin; `kept` is where it keeps that."""
    kept = bed.scratch / "signed-in"

    def make(script, mode="IfAvailable", **more):
        plugin = bed.scratch / "plugin"
        plugin.write_text(script)
        plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)

        def change(document):
            token = next(user["user"].pop("token") for user in document["users"] if user["name"] == "admin")
            environment = {"TOKEN": token, "KEPT": str(kept), **more}
            admin = next(user for user in document["users"] if user["name"] == "admin")
            admin["user"]["exec"] = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "interactiveMode": mode,
                                     "env": [{"name": name, "value": value} for name, value in environment.items()]}
        return {"KUBECONFIG": bed.kubeconfig("signing-in", change)}
    make.kept = kept
    yield make
    with contextlib.suppress(FileNotFoundError):
        kept.unlink()


def in_a_terminal(bed, *words, environment):
    return Screen(["kubectl-akqueue", *words, *HERE], {**bed.environment, **environment, "TERM": "xterm"}, size=(24, 120))


def test_a_code_is_shown_while_it_is_waited_for(bed, signed):
    """Without a terminal too: the place to sign in stands on standard error before anything else happens."""
    environment = signed(DEVICE, "Never")
    process = bed.start("status", *HERE, environment=environment)
    line = process.stderr.readline()
    expect("open https://login.example/device and enter the code ABCD-1234" in line, line)
    expect(process.poll() is None, "it goes on waiting")
    signed.kept.touch()
    out, errors = process.communicate(timeout=60)
    expect(process.returncode == 0, errors)
    expect("https://login.example" not in errors, "it was said once: kubectl exec needed no second sign-in")
    expect("Queued" in out, out)


def test_a_code_can_be_typed(bed, signed):
    """kubectl has the terminal, so that its plugin can ask there."""
    screen = in_a_terminal(bed, "status", environment=signed(CODE))
    screen.expect("Enter the code: ")
    screen.type("123456\r")
    screen.expect("using server pod")
    expect(screen.end() == 0, screen.output)
    expect(screen.output.count("Enter the code") == 1, screen.output)


def test_a_plugin_that_must_have_the_terminal(bed, signed):
    """kubectl asks it for the pods, and refuses to for an exec, whatever it has kept."""
    screen = in_a_terminal(bed, "status", environment=signed(CODE, "Always"))
    screen.expect("Enter the code: ")
    screen.type("123456\r")
    screen.expect("with IfAvailable a sign-in that it has kept will do")
    expect(screen.end() == 1, screen.output)


def test_a_wrong_code(bed, signed):
    """The plugin's own words, and a way on. kubectl asks it for each kind of objects."""
    screen = in_a_terminal(bed, "flush", environment=signed(CODE))
    for _ in ("pods", "deployments"):
        screen.expect("Enter the code: ")
        screen.type("000000\r")
    screen.expect("wrong code")
    screen.expect("hint: sign in with kubectl get pods by hand")
    expect(screen.end() == 1, screen.output)


def test_ctrl_c_while_it_is_asked(bed, signed):
    """Ends the command, kubectl and the plugin, which would read on what is typed next."""
    screen = in_a_terminal(bed, "status", environment=signed(CODE))
    screen.expect("Enter the code: ")
    screen.sendintr()
    expect(screen.end() == 130, screen.output)
    wait_for(lambda: not bed.run("pgrep", "-f", str(bed.scratch / "plugin")).out, "the plugin's end", 5)


def test_nobody_can_be_asked(bed, signed):
    """A plugin that has to ask, without a terminal: its words and a hint, and no wait."""
    done = bed.akqueue("status", *HERE, wanted=1, environment=signed(CODE), limit=30)
    expect("hint: sign in with kubectl get pods by hand" in done.errors, done)


def test_a_plugin_that_forgets(bed, signed):
    """The exec's standard input is the session's: it can't be asked there, and that is said."""
    environment = signed(CODE, FORGETFUL="1")
    screen = in_a_terminal(bed, "status", environment=environment)
    screen.expect("Enter the code: ")
    screen.type("123456\r")
    screen.expect("must keep the sign-in for a while")
    expect(screen.end() == 1, screen.output)


def test_a_plugin_that_fails(bed, signed):
    done = bed.akqueue("status", *HERE, wanted=1, environment=signed(FAILS))
    expect("the company's login is down for maintenance" in done.errors, done)
    expect(done.errors.count("down for maintenance") == 1, done)
    expect("hint: sign in with" in done.errors, done)
