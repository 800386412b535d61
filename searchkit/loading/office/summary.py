"""What does a file of Office 97-2003 say of itself (MS-OLEPS)? Its title, author and the like, under our names."""

from __future__ import annotations

import codecs
import datetime as dt
import struct

from searchkit.documents import Json
from searchkit.loading.metadata import Metadata, metadata

SUMMARY = "\x05SummaryInformation"
"""The stream that says it."""

_NAMES = {2: "title", 3: "abstract", 4: "author", 5: "tags", 6: "description", 12: "date"}
_CODE_PAGE = 1
_SHORT, _BYTES, _WIDE, _MOMENT = 2, 30, 31, 64  # types of values
_MOST = 100
_LONGEST = 100_000
_FIRST_MOMENT = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def summary_of(data: bytes) -> Metadata:
    """Read what is said, as far as it can be read; nothing of an empty stream."""
    try:
        return metadata(_values(data))
    except struct.error:
        return metadata({})


def _values(data: bytes) -> dict[str, Json]:
    (begin,) = struct.unpack_from("<I", data, 44)
    _, count = struct.unpack_from("<II", data, begin)
    pairs = [struct.unpack_from("<II", data, begin + 8 + 8 * place) for place in range(min(count, _MOST))]
    places = {key: begin + offset for key, offset in pairs}
    page = "cp1252"
    if _CODE_PAGE in places:
        kind, number = struct.unpack_from("<IH", data, places[_CODE_PAGE])
        page = _codec(number) if kind == _SHORT else page
    values: dict[str, Json] = {}
    for key, name in _NAMES.items():
        if key in places:
            values[name] = _value(data, places[key], page)
    return values


def _value(data: bytes, place: int, page: str) -> str:
    try:
        kind, size = struct.unpack_from("<II", data, place)
        text = data[place + 8 : place + 8 + min(size * (2 if kind == _WIDE else 1), _LONGEST)]
        if kind == _BYTES:
            return text.decode(page, "replace").partition("\0")[0]
        if kind == _WIDE:
            return text.decode("utf-16-le", "replace").partition("\0")[0]
        if kind == _MOMENT:
            (ticks,) = struct.unpack_from("<Q", data, place + 4)  # of 100 ns
            return (_FIRST_MOMENT + dt.timedelta(microseconds=ticks // 10)).isoformat() if ticks else ""
    except (struct.error, OverflowError):
        pass
    return ""


def _codec(page: int) -> str:
    name = {65001: "utf-8", 1200: "utf-16-le", 10000: "mac-roman", 10004: "mac-arabic"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
