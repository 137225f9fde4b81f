"""Requests that an agent does not understand: refused, and the session goes on."""

import zlib

from peer import assert_fails


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
