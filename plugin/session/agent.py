"""The agent of kubectl akqueue: the session protocol (docs/protocol.md) on standard input and output, in front of
authentik's database. It knows SQL connections, not task queues.

Started in authentik's server container by a bootstrap that reads this source from standard input and executes it, so
nothing here may rely on __name__ or __file__. Python 3.9+, psycopg 3.1+ and authentik.lib.config; no Django.
Errors that a caller can act on: `no-authentik`, `config`, `connect`, `lost`; see the protocol's table.
"""
import os
import select
import signal
import sys

OUT = os.dup(1)  # replies go here; what imported code prints goes to standard error
os.dup2(2, 1)
sys.stdout = sys.stderr
os.write(OUT, b"\nakqueue-agent 2\n")  # at once, before the slow imports; first ends the line a shell may have begun

import base64  # noqa: E402
import json  # noqa: E402
import platform  # noqa: E402
import re  # noqa: E402
import zlib  # noqa: E402

PROTOCOL = 2
# What config may be asked for.
WORKER_SETTINGS = {"worker." + name for name in ("processes", "threads", "task_max_retries", "task_default_time_limit", "task_expiration",
                                                 "task_purge_interval", "scheduler_interval", "consumer_listen_timeout")}
# Former names of a setting that authentik still takes; they win over the new one.
FORMER_NAMES = {"worker.threads": "worker.concurrency"}
MAX_LINE = MAX_ROW = 256 << 20
FRAME = 64 << 10  # a frame of a copy is sent once it has so many bytes of rows
MAX_FRAME = MAX_ROW + FRAME
READ_AHEAD = 1 << 20  # input read while a statement runs; beyond that the peer has to wait
PIECE = 128 << 10  # other replies are written in pieces of about this size
GRACE_SECONDS = 3  # once its input has ended, a session is killed after this if the database does not answer

# What COPY's binary format has before its rows (a mark, flags, an empty extension) and after them.
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"

# The same whatever the session's settings (DateStyle).
NOW = """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

# What hello tells. One row. The last: whether SYSTEM may be asked (null if there is no such function).
HELLO = f"""
SELECT current_setting('server_version'), current_database(), current_user,
       current_setting('transaction_read_only') = 'on', {NOW}, pg_backend_pid(),
       has_function_privilege(to_regprocedure('pg_catalog.pg_control_system()')::oid, 'EXECUTE')
"""

# Identifies this database: no other database cluster has the number that initdb gave this one. One row.
SYSTEM = """
SELECT c.system_identifier || '/' || d.oid FROM pg_catalog.pg_control_system() c, pg_catalog.pg_database d
WHERE d.datname = current_database()
"""

# The foreign keys that lead to a table, and on to the tables that hold them, and so on.
# $1: schema, $2: table. One row: the table's oid (null: no such table), all oids as an array, the references as JSON.
REFERENCES = r"""
WITH RECURSIVE root AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
), related(oid) AS (
  SELECT oid FROM root
  UNION
  SELECT f.conrelid FROM related r JOIN pg_constraint f ON f.confrelid = r.oid
  WHERE f.contype = 'f' AND f.conparentid = 0
), keys AS (
  SELECT n.nspname, c.relname, tn.nspname AS to_nspname, t.relname AS to_relname, f.conname, f.confdeltype, f.condeferrable,
         (SELECT json_agg(a.attname ORDER BY k.i) FROM unnest(f.conkey) WITH ORDINALITY k(num, i)
          JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.num) AS columns,
         (SELECT json_agg(a.attname ORDER BY k.i) FROM unnest(f.confkey) WITH ORDINALITY k(num, i)
          JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.num) AS to_columns
  FROM pg_constraint f
  JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = f.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
  WHERE f.contype = 'f' AND f.conparentid = 0 AND f.confrelid IN (SELECT oid FROM related)
)
SELECT (SELECT oid FROM root), ARRAY(SELECT oid FROM related),
       (SELECT json_agg(json_strip_nulls(json_build_object(
                 'table', relname, 'schema', NULLIF(nspname, $1), 'columns', columns,
                 'to', to_relname, 'to_schema', NULLIF(to_nspname, $1), 'to_columns', to_columns,
                 'on_delete', CASE confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT'
                              WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
                 'deferrable', NULLIF(condeferrable, false)))
               ORDER BY to_relname, relname, nspname <> $1, conname) FROM keys)
"""

# What the catalog says about tables. $1: array of oids, $2: the oid that comes first, $3: the schema that is left out.
# One row for each table: a JSON object, in which null means "not so". The estimates: live rows from the statistics, or
# else as the planner computes them. Rules: 4 is DELETE in ev_type, D disabled.
TABLES = r"""
SELECT json_build_object(
  'name', c.relname, 'schema', NULLIF(n.nspname, $3),
  'columns', (SELECT json_agg(json_strip_nulls(json_build_object(
                'name', attname, 'type', format_type(atttypid, atttypmod), 'nullable', NOT attnotnull,
                'generated', NULLIF(attgenerated <> '', false), 'default', NULLIF(atthasdef OR attidentity <> '', false),
                'identity', CASE attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END)) ORDER BY attnum)
              FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
  'primary_key', COALESCE((SELECT json_agg(a.attname ORDER BY k.i)
                 FROM pg_index x, unnest(x.indkey::int2[]) WITH ORDINALITY k(num, i), pg_attribute a
                 WHERE x.indrelid = c.oid AND x.indisprimary AND a.attrelid = c.oid AND a.attnum = k.num), '[]'),
  'indexes', COALESCE((SELECT json_agg(CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END
                                       || substr(d.text, strpos(d.text, ' USING ') + 7) ORDER BY x.indexrelid)
             FROM pg_index x, LATERAL (SELECT pg_get_indexdef(x.indexrelid) AS text) d
             WHERE x.indrelid = c.oid AND NOT x.indisprimary), '[]'),
  'triggers', COALESCE((SELECT json_agg(tgname || ': ' || regexp_replace(pg_get_triggerdef(oid),
                                        '^CREATE (CONSTRAINT )?TRIGGER ("([^"]|"")*"|\S+) ', '') ORDER BY tgname)
              FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal), '[]'),
  'constraints', COALESCE((SELECT json_agg(pg_get_constraintdef(oid) ORDER BY conname)
                 FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('c', 'u', 'x')), '[]'),
  'rows_estimate', CASE WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid)
                        WHEN c.reltuples > 0 AND c.relpages > 0 THEN round(c.reltuples / c.relpages
                             * (pg_relation_size(c.oid) / current_setting('block_size')::int))::bigint
                        WHEN c.reltuples = 0 THEN 0 END,
  'bytes', pg_total_relation_size(c.oid),
  'row_bytes', (SELECT (28 + sum(s.avg_width * (1 - s.null_frac)))::bigint FROM pg_stats s
                WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited),
  'partitioned', NULLIF(c.relkind = 'p', false), 'unlogged', NULLIF(c.relpersistence = 'u', false),
  'inherited', (SELECT true FROM pg_inherits WHERE c.relkind <> 'p' AND inhparent = c.oid
                OR inhrelid = c.oid AND c.oid = $2::oid LIMIT 1),
  'row_security', NULLIF(row_security_active(c.oid), false),
  'rules', (SELECT true FROM pg_rewrite WHERE ev_class = c.oid AND ev_type = '4' AND ev_enabled <> 'D' LIMIT 1))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY($1::oid[])
ORDER BY c.oid <> $2::oid, c.relname, n.nspname
"""


class Failure(Exception):
    """What becomes a `!` line. After the last one the agent exits."""

    def __init__(self, code, message, last=False, **more):
        self.code, self.last = code, last
        self.reply = {"code": code, "message": " ".join(str(message).split())}
        self.reply.update({key: value for key, value in more.items() if value})


class EndOfInput(Exception):
    """Standard input has ended: so does the session."""


class Input:
    """Standard input: lines, and bytes between them. It is also watched while a statement runs."""

    def __init__(self, stream):
        self.stream, self.fd, self.watched = stream, stream.fileno(), True
        self.held = bytearray()  # read, not yet taken
        self.searched = 0  # no line ends before it

    def line(self):
        while (end := self.held.find(b"\n", self.searched)) < 0:
            self.searched = len(self.held)
            if self.searched > MAX_LINE:
                raise Failure("protocol", "a line is longer than 256 MiB", last=True)
            self.read()
        line = self.take(end)
        del self.held[:1]
        return line

    def take(self, count):
        while len(self.held) < count:
            self.read()
        taken = bytes(memoryview(self.held)[:count])
        del self.held[:count]
        self.searched = 0
        return taken

    def read(self):
        # read1 hands out what the bootstrap's reads left in the buffer, and then reads the descriptor once.
        chunk = self.stream.read1(PIECE)
        if not chunk:
            raise EndOfInput
        self.held += chunk

    def wait(self, fd, events):
        """Waits until `fd` is ready. Raises EndOfInput if the input ends meanwhile."""
        poll = select.poll()
        poll.register(fd, events)
        if self.watched:
            poll.register(self.fd, select.POLLIN if len(self.held) < READ_AHEAD else 0)
        for ready, event in poll.poll():
            if ready == self.fd:
                if not event & select.POLLIN:
                    raise EndOfInput
                self.read()


class Output:
    """Reply lines, written in large pieces."""

    def __init__(self):
        self.pieces, self.size = [], 0
        self.sum = 0  # CRC-32 of what was written

    def add(self, piece):
        self.pieces.append(piece)
        self.size += len(piece)
        if self.size >= PIECE:
            self.write()

    def write(self):
        data = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        self.sum = zlib.crc32(data, self.sum)
        self.send(data)

    @staticmethod
    def send(data):
        data = memoryview(data)
        while data:
            data = data[os.write(OUT, data):]

    def frame(self, rows):
        """Whole rows of a copy, after a line with their length and their sum. A large last one is not copied once more."""
        large = rows.pop() if len(rows[-1]) > FRAME else b""
        data = b"".join(rows)
        self.send(with_sum(b"d %d %08x" % (len(data) + len(large), zlib.crc32(large, zlib.crc32(data)))))
        self.send(data)
        self.send(large)

    def end(self, mark, reply):
        self.pieces.append(with_sum(f"{mark} {to_json(reply)}".encode()))
        self.write()


def with_sum(line):
    return line + b" %08x\n" % zlib.crc32(line)


def without_sum(line, what):
    line, _, crc = line.rpartition(b" ")
    if crc != b"%08x" % zlib.crc32(line):
        raise Failure("protocol", f"{what} was damaged on the way")
    return line


to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def timestamp(text):
    """2026-05-01 12:34:56.1+00, as DateStyle ISO prints under UTC, to 2026-05-01T12:34:56.100000Z."""
    if len(text) > 29 or text[10:11] != " " or text[-3:] != "+00":
        return f'"{text}"'  # infinity, BC, years over 9999
    return f'"{text[:10]}T{text[11:19]}.{text[20:-3]:0<6}Z"'


def double(text):
    return f'"{text}"' if text[-1] in "Ny" else text  # NaN, Infinity


def bytea(text):
    return '{"b64":"%s"}' % base64.b64encode(bytes.fromhex(text[2:])).decode()


# By the oid of the type: what turns its text into JSON (all others become strings), and the names of common types,
# so that a query rarely has to ask format_type() for them.
ENCODERS = {16: {"t": "true", "f": "false"}.get, 17: bytea, 20: str, 21: str, 23: str, 700: double, 701: double,
            1184: timestamp}
TYPE_NAMES = {16: "boolean", 17: "bytea", 20: "bigint", 21: "smallint", 23: "integer", 25: "text", 114: "json",
              700: "real", 701: "double precision", 1043: "character varying", 1184: "timestamp with time zone",
              1700: "numeric", 2950: "uuid", 3802: "jsonb"}


def sql_bytes(text, what):
    """libpq would silently end the text at a NUL."""
    if not isinstance(text, str):
        raise Failure("protocol", f"{what} is not a string")
    if "\0" in text:
        raise Failure("sql", "invalid byte sequence for encoding \"UTF8\": 0x00", sqlstate="22021")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Failure("protocol", f"{what} is not valid Unicode") from None


def parameter(value):
    """A JSON value for libpq: the bytes, and whether they are binary. Fractions arrive here as text."""
    if value is None:
        return None, 0
    if isinstance(value, (bool, int)):
        return to_json(value).encode(), 0
    if isinstance(value, dict) and set(value) == {"b64"}:
        try:
            return base64.b64decode(value["b64"], validate=True), 1
        except (TypeError, ValueError):
            raise Failure("protocol", "a parameter is not valid base64") from None
    return sql_bytes(value, "a parameter"), 0


def within_limit(line):
    if len(line) > MAX_ROW:
        raise too_large()
    return line


def too_large():
    return Failure("sql", "a row is larger than 256 MiB", sqlstate="54000")


class Database:
    """One connection through libpq, which keeps values and placeholders exactly as they are.

    Every wait goes through Input.wait, never through a blocking libpq call: psycopg's C implementation would hold the
    interpreter meanwhile, and the end of the input would go unnoticed.
    """

    def __init__(self, psycopg, connection, lines_in):
        self.psycopg, self.pq, self.input = psycopg, psycopg.pq, lines_in
        self.connection, self.conn = connection, connection.pgconn
        self.conn.nonblocking = 1
        self.refused = False  # the agent itself gave a statement up: the transaction counts as failed

    def in_transaction(self):
        return self.conn.transaction_status != self.pq.TransactionStatus.IDLE

    def failed(self):
        return self.refused or self.conn.transaction_status == self.pq.TransactionStatus.INERROR

    def send(self, sql, params=(), single_row=False):
        given = [parameter(value) for value in params]
        self.conn.send_query_params(sql_bytes(sql, "sql"), [value for value, _ in given],
                                    param_formats=[binary for _, binary in given])
        if single_row:
            self.conn.set_single_row_mode()
        self.flush()

    def flush(self):
        while self.conn.flush():
            self.input.wait(self.conn.socket, select.POLLIN | select.POLLOUT)
            self.conn.consume_input()

    def receive(self):
        """The next result, None after the last."""
        while self.conn.is_busy():
            self.input.wait(self.conn.socket, select.POLLIN)
            self.conn.consume_input()
        return self.conn.get_result()

    def results(self):
        """The results of a statement. If it failed, raises once the last of them is taken."""
        failure = None
        while True:
            try:
                result = self.receive()
            except self.psycopg.Error:
                if failure is None:
                    raise
                break  # what the server said before it hung up explains more
            if result is None:
                break
            if result.status == self.pq.ExecStatus.FATAL_ERROR:
                failure = failure or self.describe(result)
            elif failure is None:
                yield result
        if failure:
            raise Failure("sql", **failure)

    def describe(self, result):
        field = self.pq.DiagnosticField
        names = {"message": field.MESSAGE_PRIMARY, "sqlstate": field.SQLSTATE, "detail": field.MESSAGE_DETAIL,
                 "hint": field.MESSAGE_HINT}
        found = {name: (result.error_field(code) or b"").decode(errors="replace") for name, code in names.items()}
        found["message"] = found["message"] or result.error_message.decode(errors="replace")
        return found

    def run(self, sql):
        """Runs several statements of ours, without parameters, at once. Returns the last result."""
        self.conn.send_query(sql.encode())
        self.flush()
        last = None
        for last in self.results():
            pass
        return last

    def rows(self, sql, params=()):
        """A few short rows of text."""
        self.send(sql, params)
        return [[cell and cell.decode() for cell in (result.get_value(i, j) for j in range(result.nfields))]
                for result in self.results() for i in range(result.ntuples)]

    def abandon(self, failed=True):
        """Ends the statement that runs, if any, and leaves a transaction that can only be rolled back."""
        if self.conn.transaction_status == self.pq.TransactionStatus.ACTIVE:
            failed = True
            result = None if self.conn.is_busy() else self.conn.get_result()
            # A copy in ends by its own message. A cancellation could overtake that, and the two would be answered twice.
            if result is None or result.status != self.pq.ExecStatus.COPY_IN:
                self.conn.get_cancel().cancel()
                result = result or self.receive()
            while result is not None:
                if result.status == self.pq.ExecStatus.COPY_IN:
                    self.conn.put_copy_end(b"given up")
                    self.flush()
                while result.status == self.pq.ExecStatus.COPY_OUT and self.copied()[0] > 0:
                    pass
                result = self.receive()
        self.refused = self.refused or (failed and self.in_transaction())

    def copied(self):
        """The next row of a COPY TO STDOUT: its length (-1 after the last) and its bytes."""
        while True:
            length, data = self.conn.get_copy_data(1)
            if length:
                return length, data
            self.input.wait(self.conn.socket, select.POLLIN)
            self.conn.consume_input()

    def put(self, data):
        while not self.conn.put_copy_data(data):
            self.flush()
        self.flush()

    def leave(self):
        """Nobody is listening any more: no statement may keep running, and no transaction may stay open."""
        signal.alarm(GRACE_SECONDS)
        self.input.watched = False
        try:
            self.abandon()
            if self.in_transaction():
                self.run("ROLLBACK")
        except (self.psycopg.Error, Failure):
            pass
        self.conn.finish()


class Agent:
    """The operations, one method each."""

    def __init__(self):
        self.input = Input(sys.stdin.buffer)
        self.output = Output()
        self.db = None
        self.libpq_errors = ()
        self.schema = "public"
        self.type_names = dict(TYPE_NAMES)
        self.operations = {"hello": self.hello, "introspect": self.introspect, "begin": self.begin,
                           "query": self.query, "execute": self.execute, "copy_out": self.copy_out,
                           "copy_in": self.copy_in, "config": self.config, "absent": self.absent,
                           "commit": self.commit, "rollback": self.rollback, "bye": dict}

    def serve(self):
        """Answers requests until bye or until the connection is lost. The exit status."""
        while True:
            self.copying = False  # whether lines of a copy_in are still to come
            try:
                op, request = self.parse(self.input.line())
                self.output.end("=", self.operations[op](request))
                if op == "bye":
                    return 0
            except (Failure, *self.libpq_errors) as error:
                failure = error if isinstance(error, Failure) else Failure("sql", error)
                self.settle(failure)
                self.output.end("!", failure.reply)
                if failure.last:
                    return 1

    def settle(self, failure):
        """Gets connection and input ready for the next request."""
        if self.db:
            try:
                self.db.abandon(failure.code == "sql")
                broken = self.db.conn.status != self.db.pq.ConnStatus.OK
            except self.libpq_errors:
                broken = True
            if broken:
                failure.reply["code"], failure.last = "lost", True
        if not failure.last:
            failure.last = not self.drain()

    def drain(self):
        """Reads up to the end of a copy_in that failed. False if the end can't be found any more."""
        while self.copying:
            try:
                self.frame()
            except Failure as damaged:
                if damaged.last:
                    return False
        return True

    def frame(self):
        """The rows of the next frame of a copy_in; None at its end."""
        line = self.input.line()
        if line == b".":
            self.copying = False
            return None
        try:
            mark, length, crc = without_sum(line, "a frame").split(b" ")
            length = int(length)
            if mark != b"d" or not 0 <= length <= MAX_FRAME:
                raise ValueError
        except ValueError:
            raise Failure("protocol", "a line of copy_in is neither a frame nor its end", last=True) from None
        except Failure as damaged:  # where the next one begins is not known
            damaged.last = True
            raise
        rows = self.input.take(length)
        if crc != b"%08x" % zlib.crc32(rows):
            raise Failure("protocol", "rows were damaged on the way")
        return rows

    def parse(self, line):
        line = without_sum(line, "the request")
        try:
            request = json.loads(line, parse_float=str, parse_constant=int)
            op = request.pop("op")
            self.copying = op == "copy_in"
            self.operations[op]
        except (ValueError, RecursionError):
            raise Failure("protocol", "the request is not JSON") from None
        except (KeyError, AttributeError, TypeError, IndexError):
            raise Failure("protocol", "the request has no operation that this agent knows") from None
        if self.db is None and op not in ("hello", "bye"):
            raise Failure("state", f"{op} before hello")
        if op in ("query", "execute", "copy_out", "copy_in") and not self.db.in_transaction():
            raise Failure("state", f"{op} outside a transaction")
        if op in ("query", "execute", "copy_out", "copy_in", "introspect") and self.db.refused:
            raise transaction_failed()
        return op, request

    @staticmethod
    def field(request, name, kind, default=None):
        value = request.get(name, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Failure("protocol", f"field {name} is missing or not {kind.__name__}")
        return value

    def hello(self, request):
        if self.db:
            raise Failure("state", "hello was already sent")
        if self.field(request, "protocol", int) != PROTOCOL:
            raise Failure("protocol", f"this agent speaks protocol {PROTOCOL}, not {request['protocol']}")
        self.connect()
        try:
            version, database, user, standby, now, backend, may_ask = self.db.rows(HELLO)[0]
            system = self.system() if may_ask == "t" else None
        except (Failure, *self.libpq_errors) as error:  # a pooler answered, but has no server to offer
            self.db = None
            raise Failure("connect", error.reply["message"] if isinstance(error, Failure) else error) from None
        return {"engine": "postgresql", "server_version": version.split()[0], "database": database, "user": user,
                "schema": self.schema, "standby": standby == "t", "now": now, "system": system, "authentik": authentik_version(),
                "injected": self.injected, "pooled": int(backend) != self.db.conn.backend_pid,  # a pooler invents its own
                "agent": f"python {platform.python_version()}, psycopg {self.db.psycopg.__version__}"}

    def system(self):
        """Never fails: a provider may have locked this function in its own way."""
        try:
            return self.db.rows(SYSTEM)[0][0]
        except Failure:
            return None

    def connect(self):
        """Connects as authentik's own wait for the database does."""
        config = psycopg = None
        password = ""
        self.injected = adopt_injected()
        try:
            import psycopg
            from authentik.lib.config import CONFIG as config

            get = config.refresh
            options = {"dbname": get("postgresql.name"), "user": get("postgresql.user"),
                       "password": get("postgresql.password"), "host": get("postgresql.host"),
                       "port": int(get("postgresql.port"))}
            password = str(options["password"] or "")
            for key in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
                options[key] = config.get(f"postgresql.{key}")
            if hasattr(config, "get_dict_from_b64_json"):
                options.update(config.get_dict_from_b64_json("postgresql.conn_options", default={}) or {})
            for key in ("pool", "server_side_binding", "isolation_level", "assume_role"):  # Django's, not libpq's
                options.pop(key, None)
            options = {"connect_timeout": 10, **{k: v for k, v in options.items() if v not in (None, "")}}
            self.schema = config.get("postgresql.default_schema", "public") or "public"
            connection = psycopg.connect(**{**options, "application_name": "akqueue", "client_encoding": "utf8",
                                            "autocommit": True})
        except ImportError as error:
            raise Failure("no-authentik", error) from None
        except Exception as error:
            connecting = psycopg and config and isinstance(error, psycopg.OperationalError)
            message = str(error) or type(error).__name__
            if password and password not in (options["dbname"], options["user"], options["host"]):
                message = message.replace(password, "********")
            raise Failure("connect" if connecting else "config", message) from None
        self.db, self.libpq_errors = Database(psycopg, connection, self.input), (psycopg.Error,)

    def config(self, request):
        """Settings of authentik's workers, and where each comes from. No others leave the pod: some are secrets."""
        from authentik.lib.config import CONFIG

        settings = []
        for name in self.field(request, "names", list):
            if not isinstance(name, str) or name not in WORKER_SETTINGS:
                raise Failure("protocol", "only settings of the workers can be read")
            value = CONFIG.get(name)
            variables = ["AUTHENTIK_" + one.upper().replace(".", "__") for one in (FORMER_NAMES.get(name), name) if one]
            variable = next((one for one in variables if one in os.environ), None)
            given = os.environ.get(variable or "")
            source, origin = ("configuration", None) if given is None else ("environment", variable)
            if given is not None and given.startswith("file://"):
                source, origin = "file", given[len("file://"):].partition("?")[0]
            settings.append({"name": name, "value": None if value is None else str(value), "source": source, "from": origin})
        return {"settings": settings}

    def absent(self, request):
        """Of functions of authentik's, by their dotted names, those that its code beside this agent does not have."""
        names = self.field(request, "names", list)
        if not all(isinstance(name, str) for name in names):
            raise Failure("protocol", "names must be texts")
        return {"absent": [name for name in names if not may_be_defined(name)]}

    def begin(self, request):
        if self.db.in_transaction():
            raise Failure("state", "begin inside a transaction")
        self.start(self.field(request, "read_only", bool, False), self.field(request, "snapshot", bool, False),
                   self.field(request, "statement_timeout_ms", int, 0), self.field(request, "lock_timeout_ms", int, 0))
        return {"now": self.now}

    def start(self, read_only, snapshot, statement_timeout, lock_timeout):
        """One round trip. All settings are LOCAL: between transactions a pooler may give this connection to others.

        Without READ ONLY the server's default stands, so that a standby refuses writes as it refuses them to anyone.
        The search path is authentik's own: statements of the plugin are qualified, triggers of a site may not be.
        """
        schema = '"%s"' % self.schema.replace('"', '""')
        try:
            result = self.db.run(f"""
                BEGIN ISOLATION LEVEL {'REPEATABLE READ' if snapshot else 'READ COMMITTED'}
                      {'READ ONLY' if read_only else ''};
                SET LOCAL statement_timeout = {statement_timeout};
                SET LOCAL lock_timeout = {lock_timeout};
                SET LOCAL idle_in_transaction_session_timeout = '60s';
                SET LOCAL search_path = {schema}, public;
                SET LOCAL TimeZone = 'UTC';
                SET LOCAL DateStyle = 'ISO, YMD';
                SET LOCAL IntervalStyle = 'postgres';
                SET LOCAL bytea_output = 'hex';
                SET LOCAL extra_float_digits = 1;
                SET LOCAL xmloption = content;
                SET LOCAL lc_monetary = 'C';
                SET LOCAL jit = off;
                SELECT {NOW}""")
        except Failure:
            if self.db.in_transaction():
                self.rollback({})
            raise
        self.now = result.get_value(0, 0).decode()

    def query(self, request):
        self.db.send(self.field(request, "sql", str), self.field(request, "params", list, []), single_row=True)
        columns, rows, self.output.sum = [], 0, 0
        for result in self.results():
            if not columns:
                columns = [(result.fname(i).decode(), result.ftype(i)) for i in range(result.nfields)]
                encoders = [ENCODERS.get(oid, to_json) for _, oid in columns]
            for row in range(result.ntuples):  # one, or none in the last result
                cells = [result.get_value(row, i) for i in range(len(columns))]
                values = ["null" if cell is None else encode(cell.decode(errors="replace"))
                          for cell, encode in zip(cells, encoders)]
                self.output.add(within_limit(f"r [{','.join(values)}]\n".encode()))
                rows += 1
        self.output.write()
        return {"columns": [{"name": name, "type": self.type_name(oid)} for name, oid in columns], "rows": rows,
                "crc32": self.output.sum}

    def results(self):
        """Results of a statement that must not be a COPY."""
        status = self.db.pq.ExecStatus
        for result in self.db.results():
            if result.status not in (status.SINGLE_TUPLE, status.TUPLES_OK, status.COMMAND_OK, status.EMPTY_QUERY):
                raise Failure("protocol", "a COPY statement has to be given to copy_out or copy_in")
            yield result

    def type_name(self, oid):
        if oid not in self.type_names:
            self.type_names[oid] = self.db.rows("SELECT format_type($1::oid, NULL)", [oid])[0][0]
        return self.type_names[oid]

    def execute(self, request):
        self.db.send(self.field(request, "sql", str), self.field(request, "params", list, []), single_row=True)
        rows = 0
        for result in self.results():
            if (result.command_status or b"").split(b" ")[0] in (b"INSERT", b"UPDATE", b"DELETE", b"MERGE"):
                rows = result.command_tuples or 0
        return {"rows": rows}

    def copy_out(self, request):
        # The line end before the bracket is for a statement that ends in a comment.
        self.db.send(f"COPY ({self.field(request, 'sql', str)}\n) TO STDOUT (FORMAT binary)")
        rows = frames = 0
        for result in self.db.results():
            if result.status == self.db.pq.ExecStatus.COPY_OUT:
                frames = self.pass_rows_on()
            else:
                rows = result.command_tuples or 0
        return {"rows": rows, "frames": frames}

    def pass_rows_on(self):
        """The server sends the header with the first row, and each row in one piece. Returns the number of frames."""
        pieces, size, frames = [], 0, 0
        length, data = self.db.copied()
        if length >= 0:
            data = data[len(COPY_HEADER):]
        while length >= 0:
            if length > MAX_ROW:
                raise too_large()
            if size >= FRAME:
                self.output.frame(pieces)
                pieces, size, frames = [], 0, frames + 1
            pieces.append(data)
            size += length
            length, data = self.db.copied()
        if pieces and pieces[-1] == COPY_TRAILER:
            pieces.pop()
        if any(pieces):
            self.output.frame(pieces)
            frames += 1
        return frames

    def copy_in(self, request):
        self.db.send(f"COPY {self.field(request, 'table', str)} FROM STDIN (FORMAT binary)")
        rows = frames = 0
        for result in self.db.results():
            if result.status == self.db.pq.ExecStatus.COPY_IN:
                frames = self.put_rows()
            else:
                rows = result.command_tuples or 0
        return {"rows": rows, "frames": frames}

    def put_rows(self):
        """Passes on frames up to the end of the copy. Returns how many. Only at the end does libpq tell about a refused row."""
        frames = 0
        self.db.put(COPY_HEADER)
        while (rows := self.frame()) is not None:
            self.db.put(rows)
            frames += 1
        self.db.put(COPY_TRAILER)
        self.db.conn.put_copy_end()
        self.db.flush()
        return frames

    def commit(self, _):
        if not self.db.in_transaction():
            raise Failure("state", "commit outside a transaction")
        failed = self.db.failed()
        self.db.refused = False
        tag = self.db.run("ROLLBACK" if failed else "COMMIT").command_status
        if failed or tag != b"COMMIT":
            raise transaction_failed()
        return {}

    def rollback(self, _):
        self.db.refused = False
        if self.db.in_transaction():
            self.db.run("ROLLBACK")
        return {}

    def introspect(self, request):
        name = self.field(request, "table", str)
        own = not self.db.in_transaction()
        if own:  # asking for a table's size takes a lock, which a migration may be holding
            self.start(True, True, 30000, 10000)
        try:
            root, related, references = self.db.rows(REFERENCES, [self.schema, name])[0]
            tables = self.db.rows(TABLES, [related, root, self.schema]) if root else []
        except Failure as failure:
            if own and failure.code == "sql":
                self.rollback({})
            raise
        if own:
            self.rollback({})
        tables = [{key: value for key, value in json.loads(text).items() if value is not None or key == "rows_estimate"}
                  for text, in tables]
        return {"tables": tables, "references": json.loads(references or "[]") if tables else []}


def transaction_failed():
    return Failure("sql", "current transaction is aborted, commands ignored until end of transaction block",
                   sqlstate="25P02")


def unresolved(value):
    """Missing, or a reference that whoever injects secrets into authentik's own process replaces there: op://…, vault:….
    env:// and file:// are authentik's own."""
    return not value or re.match(r"(?!env://|file://)([a-z][a-z0-9+.-]*://|vault:|ref\+|arn:)", value, re.I) is not None


def adopt_injected():
    """Settings that this process lacks are taken from another one of the same user that has them: secrets may be injected into
    authentik's own process only. The names of those that were taken; their values are never shown."""
    def of_authentik(variables):
        return {name: value for name, value in variables.items() if name.startswith(("AUTHENTIK_", "POSTGRES_")) and not unresolved(value)}

    lacking = [name for name in os.environ if name.startswith(("AUTHENTIK_POSTGRESQL__", "POSTGRES_")) and unresolved(os.environ[name])]
    if not lacking and {"AUTHENTIK_POSTGRESQL__PASSWORD", "POSTGRES_PASSWORD"} & os.environ.keys():
        return []
    found = {}
    for pid in sorted((name for name in os.listdir("/proc") if name.isdigit()), key=int):
        try:
            if os.stat(f"/proc/{pid}").st_uid != os.geteuid():
                continue
            with open(f"/proc/{pid}/environ", encoding="utf8", errors="surrogateescape") as file:
                theirs = of_authentik(dict(one.partition("=")[::2] for one in file.read().split("\0") if "=" in one))
        except OSError:
            continue
        new = {name: value for name, value in theirs.items() if unresolved(os.environ.get(name))}
        if len(new) > len(found):
            found = new
    os.environ.update(found)
    return sorted(found)


def authentik_version():
    import authentik

    for name in ("VERSION", "authentik_version", "__version__"):
        value = getattr(authentik, name, None)
        if value is not None:
            return str(value() if callable(value) else value)
    return None


def may_be_defined(name):
    """Whether authentik's code has a function of this name, by its source: importing it would start Django. Yes where that can't be told."""
    import authentik

    module, _, function = name.rpartition(".")
    if not re.fullmatch(r"authentik(\.[A-Za-z_]\w*)+", name, re.ASCII) or not module.count("."):
        return True
    package = list(authentik.__path__)[0]
    if not os.path.isfile(os.path.join(package, "tasks", "__init__.py")):
        return True  # the rest of the code is elsewhere
    place = os.path.join(package, *module.split(".")[1:])
    for source in (place + ".py", os.path.join(place, "__init__.py")):
        if os.path.isfile(source):
            with open(source, encoding="utf-8", errors="replace") as file:
                return re.search(rf"\b{function}\b", file.read()) is not None
    folder, leaf = os.path.split(place)
    return os.path.isdir(place) or os.path.isdir(folder) and any(one.startswith(leaf + ".") for one in os.listdir(folder))


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the plugin's to handle
    agent, status = Agent(), 0
    try:
        status = agent.serve()
    except (EndOfInput, BrokenPipeError):
        pass
    if agent.db:
        agent.db.leave()
    os._exit(status)  # authentik's exit handlers may take seconds, and everything has been sent


main()
