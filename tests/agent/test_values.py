"""Values on their way to the database and back: of each type that the plugin knows, exactly."""

import base64
import json

import pytest

ROUND_TRIPS = {
    "text": ["", "a", "ä€𝄞\U0001f600", "tab\t nl\n cr\r bs\\ q\" \x01\x02\x1f\x7f", "\\.", "null",
             "x" * 100000],
    "boolean": [True, False, None],
    "smallint": [-32768, 32767], "integer": [-2147483648, 0], "bigint": [-2**63, 2**63 - 1, None],
    "bytea": [{"b64": ""}, {"b64": "AP9cJwo="}, {"b64": base64.b64encode(bytes(range(256)) * 500).decode()}],
    "double precision": [0.1, -1e-300, 1.7976931348623157e308, 3.0, "NaN", "Infinity", "-Infinity"],
    "real": [0.1, "NaN"],
    "timestamp with time zone": [
        "2026-05-01T12:34:56.123456Z", "1969-12-31T23:59:59.999999Z", "2026-05-01T00:00:00.000000Z",
        "2026-05-01T00:00:00.100000Z", "0001-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z",
        "infinity", "-infinity", "10000-01-01 00:00:00+00", "0044-03-15 12:00:00.5+00 BC", None],
    "uuid": ["11111111-2222-4333-8444-555555555555"],
    "numeric": ["123456789012345678901234567890.12345678901234567890", "NaN"],
    "text[]": ['{a,"b c",NULL}'], "date": ["2026-05-01"], "interval": ["1 day 02:03:04"],
}


def back(peer, sql_type, value):
    return peer.query(f"SELECT CAST($1 AS {sql_type})", value)[0][0]


@pytest.mark.parametrize("sql_type", ROUND_TRIPS)
def test_round_trips(peer, sql_type):
    for value in ROUND_TRIPS[sql_type]:
        assert back(peer, sql_type, value) == value


def test_characters_are_characters(peer):
    assert peer.query("SELECT length(CAST($1 AS text)), chr(8364)", "\U0001f600") == [[1, "€"]]


def test_json_stays_as_it_is(peer):
    for text in ('{"a": 123456789012345678901234567890.5, "b": "\\\\ \\" \\n \U0001f600"}', "1e400", "[]"):
        assert json.loads(back(peer, "json", text)) == json.loads(text)
        assert back(peer, "json", text) == text
    assert back(peer, "jsonb", '{"n":12345678901234567890123}') == '{"n": 12345678901234567890123}'


def test_number_parameters_are_exact(peer):
    peer.request(b'{"op":"query","sql":"SELECT CAST($1 AS numeric), CAST($2 AS text), CAST($3 AS bigint)",'
                 b'"params":[0.12345678901234567890123,1e400,9007199254740993]}')
    peer.reply()
    assert peer.rows == [["0.12345678901234567890123", "1e400", 9007199254740993]]


def test_a_parameter_takes_the_type_of_its_context(peer):
    rows = peer.query("SELECT count(*) FROM pg_class WHERE oid < $1 AND relname <> $2 AND relhasindex = $3",
                      1000, "x", True)
    assert rows[0][0] >= 0
    assert peer.query("SELECT now() > $1", "2020-01-01T00:00:00.000000Z") == [[True]]


def test_columns(peer):
    reply = peer.ask("query", sql="""SELECT 1::smallint AS a, 'x'::varchar(9) AS "b ""c", now() AS t,
        '{}'::jsonb, 1.5::numeric(10,2) AS n, 'pg_class'::regclass AS r, '{1}'::int[] AS i WHERE false""")
    assert reply == {"rows": 0, "crc32": 0, "columns": [
        {"name": "a", "type": "smallint"}, {"name": 'b "c', "type": "character varying"},
        {"name": "t", "type": "timestamp with time zone"}, {"name": "jsonb", "type": "jsonb"},
        {"name": "n", "type": "numeric"}, {"name": "r", "type": "regclass"}, {"name": "i", "type": "integer[]"}]}


def test_execute_counts_changes_only(peer):
    rows = lambda sql, *params: peer.ask("execute", sql=sql, params=list(params))  # noqa: E731
    assert rows("CREATE TEMPORARY TABLE t (a int) ON COMMIT DROP") == {"rows": 0}
    assert rows("INSERT INTO t SELECT generate_series(1, $1)", 50) == {"rows": 50}
    assert rows("UPDATE t SET a = a WHERE a <= $1", 20) == {"rows": 20}
    assert rows("DELETE FROM t WHERE a > 45 RETURNING a") == {"rows": 5}
    assert rows("SELECT * FROM t") == {"rows": 0}
    assert rows("CREATE TEMPORARY TABLE u ON COMMIT DROP AS SELECT * FROM t") == {"rows": 0}


def test_query_may_change_rows(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (a int) ON COMMIT DROP")
    assert peer.query("INSERT INTO t VALUES (1), (2) RETURNING a") == [[1], [2]]
    assert peer.query("UPDATE t SET a = 5") == []
