"""Deletes and brings back rows with every type that PostgreSQL ships, its arrays, and types of a site's own, and compares them by bytes.

A table beside the tasks has a column for each type of pg_type that a column may have; SAMPLES are the odd values of each. A type
without samples is a failure: whoever adds a server with a new type adds its values. Values are compared in the binary form where
the type has one, and as text.
"""

import glob
import json
import os
import subprocess
import types

import pytest

READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "contrib", "read-backup.py")
TASKS = 200
TABLE = "akqueue_every_type"
# What no column can be given a value of: PostgreSQL refuses input of these itself.
NO_INPUT = {"pg_node_tree", "pg_ndistinct", "pg_dependencies", "pg_mcv_list", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "gtsvector",
            "pg_ddl_command"}
TEXTS = ["''", "' '", "'NULL'", "'null'", r"E'\\\\N \\. \\'", r"E'a\nb\r\t\x01\x7f'", "'ä€𝄞 \u2028\u202e\u061c'", "'\"{},'", "repeat('x', 100000)", "'(,)'", "'{}'", "'it''s'"]
JSON = ["'null'", "'{}'", "'[]'", "'\"\"'", "'1.8e308'", "'-0.0'", "'1e-400'", "'[' || repeat('9', 617) || ', 1e400]'", r"""'{"a": "\\u00e4\\n\\\\", "b": [1.50, {"c": null}]}'""",
        "repeat('[', 500) || repeat(']', 500)", "'123456789012345678901234567890.123456789'", "'\"' || repeat('ü', 50000) || '\"'"]
SAMPLES = {
    "bool": ["'t'", "'f'"],
    "bytea": [r"'\x'", r"'\x00ff5c270a22'", r"decode(repeat('0f', 100000), 'hex')"],
    "char": ["'a'", "''", "' '", r"E'\\'"],
    "name": ["''", "'it''s \"x\"'", "repeat('n', 63)"],
    "int8": ["9223372036854775807", "-9223372036854775808", "0"],
    "int2": ["32767", "-32768", "0"],
    "int4": ["2147483647", "-2147483648", "0"],
    "int2vector": ["'1 2 -3'", "''"],
    "oidvector": ["'1 2 4294967295'", "''"],
    "regproc": ["'now'", "'-'", "0"], "regprocedure": ["'sha256(bytea)'", "0"], "regoper": ["'pg_catalog.||/'", "0"], "regoperator": ["'+(integer,integer)'", "0"],
    "regclass": ["'pg_class'", f"'{TABLE}'", "'authentik_tasks_task'", "4294967295"], "regcollation": ["'\"C\"'", "0"], "regtype": ["'integer[]'", "0"],
    "regrole": ["'authentik'", "0"], "regnamespace": ["'pg_catalog'", "0"], "regconfig": ["'english'", "0"], "regdictionary": ["'simple'", "0"],
    "text": TEXTS, "varchar": TEXTS, "bpchar": [*TEXTS, "'trailing   '"],
    "oid": ["0", "4294967295"], "xid": ["'0'", "'4294967295'"], "cid": ["'0'", "'4294967295'"], "xid8": ["'0'", "'18446744073709551615'"], "tid": ["'(0,1)'", "'(4294967295,65535)'"],
    "json": [*JSON, r"""E'{"a":\n  1,  "a": 2}'""", r"""'"\\ud800"'""", "' [1,  2]'"],
    "jsonb": JSON,
    "jsonpath": ["'$.a[*] ? (@ > 1)'", "'lax $'"],
    "xml": ["'<a b=\"c\">d &amp; e</a>'", "'text alone'", "''", "'<?xml version=\"1.0\"?><a/>'"],
    "point": ["'(1.5,-2)'", "'(Infinity,NaN)'"], "lseg": ["'[(0,0),(1,1.25)]'"], "path": ["'[(0,0),(1,1)]'", "'((0,0),(1,1))'"], "box": ["'(2,2),(0,-1)'"],
    "polygon": ["'((0,0),(1,1),(1,0))'"], "line": ["'{1,-1,0.1}'"], "circle": ["'<(0,0),1.1>'"],
    "float4": ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "1e-45", "3.4028235e38", "0.1"],
    "float8": ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "5e-324", "1.7976931348623157e308", "0.1", "1e15", "123456789012345680"],
    "macaddr": ["'08:00:2b:01:02:03'"], "macaddr8": ["'08:00:2b:01:02:03:04:05'"], "inet": ["'10.0.0.1'", "'10.0.0.1/8'", "'::1/64'", "'0.0.0.0/0'"], "cidr": ["'10.0.0.0/8'", "'::/0'"],
    "money": ["'-92233720368547758.08'", "'0.01'", "'1234567.89'"],
    "aclitem": ["'authentik=r*w/authentik'", "'=X/authentik'"],
    "date": ["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'2024-02-29'", "'1999-12-31'"],
    "time": ["'00:00'", "'24:00:00'", "'23:59:59.999999'"], "timetz": ["'00:00+15:59'", "'24:00:00-15:59'", "'12:00:00.5+00'"],
    "timestamp": ["'infinity'", "'-infinity'", "'4713-11-24 00:00 BC'", "'294276-12-31 23:59:59.999999'", "'1999-12-31 23:59:59.1'"],
    "timestamptz": ["'infinity'", "'-infinity'", "'4713-11-24 00:00+00 BC'", "'294276-12-31 23:59:59.999999+00'", "'1969-12-31 23:59:59.999999+00'", "'2024-02-29 12:00+05:30'"],
    "interval": ["'0'", "'-178000000 years'", "'1 mon -2 days 03:04:05.000006'", "'-1 year +1 day'", "'1000000 hours'"],
    "bit": ["B'1'", "B'0'"], "varbit": ["B''", "B'101'"],
    "numeric": ["'NaN'", "'Infinity'", "'-Infinity'", "0", "0.0000", "-0.00000000000000000001", "1e131071", "'1e-16383'", "123456789012345678901234567890.123456789", "10000", "9999.9999", "-1"],
    "refcursor": ["'cursor'"], "uuid": ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"], "pg_lsn": ["'0/0'", "'FFFFFFFF/FFFFFFFF'"],
    "tsvector": ["''", "'a:1A ''it''''s'':2 b'"], "tsquery": ["'a & !b <-> (c | d:*A)'", "''"],
    "txid_snapshot": ["'10:20:10,14,15'"], "pg_snapshot": ["'10:20:10,14,15'"],
    "int4range": ["'empty'", "'[1,5)'", "'(,)'"], "int8range": ["'empty'", "'[1,)'"], "numrange": ["'empty'", "'(0.10,1.0]'"], "tsrange": ["'[2024-01-01 00:00,infinity]'"],
    "tstzrange": ["'[2024-01-01 00:00+02,)'"], "daterange": ["'[2024-01-01,2024-02-01)'"],
    "int4multirange": ["'{}'", "'{[1,2),[5,9)}'"], "int8multirange": ["'{(,5)}'"], "nummultirange": ["'{[0.1,0.2]}'"], "tsmultirange": ["'{}'"], "tstzmultirange": ["'{}'"],
    "datemultirange": ["'{[2024-01-01,2024-02-01)}'"],
    # The site's own.
    "akq_pair": ["ROW(NULL, NULL)::akq_pair", "ROW(1, 'a\"b,(')::akq_pair", "ROW(NULL, '')::akq_pair"],
    "hstore": ["''", r"""'a=>1, "b c"=>NULL, "=>"=>"\"x\\"'"""],
    "akq_mood": ["'it''s fine'", "'\"bad\"'"], "akq_short": ["'abc'"], "akq_range": ["'empty'", "'[a,b)'"],
}
SITE = """
CREATE EXTENSION hstore;
CREATE TYPE akq_pair AS (r integer, s text);
CREATE TYPE akq_mood AS ENUM ('it''s fine', '"bad"');
CREATE DOMAIN akq_short AS varchar(3) CHECK (value <> 'bad');
CREATE TYPE akq_range AS RANGE (subtype = text);
"""


def types_of(peer):
    """(name as SQL has it, name, whether it has a binary form) of every type that a column may have, but for arrays."""
    rows = peer.connection.execute("""
        SELECT format_type(oid, NULL), typname, typsend <> 0 FROM pg_type t
        WHERE typtype IN ('b', 'e', 'd', 'r', 'm', 'c') AND typcategory <> 'A' AND typisdefined AND typname <> 'unknown'
          AND (typnamespace = 'pg_catalog'::regnamespace OR typname LIKE 'akq!_%' ESCAPE '!' OR typname = 'hstore')
          AND (typtype <> 'c' OR typname = 'akq_pair') AND typname NOT LIKE 'akq%multirange'
        ORDER BY typname""").fetchall()
    return [row for row in rows if row[1] not in NO_INPUT]


def columns_of(types):
    """(column, type, values, binary): each type, and an array of it."""
    for number, (sql, name, binary) in enumerate(types):
        values = SAMPLES[name]
        yield f"c{number}", sql, [f"CAST({value} AS {sql})" for value in values] + ["NULL"], binary
        if name in ("int2vector", "oidvector", "akq_short"):
            continue
        elements = ", ".join(f"CAST({value} AS {sql})" for value in values if "repeat" not in value)
        arrays = [f"ARRAY[{elements}, NULL]::{sql}[]", f"'{{}}'::{sql}[]", f"ARRAY[NULL]::{sql}[]", f"(ARRAY[ARRAY[{elements}], ARRAY[{elements}]])::{sql}[]", "NULL"]
        yield f"a{number}", f"{sql}[]", arrays, binary


def fill(peer, columns):
    execute = peer.connection.execute
    execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id), "
            "\"r\" integer, \"odd \"\"name'\" text, generated integer GENERATED ALWAYS AS (id * 2) STORED, counted integer GENERATED ALWAYS AS IDENTITY, "
            "bounds integer[], " + ", ".join(f"{column} {sql}" for column, sql, _, _ in columns) + ")")
    rows = max(len(values) for _, _, values, _ in columns)
    for number in range(rows):
        chosen = [values[number % len(values)] for _, _, values, _ in columns]
        execute(f"INSERT INTO {TABLE} (id, task_id, \"r\", \"odd \"\"name'\", bounds, " + ", ".join(column for column, *_ in columns) + ") SELECT "
                f"{number}, message_id, 7, 'x', '[-2:-1][3:4]={{{{1,2}},{{3,4}}}}', " + ", ".join(chosen) + f" FROM authentik_tasks_task ORDER BY message_id OFFSET {number} LIMIT 1")
    return rows


def bytes_of(peer, columns):
    """{column: what COPY writes of it, as text and, where it can, in the binary form}"""
    found = {}
    for column, _, _, binary in [*columns, ("bounds", "", [], True), ("generated", "", [], True), ("counted", "", [], True), ('"r"', "", [], True)]:
        for form in ["text", "binary"] if binary else ["text"]:
            with peer.connection.cursor().copy(f"COPY (SELECT id, {column} FROM {TABLE} ORDER BY id) TO STDOUT (FORMAT {form})") as copy:
                found[column, form] = b"".join(bytes(piece) for piece in copy)
    return found


@pytest.fixture(scope="module")
def site(peer):
    """The table of every type, filled."""
    peer.renew()
    peer.connection.execute(SITE)
    found = types_of(peer)
    unknown = [name for _, name, _ in found if name not in SAMPLES]
    assert not unknown, "no values to try for these types"
    columns = list(columns_of(found))
    return types.SimpleNamespace(columns=columns, rows=fill(peer, columns), before=bytes_of(peer, columns))


def test_every_type_comes_back(peer, site):
    status, out, err = peer.akqueue("flush", "--yes")
    assert status == 0 and peer.count() == 0, f"flush: {out}{err}"
    # Who reads the file without this program reads all of it.
    backups = glob.glob(os.path.join(peer.environment["XDG_STATE_HOME"], "akqueue", "backups", "*"))
    read = subprocess.run([READER, *backups], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")[:-1]
    assert sum(json.loads(line)[0] == TABLE for line in read) == site.rows
    status, out, err = peer.akqueue("undo", "--yes")
    assert status == 0, f"undo: {out}{err}"
    after, names = bytes_of(peer, site.columns), {column: sql for column, sql, _, _ in site.columns}
    assert site.before.keys() == after.keys()
    assert [f"{names.get(column, column)} ({form})" for column, form in after if site.before[column, form] != after[column, form]] == []
    print(f"{len(site.columns)} columns, {site.rows} rows")
