"""A drain where the workers hold all that a look needs: every connection that authentik may have, or the whole table of locks.

The cluster is the simulator's, whose workers scale; its server pod leads to the real PostgreSQL. A process holds what a worker
would, and is killed when the workers go down.
"""

import contextlib
import os
import pathlib
import shutil

import pytest

import worker
from drains import WORKERS, DrainedSite
from screen import Screen
from server_owner import ServerOwner

TASKS = 100
DECLINED, FAILED = 3, 1
SPEED = "60"  # of the simulator's clock
# The simulator's kubectl but for what runs in the pod. What a worker holds is free once the workers have been scaled.
KUBECTL = """#!/bin/sh
case " $* " in
  *" exec "*)
    for word; do
      shift
      case $word in authentik-server-*) word=authentik-server-0 ;; esac
      set -- "$@" "$word"
    done
    exec "$BED_KUBECTL" "$@"
    ;;
  *" patch "*)
    akqueue-sim kubectl --world "$BED_WORLD" "$@" || exit
    [ -e "$BED_WORKER" ] || exit 0
    kill -9 "$(cat "$BED_WORKER")"
    rm "$BED_WORKER"
    until [ "$(psql -XAtq -U "$AKQUEUE_TEST_SUPERUSER" -c "$BED_SESSIONS")" = 0 ]; do sleep 0.05; done
    ;;
  *) exec akqueue-sim kubectl --world "$BED_WORLD" "$@" ;;
esac
"""
FULL = {"connect": "the database has no connection left for pod authentik-server-", "lock": "the database's table of locks is full"}
OFFER = "The workers hold what a look needs: they can go down first."
QUESTION = "Scale the workers to 0 first, and ask what to delete then?"


class FullSite:
    """The workers of a simulated cluster, and the rows of a real database."""

    def __init__(self, peer):
        self.peer = peer
        self.cluster = DrainedSite(10)
        folder = pathlib.Path(self.cluster.scratch, "between")
        folder.mkdir()
        (folder / "kubectl").write_text(KUBECTL, encoding="utf-8")
        (folder / "kubectl").chmod(0o755)
        self.held_by = pathlib.Path(self.cluster.scratch, "worker")
        self.environment = {"BED_KUBECTL": shutil.which("kubectl"), "BED_WORLD": self.cluster.world, "BED_WORKER": str(self.held_by),
                            "BED_SESSIONS": worker.SESSIONS, "AKQUEUE_SIM_SPEED": SPEED, "PATH": f"{folder}:{os.environ['PATH']}"}

    def renew(self):
        self.peer.renew()
        self.cluster.renew(SPEED)
        self.before = self.peer.everything()

    @contextlib.contextmanager
    def full(self, of):
        with worker.working(of) as process:
            self.held_by.write_text(str(process.pid), encoding="utf-8")
            yield process
        self.held_by.unlink(missing_ok=True)

    def akqueue(self, *words):
        return self.peer.akqueue(*words, **self.environment)

    def drain(self, *options):
        return self.akqueue("drain", "flush", "--follow-for", "0s", *options)

    def typed(self):
        return Screen(["kubectl-akqueue", "drain", "flush", "--follow-for", "0s", "-n", "authentik"],
                      {**self.peer.environment, **self.environment}, size=(60, 160))

    def workers_are_back(self):
        return self.cluster.workers() == (WORKERS, None)

    def nothing_is_changed(self):
        return self.workers_are_back() and self.peer.everything() == self.before

    def close(self):
        self.cluster.close()


@pytest.fixture(scope="module")
def made_site(peer):
    """authentik may have three connections: one is the test's own."""
    with contextlib.closing(FullSite(peer)) as site, ServerOwner.superuser() as superuser:
        superuser.execute("ALTER ROLE authentik CONNECTION LIMIT 3")
        yield site
        superuser.execute("ALTER ROLE authentik CONNECTION LIMIT -1")


@pytest.fixture
def site(made_site):
    made_site.renew()
    return made_site


@pytest.mark.parametrize("of", FULL)
def test_the_workers_go_down_before_the_look(site, of):
    """Then it shows and asks, as always."""
    with site.full(of):
        screen = site.typed()
        screen.expect(f"{OFFER}[^?]*{QUESTION}")
        assert site.workers_are_back()
        screen.type("y\r")
        screen.expect(f"to delete {TASKS} tasks: ")
        assert site.cluster.workers()[0] == 0
        screen.type("default\r")
        assert screen.end() == 0, screen.output
    assert FULL[of] in screen.output and f"deleted {TASKS} tasks" in screen.output, screen.output
    assert site.workers_are_back() and site.peer.count() == 0
    status, out, said = site.akqueue("undo", "--yes")
    assert status == 0 and site.peer.everything() == site.before, f"{out}{said}"


def test_a_no_changes_nothing(site):
    with site.full("connect") as process:
        screen = site.typed()
        screen.expect(QUESTION)
        screen.type("n\r")
        assert screen.end() == DECLINED, screen.output
        assert "declined; nothing was changed" in screen.output, screen.output
        assert process.poll() is None and site.nothing_is_changed()


@pytest.mark.parametrize("back", [True, False])
def test_a_no_to_what_is_shown_then(site, back):
    """The workers may come back; otherwise a note says for whoever comes next what brings them back."""
    with site.full("connect"):
        screen = site.typed()
        screen.expect(QUESTION)
        screen.type("y\r")
        screen.expect(f"to delete {TASKS} tasks: ")
        screen.type("no\r")
        screen.expect(f"Scale .* back to {WORKERS} now?")
        screen.type("y\r" if back else "n\r")
        assert screen.end() == DECLINED, screen.output
    assert "nothing was deleted" in screen.output, screen.output
    if not back:
        assert site.cluster.workers()[0] == 0
        status, out, said = site.akqueue("drain", "--cancel", "--yes", "--follow-for", "0s")
        assert status == 0, f"{out}{said}"
    assert site.nothing_is_changed(), screen.output


def test_yes_goes_without_asking(site):
    with site.full("lock"):
        status, out, said = site.drain("--yes")
    assert status == 0 and OFFER in said and QUESTION not in said, f"{out}{said}"
    assert f"deleted {TASKS} tasks" in out and site.peer.count() == 0 and site.workers_are_back(), f"{out}{said}"


@pytest.mark.parametrize("options", [["--dry-run"], ["-o", "json"]])
def test_nobody_is_asked(site, options):
    """The error is what there is to say."""
    with site.full("lock") as process:
        status, out, said = site.drain(*options)
        assert status == FAILED and FULL["lock"] in said and OFFER not in said, f"{out}{said}"
        assert process.poll() is None
    assert site.nothing_is_changed()
