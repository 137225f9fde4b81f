#!/usr/bin/env python3
"""Reads a backup of kubectl akqueue (docs/backup.md) without kubectl akqueue: every row as a line of JSON, ["table", {"column": value}].
Needs nothing but Python 3.9, and checks the sums. Bytes are hexadecimal; values of the text form and numerics are texts.

    read-backup.py FILE | jq -c 'select(.[0] == "authentik_tasks_task")'
"""
import datetime, gzip, json, math, struct, sys, uuid, zlib  # noqa: E401

EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


def numeric(data):
    count, weight, sign, scale = struct.unpack_from("!HhHH", data)
    if sign >= 0xC000:
        return {0xC000: "NaN", 0xD000: "Infinity", 0xF000: "-Infinity"}[sign]
    digits = dict(enumerate(struct.unpack_from(f"!{count}H", data, 8)))
    whole = "".join(f"{digits.get(place, 0):04}" for place in range(weight + 1)).lstrip("0") or "0"
    fraction = "".join(f"{digits.get(place, 0):04}" for place in range(weight + 1, weight + 1 + (scale + 3) // 4))[:scale]
    return ("-" if sign else "") + whole + ("." + fraction if scale else "")


def moment(count, unit):
    try:
        return (EPOCH + datetime.timedelta(**{unit: count})).isoformat()
    except OverflowError:  # infinity, and years that Python does not know
        return f"{count} {unit} from 2000-01-01"


def number(form):
    return lambda data: struct.unpack("!" + form, data)[0]


VALUES = {
    "uuid": lambda data: str(uuid.UUID(bytes=data)), "text": bytes.decode, "character varying": bytes.decode, "bytea": lambda data: "\\x" + data.hex(),
    "smallint": number("h"), "integer": number("i"), "bigint": number("q"), "real": number("f"), "double precision": number("d"), "boolean": number("?"),
    "jsonb": lambda data: json.loads(data[1:], parse_float=str), "numeric": numeric,
    "timestamp with time zone": lambda data: moment(number("q")(data), "microseconds"), "date": lambda data: moment(number("i")(data), "days")[:10],
}


def lengths(data, place, count):
    """The next values, each behind its length; None for NULL."""
    for _ in range(count):
        length, = struct.unpack_from("!i", data, place)
        place += 4 + max(length, 0)
        yield place, None if length < 0 else data[place - length:place]


def value(column, data):
    if data is None or column["form"] == "text":
        return None if data is None else data.decode()
    before, _, rest = column["type"].removesuffix("[]").partition("(")
    read = VALUES[before + rest.partition(")")[2]]
    if not column["type"].endswith("[]"):
        return read(data)
    sizes = [struct.unpack_from("!i", data, 12 + 8 * i)[0] for i in range(struct.unpack_from("!i", data)[0])]  # one list for all dimensions
    count = math.prod(sizes) if sizes else 0
    return [None if one is None else read(one) for _, one in lengths(data, 12 + 8 * len(sizes), count)]


def rows(table, data):
    place = 0
    while place < len(data):
        count, place, row = struct.unpack_from("!H", data, place)[0], place + 2, {}
        for column, (place, one) in zip(table["columns"], lengths(data, place, count)):
            row[column["name"]] = value(column, one)
        yield table["name"], row


def read(file):
    """The rows of every batch that was sealed and not rolled back."""
    header, number_of_sealed, sealed, open_batch, crc = json.loads(file.readline()), 0, [], [], 0
    if header.get("akqueue_backup") != 2:
        sys.exit("this is no backup of version 2")
    try:
        for line in file:
            record = json.loads(line)
            if "table" in record:
                data = file.read(record["bytes"] + 1)
                crc = zlib.crc32(data, zlib.crc32(line, crc))
                open_batch.append((header["tables"][record["table"]], data[:-1]))
            elif "sealed" in record:
                if record["crc32"] != crc:
                    sys.exit(f"batch {record['sealed']} is not what was written")
                yield from (row for block in sealed for row in rows(*block))
                number_of_sealed, sealed, open_batch, crc = record["sealed"], open_batch, [], 0
            elif record.get("rolled_back") == number_of_sealed:
                sealed = []
            elif "rolled_back" in record:
                open_batch, crc = [], 0
    except EOFError:
        print("the file was cut short", file=sys.stderr)
    yield from (row for block in sealed for row in rows(*block))


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as opened:
        packed = opened.read(2) == b"\x1f\x8b"
    with (gzip.open if packed else open)(sys.argv[1], "rb") as opened:
        for found in read(opened):
            print(json.dumps(found, ensure_ascii=False, default=str))
