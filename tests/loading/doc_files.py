"""Files of Word 97-2003 as bytes: a container with its streams, and the streams of a text."""

from __future__ import annotations

import struct

END, FREE, IS_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SECTOR = 512


def padded(data, size=SECTOR):
    return data + b"\0" * (-len(data) % size)


def entry(name, kind, start=END, size=0, right=FREE, *, child=FREE):
    """An entry of the directory; those of a folder follow one another to the right."""
    written = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIIxxxx", written, len(written), kind, 1, FREE, right, child, start, size)


def compound(streams, *, more=(), sizes=None, fat=None):
    """A container with these streams; `more` entries, `sizes` and links of the `fat` that lie."""
    small, large, entries, links, small_links = b"", b"", [], [], []
    names = list(streams)
    for number, (name, data) in enumerate(streams.items()):
        right = number + 2 if number + 1 < len(names) else FREE
        if len(data) < 4_096:
            start = len(small) // 64 if data else END
            count = -(-len(data) // 64)
            small_links += [*range(len(small_links) + 1, len(small_links) + count), END] if count else []
            small += padded(data, 64)
        else:
            start = len(large) // SECTOR
            count = -(-len(data) // SECTOR)
            links += [*range(len(links) + 1, len(links) + count), END]
            large += padded(data)
        entries.append([name, 2, start, (sizes or {}).get(name, len(data)), right])
    parts = [padded(small), padded(struct.pack(f"<{len(small_links)}I", *small_links))]
    parts.append(padded(bytes(128) + b"".join(entry(*each) for each in entries) + b"".join(more)))
    places = []
    for part in parts:
        places.append(len(links) if part else END)
        count = len(part) // SECTOR
        links += [*range(len(links) + 1, len(links) + count), END] if count else []
    parts[2] = entry("Root Entry", 5, places[0], len(small), child=1 if names else FREE) + parts[2][128:]
    tables = 1
    while tables * SECTOR // 4 < len(links) + tables:
        tables += 1
    assert tables <= 109
    own = list(range(len(links), len(links) + tables))
    for place, link in (fat or {}).items():
        links[place] = link
    table = padded(struct.pack(f"<{len(links) + tables}I", *links, *[IS_FAT] * tables)).ljust(tables * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), 62, 3, 0xFFFE, 9, 6, 0, tables, places[2], 0,
        4_096, places[1], len(parts[1]) // SECTOR, END, 0,
    )  # fmt: skip
    numbers = struct.pack("<109I", *own, *[FREE] * (109 - tables))
    return header + numbers + large + b"".join(parts) + table


def summary(page=65001, **values):
    """The stream of what a file says of itself: `title`, `author`, `keywords`, `comments`; `created` in ticks."""
    keys = {"title": 2, "subject": 3, "author": 4, "keywords": 5, "comments": 6}
    codec = {65001: "utf-8"}.get(page, f"cp{page}")
    items = [(1, struct.pack("<IHxx", 2, page))]
    for name, value in values.items():
        if name == "created":
            items.append((12, struct.pack("<IQ", 64, value)))
        else:
            text = value.encode(codec) + b"\0"
            items.append((keys[name], padded(struct.pack("<II", 30, len(text)) + text, 4)))
    table, data = b"", b""
    for key, value in items:
        table += struct.pack("<II", key, 8 + 8 * len(items) + len(data))
        data += value
    section = struct.pack("<II", 8 + len(table) + len(data), len(items)) + table + data
    return struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48) + section


def page(runs, size):
    """A page of runs: (begin, end, properties), each at a place of its own; `size` bytes name it."""
    bounds = [runs[0][0], *(run[1] for run in runs)]
    data = bytearray(SECTOR)
    struct.pack_into(f"<{len(bounds)}I", data, 0, *bounds)
    place = SECTOR - 2
    for number, (_, _, said) in enumerate(runs):
        place -= len(said) + len(said) % 2
        data[place : place + len(said)] = said
        data[4 * len(bounds) + size * number] = place // 2 if said else 0
    data[-1] = len(runs)
    return bytes(data)


def word(text, *, parts=(), pieces=None, hidden=(), paragraphs=(), flags=0x0200, streams=None, **header):
    """A file of Word.

    Args:
        text: All of it, with notes and the like.
        parts: How many characters the parts after the first have: notes, headers, macros, comments, end notes, boxes.
        pieces: Each as its characters and whether they are a byte wide; what is not said is one piece.
        hidden: Runs that are not shown: (begin, end, property), counted in characters of a text of wide ones.
        paragraphs: (begin, end, style, properties), counted in the same way.
        flags: Of the header.
        streams: More of them, or other ones.
        header: Other values in the header: `identity`, `version`, `size` of the table of pieces, `text_size`; and more
            `pages` of runs by the bytes that name one: {1: those of characters, 13: those of paragraphs}.
    """
    begin, body, table = 1_024, b"", b""
    places, ends = [], [0]
    for piece, is_narrow in pieces or [(text, False)]:
        place = begin + len(body)
        places.append((2 * place) | 0x40000000 if is_narrow else place)
        body += piece.encode("cp1252" if is_narrow else "utf-16-le")
        ends.append(ends[-1] + units(piece))
    plc = struct.pack(f"<{len(ends)}I", *ends) + b"".join(struct.pack("<HIH", 0, each, 0) for each in places)
    table = b"\1\2\0ab\2" + struct.pack("<I", header.get("size", len(plc))) + plc
    said = [(0, len(table))]
    main = padded(b"\0" * begin + body)
    runs_of_characters = [(a, b, bytes([3]) + struct.pack("<HB", p, 1) if p else b"") for a, b, p in hidden]
    runs_of_paragraphs = [(a, b, long_form(style, p)) for a, b, style, p in paragraphs]
    for counted, size in ((runs_of_characters, 1), (runs_of_paragraphs, 13)):
        runs = [(begin + 2 * a, begin + 2 * b, said_) for a, b, said_ in counted]
        plc = b""
        pages = [page(runs, size)] if runs else []
        pages += header.get("pages", {}).get(size, [])
        if pages:
            numbers = range(len(main) // SECTOR, len(main) // SECTOR + len(pages))
            plc = struct.pack(f"<{len(pages) + 1}I{len(pages)}I", *[0] * (len(pages) + 1), *numbers)
            main += b"".join(pages)
        said.append((len(table), len(plc)))
        table += plc
    counts = [header.get("text_size", units(text) - sum(parts)), *parts, *[0] * (7 - len(parts))]
    fib = bytearray(begin)
    struct.pack_into("<HH6xH", fib, 0, header.get("identity", 0xA5EC), header.get("version", 0xC1), flags)
    struct.pack_into("<8I", fib, 76, *counts)
    for place, (where, size) in zip((418, 250, 258), said, strict=True):
        struct.pack_into("<II", fib, place, where, size)
    named = {"WordDocument": bytes(fib) + main[begin:], "1Table" if flags & 0x0200 else "0Table": table}
    return compound(named | (streams or {}))


def units(text):
    return len(text.encode("utf-16-le")) // 2


def long_form(style, properties):
    said = struct.pack("<H", style) + properties
    said += b"\0" * (len(said) % 2)
    return bytes([0, len(said) // 2]) + said
