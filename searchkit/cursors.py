"""Where does the next page of a search begin? In a few letters that may go through an address, and hold no secret."""

from __future__ import annotations

import re
from hashlib import blake2b

from searchkit import arguments
from searchkit.errors import CursorError

_WRITTEN = re.compile(r"([0-9]{1,12})-([0-9a-f]{1,40})-([0-9a-f]{12})")


def cursor_at(offset: int, version: str, search: tuple[object, ...]) -> str:
    """Return a cursor.

    Args:
        offset: How many hits stand before the page.
        version: Of the index, in hexadecimal digits: of each commit another.
        search: What was asked: values of which equal ones have the same `repr`.

    >>> cursor_at(20, "a0", ("باغ",))
    '20-a0-af42b0c310a4'
    """
    return f"{offset}-{version}-{_key(search)}"


def offset_of(cursor: object, version: str, search: tuple[object, ...]) -> int:
    """Return how many hits stand before the page that a cursor tells.

    Raises:
        CursorError: It is none; or the search is another, or the index has changed since.
    """
    match = _WRITTEN.fullmatch(arguments.instance("cursor", cursor, str))
    if match is None:
        raise CursorError(f"cursor is {arguments.shortened(cursor)}; give the cursor of the page before, as it was")
    if match[3] != _key(search):
        raise CursorError(
            "the cursor belongs to another search, or meaning counted in one of the two alone; ask the same as for the "
            "page before, or begin again at the first"
        )
    if match[2] != version:
        raise CursorError("the index has changed since the page before; begin again at the first, or use scan")
    return int(match[1])


def _key(search: tuple[object, ...]) -> str:
    return blake2b(repr(search).encode(errors="surrogatepass"), digest_size=6).hexdigest()
