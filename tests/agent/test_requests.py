"""Requests that an agent does not understand: refused, and the session goes on."""

import pathlib
import shutil
import zlib

import pytest

from peer import SITE, assert_fails


def test_what_is_not_understood(peer):
    for line in (b"hello", b"[]", b'"query"', b"{}", b'{"op":"drop"}', b'{"op":1}', b'{"op":["query"]}', b"",
                 b'{"op":"query"}', b'{"op":"query","sql":7}', b'{"op":"query","sql":"SELECT $1","params":"x"}',
                 b'{"op":"query","sql":"SELECT CAST($1 AS text)","params":[[1]]}',
                 b'{"op":"query","sql":"SELECT CAST($1 AS bytea)","params":[{"b64":"!"}]}',
                 b'{"op":"query","sql":"SELECT CAST($1 AS float)","params":[NaN]}',
                 b'{"op":"query","sql":"SELECT \\ud800","params":[]}', b'{"op":"bye"', b"\xff\xfe{}", b"[" * 99999):
        peer.request(line)
        assert_fails(peer.reply(), "protocol")
    for line in (b'{"op":"commit"}', b'{"op":"commit"} 00000000', b'{"op":"commot"} %08x' % zlib.crc32(b'{"op":"commit"}'), b"", b" "):
        peer.write(line + b"\n")
        assert_fails(peer.reply(), "protocol")
    assert peer.query("SELECT 1") == [[1]], "the transaction goes on"


def test_timeouts_of_begin_are_checked(start):
    peer = start()
    peer.ask("hello", protocol=2)
    for bad in ("1", -1.5, True, None):
        assert_fails(peer.ask("begin", statement_timeout_ms=bad), "protocol")
    assert_fails(peer.ask("begin", read_only="yes"), "protocol")
    assert_fails(peer.ask("begin", statement_timeout_ms=-1), "sql", "22023")
    assert "now" in peer.ask("begin"), "the failed ones left no transaction open"


@pytest.fixture
def code(tmp_path):
    """Adds a module to a copy of the site's authentik, which is where agents then look."""
    site = tmp_path / "site"
    shutil.copytree(SITE, site)

    def add(module, source):
        place = site.joinpath(*module.split("."))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_suffix(".py").write_text(source, encoding="utf-8")
        return str(site)
    return add


def test_functions_that_authentik_does_not_have(start, code):
    """By the source of the module of that name: what can't be told is not said to be absent."""
    known = ["authentik.outposts.tasks.outpost_controller", "authentik.outposts.tasks.outpost_post_save", "authentik.gone.tasks.sync",
             "authentik.tasks.nothing", "authentik.packed.tasks.sync", "authentik.tasks", "tasks", "somebody.elses.tasks.sync", "authentik...tasks", "authentik.../x"]

    def absent(**env):
        peer = start(**env)
        peer.ask("hello", protocol=2)
        assert_fails(peer.ask("absent", names=[1]), "protocol")
        assert_fails(peer.ask("absent"), "protocol")
        return peer.ask("absent", names=known)["absent"]

    assert absent() == [], "the code of the queue is not there, so the rest is elsewhere as well"
    code("authentik.outposts.tasks", "raise Exception('imported')\n@actor(description=_('x'))\ndef outpost_controller(pk, save=False): ...\n")
    path = code("authentik.tasks.__init__", "")
    packed = pathlib.Path(path, "authentik", "packed", "tasks.cpython-312.pyc")
    packed.parent.mkdir()
    packed.touch()
    assert absent(PYTHONPATH=path) == known[1:4]
