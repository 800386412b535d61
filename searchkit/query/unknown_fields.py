"""Which words of a query ask for a field that words are not looked for in?

They are taken as words, which is told where it is hardly meant: of the names of fields that searches are narrowed by,
and of other Latin words before a colon. Times, addresses, namespaces and what stands in quotation marks ask for none,
and in Persian a colon says that something follows.

>>> [problem.span for problem in unknown_fields("section:ورزش 12:30 https://a.ir ساعت:نه", {})]
[(0, 12)]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from searchkit.query.parse import FIELD_NAMES, MAX_LENGTH, STRAY_MARKS
from searchkit.results import Problem

_ASKED = re.compile(
    rf"""
     "[^"]*" | «[^«»]*» | “[^“”]*”
   | (?<![^\s{STRAY_MARKS}()+-]) (?P<name>[^\s{STRAY_MARKS}()"«»“”:/\\+-][^\s()"«»“”:/\\]*)
     : (?P<value>[^\s{STRAY_MARKS}:/\\)][^\s()"«»“”]*)
    """,
    re.VERBOSE,
)
"""Each alternative ends at a character that it cannot hold, so the time is linear."""
_LATIN = re.compile("[A-Za-z][A-Za-z_]+")
_WORDS = re.compile(r"""[^\W\d_]|["«“(]""")
"""What a word begins with, or several."""
_NO_FIELDS = frozenset(
    "about blob callto chrome cid data doi file ftp ftps geo git http https isbn issn javascript magnet mailto news "
    "nntp sftp sip sms spotify ssh tel urn view-source ws wss xmpp".split()
)
"""Schemes of addresses and numbers."""


def unknown_fields(query: str, fields: Collection[str]) -> Iterator[Problem]:
    """Yield what asks for a field that words are not looked for in.

    Args:
        query: As it was typed.
        fields: The names of those that searches of the index can be narrowed by.
    """
    for match in _ASKED.finditer(query[:MAX_LENGTH]):
        name, value = match["name"], match["value"]
        if name is None or name.lower() in {*FIELD_NAMES, "date"}:
            continue
        if name in fields:
            why = f"{name} narrows searches and holds no words; ask for its value by a condition (`where`)"
        elif _LATIN.fullmatch(name) and name.lower() not in _NO_FIELDS and _WORDS.match(value):
            why = f"there is no field {name}, words are looked for in title: and body: alone"
        else:
            continue
        end = match.end("value" if value[0].isalnum() else "name")
        yield Problem(f"{why}; it is taken as words", (match.start(), end))
