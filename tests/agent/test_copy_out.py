"""Rows on their way out: streams of any length in constant memory, copies of odd texts and large rows."""

import json

from peer import FRAME, assert_fails, copied

MIB = 1 << 20


def test_200000_rows_in_constant_memory(session):
    peer = session(read_only=True)
    peer.query("SELECT 1")
    before = peer.resident()
    peer.send("query", sql="SELECT i, repeat('x', 500), now() FROM generate_series(1, 200000) i")
    count = 0
    for line in peer.process.stdout:
        if line[:1] != b"r":
            break
        count += 1
    assert (count, json.loads(line[2:].rpartition(b" ")[0])["rows"]) == (200000, 200000)
    assert peer.ask("copy_out", sql="SELECT repeat('y', 500) FROM generate_series(1, 1)") == copied(1, 1)
    assert peer.texts() == [b"y" * 500]
    peer.send("copy_out", sql="SELECT repeat('y', 500) FROM generate_series(1, 200000)")
    frames = bytes_in_all = 0
    for line in peer.process.stdout:
        if line[:1] != b"d":
            break
        size = len(peer.frame(line))
        frames, bytes_in_all = frames + 1, bytes_in_all + size
    assert json.loads(line[2:].rpartition(b" ")[0]) == copied(200000, frames)
    assert bytes_in_all == 200000 * 506
    assert frames <= bytes_in_all // FRAME + 1
    assert peer.resident() - before < 12 * MIB


def test_copy_out_of_a_delete(peer):
    peer.ask("execute", sql="CREATE TABLE t (id int, j jsonb, b bytea, at timestamptz, s text)")
    peer.ask("execute", sql=r"""INSERT INTO t SELECT i, '{"a": "\\ \" \n"}', '\x00ff', '2026-05-01 12:00:00.5Z',
        E'back\\slash "q" tab\t nl\n \x01 ' || i FROM generate_series(1, 1000) i""")
    reply = peer.ask("copy_out", sql="DELETE FROM t WHERE id <= 400 RETURNING row_to_json(t)::text -- comment")
    assert (reply, len(peer.texts())) == (copied(400, len(peer.data)), 400)
    rows = {row["id"]: row for row in map(json.loads, peer.texts())}
    assert rows[7] == {"id": 7, "j": {"a": "\\ \" \n"}, "b": "\\x00ff", "at": "2026-05-01T12:00:00.5+00:00",
                       "s": "back\\slash \"q\" tab\t nl\n \x01 7"}
    assert peer.query("SELECT count(*) FROM t") == [[600]]
    assert peer.ask("rollback") == {}


def test_copy_out_of_odd_texts(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (i int, s text) ON COMMIT DROP")
    texts = ["", "\\.", "\\", '"', '""', "a\rb", "a\nb\n", "\x01", "\x01\x01x\x02", "\x02", "\t", " ", "NULL", "\\N",
             "ä\U0001f600", ".", None]
    for i, text in enumerate(texts):
        peer.ask("execute", sql="INSERT INTO t VALUES ($1, $2)", params=[i, text])
    assert peer.ask("copy_out", sql="SELECT s FROM t ORDER BY i") == copied(len(texts), 1)
    assert [data if data is None else data.decode() for data in peer.texts()] == texts


def test_copy_out_of_one_statement_only(session):
    assert_fails(session().ask("copy_out", sql="SELECT 1) TO STDOUT; COPY (SELECT 2"), "sql", "42601")


def test_copy_out_of_rows_that_are_larger_than_a_frame(peer):
    reply = peer.ask("copy_out", sql="SELECT repeat('x', 100000 * i) FROM generate_series(0, 30) i")
    assert [len(text) for text in peer.texts()] == [100000 * i for i in range(31)]
    assert reply == copied(31, len(peer.data))
    assert peer.ask("copy_out", sql="SELECT WHERE false") == copied(0, 0)
    assert peer.data == []


def test_copy_out_of_a_row_that_is_too_large(peer):
    reply = peer.ask("copy_out", sql="SELECT repeat('x', 1 << 20) UNION ALL SELECT repeat('x', 257 << 20)")
    assert_fails(reply, "sql", "54000")
    assert_fails(peer.ask("commit"), "sql", "25P02")
    peer.ask("begin")
    assert peer.query("SELECT 1") == [[1]]


def test_an_error_in_the_middle_of_copy_out(peer):
    reply = peer.ask("copy_out", sql="SELECT (1 / (70000 - i))::text FROM generate_series(1, 100000) i")
    assert_fails(reply, "sql", "22012")
    assert_fails(peer.ask("commit"), "sql", "25P02")
