r"""What does the file of a site's own words say, and what is wrong with it?

A line is a fact, its columns parted by tabs: what it says, and the words that it says it of.

    synonym   موبایل   تلفن همراه   گوشی     each stands for the others
    oneway    خودرو    پراید                 who asks for the first finds the others too
    protect   کتابی                          asked for as it is written alone
    stop      سلام                           a function word

Empty lines and those that begin with # say nothing. Words are folded and analysed as those of queries are.
"""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import NamedTuple

from searchkit.arguments import shortened
from searchkit.documents import Token, plain
from searchkit.errors import WordsError
from searchkit.persian import Analyzer
from searchkit.persian.text.chars import ZWNJ
from searchkit.query.own_words import OwnEntry, OwnWords, places_of, runs_of

MAX_BYTES = 300_000
MAX_LINES = 5_000
MAX_TABS = 10_000
"""In the file, so that its words take a few seconds at most to analyse."""
MAX_ENTRIES = 32
"""Columns of words in a line."""
MAX_ENTRY_WORDS = 8
"""Words in a column."""
MAX_CELL = 200
"""Characters in a column."""
MAX_PARTS = 3
"""Words that others write as one."""
MAX_OTHERS = 64
"""What may stand for a word, in all lines together, in each spacing."""
MAX_PROBLEMS = 100
"""Lines that are told to be wrong; of more it is only said that there are."""

_ASKING = {"synonym": MAX_ENTRIES, "oneway": 1}  # how many of the columns find the others
_LEAST = {"synonym": 2, "oneway": 2, "protect": 1, "stop": 1}


class _Fact(NamedTuple):
    """What a line says: its number from 1, the kind of fact, and the words."""

    line: int
    kind: str
    entries: tuple[OwnEntry, ...]


class _Fault(NamedTuple):
    """What is wrong with a line."""

    line: int
    what: str


def parsed(data: bytes, name: str, analyzer: Analyzer) -> OwnWords:
    """Return what the bytes of a file say.

    Args:
        data: UTF-8, or UTF-16 with a mark, as some spreadsheets write it.
        name: Of the file, for messages.
        analyzer: That of queries.

    Raises:
        WordsError: Something is wrong with it: all of that is told.
    """
    facts: list[_Fact] = []
    problems: list[_Fault] = []
    for number, line in enumerate(_lines(data, name), 1):
        if line.strip() and not line.lstrip(' "').startswith("#"):
            try:
                facts.append(_fact(number, line, analyzer))
            except ValueError as error:
                problems.append(_Fault(number, str(error)))
    protected, stops = (
        {entry.keys: fact.line for fact in reversed(facts) if fact.kind == kind for entry in fact.entries}
        for kind in ("protect", "stop")
    )
    others, wrong = _others(facts, protected, analyzer)
    problems += wrong
    if problems:
        told = [f"line {line}: {what}" for line, what in sorted(problems)]
        raise WordsError(name, told[:MAX_PROBLEMS], more=len(told) - MAX_PROBLEMS)
    longest = max([len(names.split()) for names in (*protected, *stops, *others)], default=1)
    return OwnWords(
        len(facts), sha256(data).hexdigest(), frozenset(protected), frozenset(stops), others, max(longest, MAX_PARTS)
    )


def _lines(data: bytes, name: str) -> list[str]:
    """Return the lines of a file."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WordsError(name, [f"line {line}: this is no UTF-8; save the file as UTF-8"]) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise WordsError(name, [f"it has {len(lines):,} lines, and {MAX_LINES:,} is the most; give fewer"])
    if text.count("\t") > MAX_TABS:
        raise WordsError(name, [f"it has {text.count(chr(9)):,} tabs, and {MAX_TABS:,} is the most; give fewer"])
    return lines


def _fact(number: int, line: str, analyzer: Analyzer) -> _Fact:
    """Return what a line says.

    Raises:
        ValueError: What is wrong with it.
    """
    kind, *columns = line.split("\t")
    kind = kind.strip(' "').lower()
    if kind not in _LEAST:
        hint = "" if columns else ", with tabs between the columns"
        raise ValueError(f"{shortened(kind)} is no kind of line; begin it with one of {', '.join(_LEAST)}{hint}")
    cells = [cell for cell in columns if cell.strip(' "')]  # spreadsheets fill rows up with empty ones
    if len(cells) < _LEAST[kind]:
        wanted = "two columns of words or more" if _LEAST[kind] > 1 else "a column of words"
        raise ValueError(f"{kind} has {len(cells)}; write {wanted} after it, with tabs between")
    if len(cells) > MAX_ENTRIES:
        raise ValueError(f"{kind} has {len(cells):,} columns of words, and {MAX_ENTRIES} is the most; write two lines")
    return _Fact(number, kind, tuple([_entry(cell, analyzer) for cell in cells]))


def _entry(cell: str, analyzer: Analyzer) -> OwnEntry:
    """Return the words of a column.

    Raises:
        ValueError: There are none, or too many.
    """
    if len(cell) > MAX_CELL:
        raise ValueError(f"{shortened(cell)} has {len(cell):,} characters, and {MAX_CELL} is the most")
    tokens = analyzer.analyze(cell)
    if not tokens:
        raise ValueError(f"nothing is left of {shortened(cell)} once it is folded; write a word")
    if len(tokens) > MAX_ENTRY_WORDS:
        raise ValueError(f"{shortened(cell)} has {len(tokens):,} words, and {MAX_ENTRY_WORDS} is the most")
    return OwnEntry(cell, tuple(tokens))


def _others(
    facts: Sequence[_Fact], protected: Mapping[str, int], analyzer: Analyzer
) -> tuple[dict[str, tuple[OwnEntry, ...]], list[_Fault]]:
    """Return what stands for each row of words, by all of its names, and what is wrong with that."""
    found: dict[str, dict[str, OwnEntry]] = defaultdict(dict)
    problems: list[_Fault] = []
    joined = {keys.replace(" ", ""): line for keys, line in protected.items()}
    for fact in facts:
        if fact.kind in _ASKING:
            columns = [_spacings(entry, protected.keys(), analyzer) for entry in fact.entries]
            for column in columns[: _ASKING[fact.kind]]:
                what = _put(column, columns, found)
                first = next(iter(column.values()))
                shown, spelt = plain(first.text), first.keys.replace(" ", "")
                if spelt in joined:
                    what = f"is protected in line {joined[spelt]}; take one of the two back"
                if what:
                    problems.append(_Fault(fact.line, f"«{shown}» {what}"))
                    break
    return {name: tuple([others[each] for each in sorted(others)]) for name, others in found.items()}, problems


def _put(
    column: Mapping[str, OwnEntry], columns: Sequence[Mapping[str, OwnEntry]], found: Mapping[str, dict[str, OwnEntry]]
) -> str:
    """Note under all names of a column what the others say, and return what is wrong with that, if anything is."""
    others = [(name, each) for other in columns for name, each in other.items() if name not in column]
    if not others:
        return "and what stands beside it are the same to a search; write another word"
    for asked in column:
        known = found[asked]
        for name, each in others:
            before = known.setdefault(name, each)
            if before is not each and _plainest(each) < _plainest(before):
                known[name] = each
        if len(known) > MAX_OTHERS:
            return f"has more than {MAX_OTHERS} that stand for it, in this line and those before it; take some back"
    return ""


def _plainest(entry: OwnEntry) -> tuple[int, str, str]:
    return len(entry.keys), entry.keys, entry.text


def _spacings(entry: OwnEntry, protected: AbstractSet[str], analyzer: Analyzer) -> dict[str, OwnEntry]:
    """Return an entry as it is written, and then in other spacings, by their dictionary forms."""
    found = [_guarded(entry.text, entry.tokens, protected)]
    keys = [token.key for token in entry.tokens]
    if 1 < len(keys) <= MAX_PARTS:
        key, lemma = "".join(keys), "".join([*keys[:-1], entry.tokens[-1].lemma])
        found.append(_guarded(entry.text, [Token(entry.text, 0, len(entry.text), 0, key, lemma, (key,))], protected))
    if ZWNJ in entry.text:
        apart = entry.text.replace(ZWNJ, " ")
        tokens = analyzer.analyze(apart)
        if len(tokens) != len(keys):
            found.append(_guarded(apart, tokens, protected))
    written: dict[str, OwnEntry] = {}
    for each in found:
        written.setdefault(each.lemmas, each)
    return written


def _guarded(text: str, tokens: Sequence[Token], protected: AbstractSet[str]) -> OwnEntry:
    """Return words as an entry, with the places of those that are protected."""
    return OwnEntry(text, tuple(tokens), places_of(protected, tokens, runs_of(text, tokens, MAX_ENTRY_WORDS)))
