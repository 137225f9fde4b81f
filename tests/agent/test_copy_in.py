"""Rows on their way in: copies that come whole, that fail in the middle, and that were damaged."""

import zlib

from peer import assert_fails, copied, tuples

MIB = 1 << 20


def copy_in(peer, table, texts):
    peer.send("copy_in", table=table)
    if texts:
        peer.send_frame(tuples(texts))
    peer.write(b".\n")
    return peer.reply()


def test_copy_in_round_trip(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
    texts = [b"", b"\\.", b".", b"\\N", b'"', b"a\\nb\\\\", b"\x01", b"\x02\x01\x01", b"x\ry", b"d d", b"\n.\n", None,
             b'{"a": "\\"\\\\\\n"}', "ä\U0001f600".encode(), b"y" * (10 * MIB)]
    assert copy_in(peer, "t", texts) == copied(len(texts), 1)
    assert peer.ask("copy_out", sql="SELECT s FROM t") == copied(len(texts), len(peer.data))
    assert peer.texts() == texts
    assert peer.query("SELECT count(*) FROM t WHERE s IS NULL") == [[1]]
    assert copy_in(peer, "t", []) == copied(0, 0)


def test_copy_in_in_constant_memory(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
    before = peer.resident()
    peer.send("copy_in", table="pg_temp.t")
    for _ in range(1000):
        peer.send_frame(tuples([b"z" * 499] * 200))
    peer.write(b".\n")
    assert peer.reply() == copied(200000, 1000)
    assert peer.resident() - before < 12 * MIB


def test_copy_in_fails_in_the_middle(session):
    for lines, sqlstate in (([b"x"] * 1000 + [b"bad"] + [b"x" * 499] * 50000, "23514"), ([b"\xff"], "22021"),
                            ([b"a\0b"], "22021")):
        peer = session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text CHECK (s <> 'bad')) ON COMMIT DROP")
        assert_fails(copy_in(peer, "t", lines), "sql", sqlstate)
        assert_fails(peer.ask("commit"), "sql", "25P02")
        peer.ask("begin")
        assert peer.query("SELECT 1") == [[1]], "what followed has been read"


def test_copy_in_that_never_starts(peer):
    assert_fails(copy_in(peer, "nowhere", [b"x"] * 10), "sql", "42P01")
    assert_fails(copy_in(peer, "nowhere", [b"x"] * 10), "sql", "25P02")
    peer.ask("rollback"), peer.ask("begin")
    peer.request(b'{"op":"copy_in"}')
    peer.send_frame(tuples([b"x"]))
    peer.write(b".\n")
    assert_fails(peer.reply(), "protocol")
    assert peer.query("SELECT 1") == [[1]]
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text, u text) ON COMMIT DROP")
    assert_fails(copy_in(peer, "t", [b"x"]), "sql", "22P04")


def test_copy_in_of_bytes_that_came_damaged(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
    peer.send("copy_in", table="t")
    head = b"d 7 00000000"
    peer.write(head + b" %08x\n" % zlib.crc32(head) + tuples([b"x"]))
    peer.send_frame(tuples([b"y"]))
    peer.write(b".\n")
    assert_fails(peer.reply(), "protocol")
    assert_fails(peer.ask("commit"), "sql", "25P02")
    peer.ask("begin")
    assert peer.query("SELECT 1") == [[1]]


def test_copy_in_of_something_else_ends_the_session(session):
    for line in (b'{"op":"commit"}', b"d 7 00000000 00000000", b"d x 00000000", b"d 999999999999 00000000"):
        peer = session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
        peer.send("copy_in", table="t")
        peer.send_frame(tuples([b"x"]))
        if line.endswith(b" 00000000") and line.count(b" ") == 3:
            peer.write(line + b"\n")
        else:
            peer.request(line)
        assert_fails(peer.reply(), "protocol")
        assert peer.process.wait(5) == 1
