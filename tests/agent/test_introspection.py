"""What an agent tells of tables: columns, keys, triggers, references across schemas, and how large they are."""

import os

import pytest

from peer import assert_fails
from schema import description
from server import SCHEMA, admin

SITE = """
    CREATE SCHEMA site AUTHORIZATION authentik;
    CREATE TABLE grand (a int, b int NOT NULL, c int GENERATED ALWAYS AS (a + b) STORED,
      d numeric(10,2) DEFAULT 3, PRIMARY KEY (b, a), CHECK (a > 0), dropped int);
    ALTER TABLE grand DROP COLUMN dropped;
    CREATE TABLE child (x int, y int, FOREIGN KEY (y, x) REFERENCES grand ON DELETE CASCADE);
    CREATE TABLE site.child (x int PRIMARY KEY, y int, FOREIGN KEY (x, y) REFERENCES grand (b, a)
      ON DELETE RESTRICT);
    CREATE TABLE site.leaf (x int REFERENCES site.child ON DELETE SET NULL,
      y int DEFAULT 1 REFERENCES site.child ON DELETE SET DEFAULT, self int);
    CREATE UNIQUE INDEX ON grand (d) WHERE d > 1;
    CREATE INDEX ON grand USING hash (a);
    CREATE FUNCTION site.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER "odd name" BEFORE UPDATE ON grand FOR EACH ROW EXECUTE FUNCTION site.f()"""


@pytest.fixture(autouse=True)
def site():
    """Tables that reference each other across schemas."""
    with admin() as connection:
        connection.execute(SITE)
    yield
    with admin() as connection:
        connection.execute("DROP TABLE grand, child CASCADE; DROP SCHEMA site CASCADE")


def test_tables_and_references(start):
    peer = start()
    peer.ask("hello", protocol=2)
    reply = peer.ask("introspect", table="grand")
    names = [(table.get("schema"), table["name"]) for table in reply["tables"]]
    assert names == [(None, "grand"), (None, "child"), ("site", "child"), ("site", "leaf")]
    grand = reply["tables"][0]
    assert grand["columns"] == [
        {"name": "a", "type": "integer", "nullable": False}, {"name": "b", "type": "integer", "nullable": False},
        {"name": "c", "type": "integer", "nullable": True, "generated": True, "default": True},
        {"name": "d", "type": "numeric(10,2)", "nullable": True, "default": True}]
    assert grand["primary_key"] == ["b", "a"]
    assert grand["indexes"] == ["UNIQUE btree (d) WHERE (d > (1)::numeric)", "hash (a)"]
    assert grand["constraints"] == ["CHECK ((a > 0))"]
    assert grand["triggers"] == [f"odd name: BEFORE UPDATE ON {SCHEMA}.grand FOR EACH ROW EXECUTE FUNCTION site.f()"]
    assert reply["references"] == [
        {"table": "leaf", "schema": "site", "columns": ["x"], "to": "child", "to_schema": "site",
         "to_columns": ["x"], "on_delete": "SET NULL"},
        {"table": "leaf", "schema": "site", "columns": ["y"], "to": "child", "to_schema": "site",
         "to_columns": ["x"], "on_delete": "SET DEFAULT"},
        {"table": "child", "columns": ["y", "x"], "to": "grand", "to_columns": ["b", "a"], "on_delete": "CASCADE"},
        {"table": "child", "schema": "site", "columns": ["x", "y"], "to": "grand", "to_columns": ["b", "a"],
         "on_delete": "RESTRICT"}]
    assert peer.ask("introspect", table="nowhere") == {"tables": [], "references": []}
    assert peer.ask("introspect", table="leaf") == {"tables": [], "references": []}, "another schema's"


def test_the_task_table_is_as_the_fixture_says(session):
    peer = session(read_only=True)
    reply = peer.ask("introspect", table="authentik_tasks_task")
    for table in reply["tables"]:
        wanted = description(os.environ["AKQUEUE_TEST_RELEASE"])["tables"][table["name"]]
        for key in ("columns", "primary_key"):
            assert table[key] == wanted[key]
        assert sorted(table["indexes"]) == sorted(wanted["indexes"])
        assert table["constraints"] == wanted["constraints"]
        assert table["triggers"] == [text.replace(" ON public.", f" ON {SCHEMA}.") for text in wanted["triggers"]]
    assert peer.query("SELECT 1") == [[1]], "the transaction goes on"


def test_estimates(start):
    peer = start()
    peer.ask("hello", protocol=2)
    with admin() as connection:
        connection.execute("INSERT INTO grand (a, b, d) SELECT i, 1, i FROM generate_series(1, 5000) i")
        connection.execute("GRANT SELECT ON grand TO PUBLIC")  # whoever may not read a table is not told what rows are like
    with admin() as connection:  # another session: the first one's count may come after ANALYZE's
        connection.execute("ANALYZE grand")
        for statistics in ("of live rows", "of the planner"):
            grand, child = peer.ask("introspect", table="grand")["tables"][:2]
            assert (grand["rows_estimate"], child["rows_estimate"]) == (5000, None), statistics
            assert grand["bytes"] > 200000
            assert 28 < grand["row_bytes"] < 100 and "row_bytes" not in child
            connection.execute("SELECT pg_stat_reset()")


def test_a_locked_table_is_waited_for_no_longer_than_allowed(session):
    peer = session(lock_timeout_ms=200)
    with admin() as connection, connection.transaction():
        connection.execute("LOCK TABLE grand")
        assert_fails(peer.ask("introspect", table="grand"), "sql", "55P03")
