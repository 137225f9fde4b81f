"""What the headers of ELF, Mach-O and PE files say of a program, read without any system's tools."""

import hashlib
import struct

MACHINES = {62: "amd64", 183: "arm64", 0x01000007: "amd64", 0x0100000C: "arm64", 0x8664: "amd64"}


def elf(data):
    """Machine, program headers by kind (3 asks for a loader), and how many shared libraries it needs."""
    assert data[:6] == b"\x7fELF\x02\x01", "not a 64-bit ELF file"
    machine, = struct.unpack_from("<H", data, 18)
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", data, start + number * size) for number in range(count)]
    dynamic = [header for header in headers if header[0] == 2]  # a static position-independent program has one too
    needed = sum(tag == 1 for _, _, where, _, _, length, _, _ in dynamic for tag, _ in struct.iter_unpack("<QQ", data[where:where + length]))
    return {"machine": MACHINES[machine], "headers": {header[0]: header for header in headers}, "needed": needed}


def commands_of(data):
    """Mach-O's load commands: kind, and the bytes of each."""
    count, = struct.unpack_from("<I", data, 16)
    at = 32
    for _ in range(count):
        kind, size = struct.unpack_from("<II", data, at)
        yield kind, data[at:at + size]
        at += size


def text_at(command, offset):
    start, = struct.unpack_from("<I", command, offset)
    return command[start:].split(b"\0")[0].decode()


def macho(data):
    """Machine, oldest macOS, libraries, and whether the code's signature holds (None where there is none)."""
    magic, machine, _, kind = struct.unpack_from("<IIII", data)
    assert magic == 0xFEEDFACF and kind == 2, "not a 64-bit Mach-O program"
    found = {"machine": MACHINES[machine], "libraries": [], "signature": None, "oldest": None}
    for kind, command in commands_of(data):
        if kind == 0x32:  # LC_BUILD_VERSION
            platform, oldest = struct.unpack_from("<II", command, 8)
            assert platform == 1, "not for macOS"
            found["oldest"] = f"{oldest >> 16}.{oldest >> 8 & 255}"
        elif kind in (0xC, 0x80000018):  # a library, or one that may be missing
            found["libraries"].append(text_at(command, 8))
        elif kind == 0x1D:  # LC_CODE_SIGNATURE
            offset, size = struct.unpack_from("<II", command, 8)
            found["signature"] = signature_holds(data, data[offset:offset + size])
    return found


def signature_holds(data, blob):
    """Hashes every page as the kernel does before it runs it."""
    magic, _, count = struct.unpack_from(">III", blob)
    assert magic == 0xFADE0CC0, "not a signature"
    offset = next(where for kind, where in struct.iter_unpack(">II", blob[12:12 + 8 * count]) if kind == 0)
    directory = blob[offset:]
    hashes, _, _, pages, limit = struct.unpack_from(">IIIII", directory, 16)
    hash_size, hash_kind, _, page_bits = struct.unpack_from("BBBB", directory, 36)
    assert (hash_size, hash_kind) == (32, 2), "not SHA-256"
    page = 1 << page_bits
    return pages == -(-limit // page) and all(
        hashlib.sha256(data[number * page:min((number + 1) * page, limit)]).digest() == directory[hashes + 32 * number:hashes + 32 * number + 32]
        for number in range(pages))


def pe(data):
    """Machine, subsystem (3 is the console), and the libraries that it takes from the system."""
    start, = struct.unpack_from("<I", data, 0x3C)
    assert data[:2] == b"MZ" and data[start:start + 4] == b"PE\0\0", "not a PE file"
    machine, sections = struct.unpack_from("<HH", data, start + 4)
    optional_size, = struct.unpack_from("<H", data, start + 20)
    optional = start + 24
    assert struct.unpack_from("<H", data, optional)[0] == 0x20B, "not a 64-bit program"
    subsystem, = struct.unpack_from("<H", data, optional + 68)
    imports, = struct.unpack_from("<I", data, optional + 120)
    table = [struct.unpack_from("<IIII", data, optional + optional_size + 40 * number + 8) for number in range(sections)]

    def place(address):
        return next(raw + address - virtual for size, virtual, raw_size, raw in table if virtual <= address < virtual + max(size, raw_size))

    libraries, at = [], place(imports)
    while (name := struct.unpack_from("<I", data, at + 12)[0]) != 0:
        where = place(name)
        libraries.append(data[where:data.index(b"\0", where)].decode())
        at += 20
    return {"machine": MACHINES[machine], "subsystem": subsystem, "libraries": libraries}
