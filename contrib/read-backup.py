#!/usr/bin/env python3
"""Reads a backup of kubectl akqueue (docs/backup.md) without kubectl akqueue: every row as a line of JSON, ["table", {"column": value}].
Needs nothing but Python 3.9, and checks the sums. Bytes are hexadecimal; values of the text form, numerics and JSON numbers beyond an integer are texts.

    read-backup.py FILE | jq -c 'select(.[0] == "authentik_tasks_task")'
"""
import datetime, decimal, gzip, io, json, math, re, struct, sys, uuid, zlib  # noqa: E401


def numeric(data):
    count, weight, sign, scale = struct.unpack_from("!HhHH", data)
    if sign >= 0xC000:
        return {0xC000: "NaN", 0xD000: "Infinity", 0xF000: "-Infinity"}[sign]
    digits = "".join(f"{four:04}" for four in struct.unpack_from(f"!{count}H", data, 8)) or "0"
    return format(decimal.Decimal(("-" if sign else "") + digits + f"E{4 * (weight + 1 - count)}"), f".{scale}f")


def moment(count, unit):
    try:
        return (datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(**{unit: count})).isoformat()
    except OverflowError:  # infinity, and years that Python does not know
        return f"{count} {unit} from 2000-01-01"


def number(form):
    return lambda data: struct.unpack("!" + form, data)[0]


VALUES = {
    "uuid": lambda data: str(uuid.UUID(bytes=data)), "text": bytes.decode, "character varying": bytes.decode, "bytea": lambda data: "\\x" + data.hex(),
    "smallint": number("h"), "integer": number("i"), "bigint": number("q"), "real": number("f"), "double precision": number("d"), "boolean": number("?"),
    "jsonb": lambda data: json.loads(data[1:], parse_float=str, parse_int=lambda digits: int(digits) if len(digits) < 1000 else digits), "numeric": numeric,
    "timestamp with time zone": lambda data: moment(number("q")(data), "microseconds"), "date": lambda data: moment(number("i")(data), "days")[:10],
}


def field(stream):
    length = number("i")(stream.read(4))
    return None if length < 0 else stream.read(length)


def value(column, data):
    if data is None or column["form"] == "text":
        return data if data is None else data.decode()
    read = VALUES[re.sub(r"\(.*\)|\[\]", "", column["type"])]
    if not column["type"].endswith("[]"):
        return read(data)
    stream = io.BytesIO(data)  # dimensions, flags, type; a length and a lower bound for each dimension
    sizes = [number("ii")(stream.read(8)) for _ in range(number("iii")(stream.read(12)))]
    return [None if one is None else read(one) for one in (field(stream) for _ in range(math.prod(sizes) if sizes else 0))]


def rows(table, data):
    stream = io.BytesIO(data)
    while stream.read(2):  # the number of columns
        yield table["name"], {column["name"]: value(column, field(stream)) for column in table["columns"]}


def read(file):
    """The rows of every batch that was sealed and not rolled back, also of a file that is cut short or damaged behind them."""
    sealed, blocks, crc, trouble = {}, [], 0, "the file was cut short"  # what becomes of a batch may stand behind others
    try:
        header = record = json.loads(file.readline())
        if header.get("akqueue_backup") != 2:
            raise ValueError("this is not a backup of version 2")
        for line in file:
            record = json.loads(line)
            if "rolled_back" in record and sealed.pop(record["rolled_back"], None) is None:
                blocks, crc = [], 0  # it had no seal yet
            elif "committed" in record:
                yield from (row for block in sealed.pop(record["committed"], []) for row in rows(*block))
            elif "table" in record:
                data = file.read(record["bytes"] + 1)
                crc = zlib.crc32(data, zlib.crc32(line, crc))
                blocks.append((header["tables"][record["table"]], data[:-1]))
            elif "sealed" in record:
                if record["crc32"] != crc:
                    raise ValueError(f"batch {record['sealed']} is not what was written")
                sealed[record["sealed"]], blocks, crc = blocks, [], 0
        trouble = None if "end" in record else trouble
    except (EOFError, OSError, ValueError, zlib.error) as error:
        trouble += f", or is damaged: {error}"
    yield from (row for blocks in sealed.values() for block in blocks for row in rows(*block))  # without a record of it: they may be gone
    sys.exit(trouble)  # 0 where there is none


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as plain, gzip.open(plain) as packed:
        for found in read(packed if plain.peek(2)[:2] == b"\x1f\x8b" else plain):
            print(json.dumps(found, ensure_ascii=False, default=str))
