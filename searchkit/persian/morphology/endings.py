r"""What stands before the endings of a noun or an adjective? Down to a word that the lexicon knows, and no further.

`data/endings.tsv` has a row for each ending:

    group, then   the endings that may stand after it are those of the group `then`
    put back      what the word before it has lost: پرندگان is پرنده and گان
    after         the letters after which it stands; any, where there are none
    follows       what the word before it must be: a dictionary form (`head`), rather no adjective (`noun`), an
                  adjective (`quality`), rather another ending (`late`), unless an adjective, too (`being`), a word of
                  any kind (`base`), a long one (`pronoun`), or a sure dictionary form where no list holds the whole
                  word (`spoken`); nothing for what only follows endings
    written       `joined`, `apart` after a half-space, or `both`

Broken plurals, which Persian has from Arabic, and a few other irregular ones have no ending to take off; they are rows
of `data/plurals.tsv`.

>>> strip("کتابهایشان").base == "کتاب", strip("هفتاد") is None
(True, True)
>>> singulars()["کتب"] == "کتاب"
True
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from searchkit.persian.morphology.lexicon import ADJECTIVE, BASE, COMMON, HEAD, SURE, WordKinds, kind_of, words_from
from searchkit.persian.morphology.spelling import standards
from searchkit.persian.morphology.verbs import verbal_nouns
from searchkit.persian.text.fold import pairs, rows

_LEAST, _LESS, _MOST = 32, 64, 96
"""How likely an ending is at least that follows a word of one kind or another."""
_LONG = {"base": 3, "pronoun": 5}
"""Letters of the shortest word that is no dictionary form and has an ending, by what that follows."""
FAMILIAR = 7
"""Digits of the count of a word that spoken endings of one letter come off down to: names end so, too."""
_LONG_SPOKEN = 4
"""Letters of the longest word that spoken endings of several letters do not come off."""
_ABOUT_SELF = 3
"""What makes "we are hopeful" likelier than "my hope": امیدواریم."""
_A_CERTAIN_IS = "یه"
"""Nouns end so, too, from Arabic, but hardly adjectives: مهمیه, but وحدتیه is a place."""
_SHORTEST = 2
"""Letters of the shortest word before an ending; before one letter it must be a sure one then."""


class Stripped(NamedTuple):
    """A word before its endings, and the endings."""

    base: str
    endings: tuple[str, ...]


class _Way(NamedTuple):
    """One way to take an ending of one or more pieces: what is put back, and what must be before it."""

    put_back: str
    after: str
    follows: str
    pieces: tuple[str, ...]


def strip(key: str) -> Stripped | None:
    """Return the word before the endings of a key, or None where it has none."""
    ways, lengths, others = _joined()
    words = words_from(key[:1])
    unlisted = key not in words
    length = len(key)
    best = 0
    found: Stripped | None = None
    for taken in lengths.get(key[-2:]) or lengths.get(key[-1:], ()):
        at = length - taken
        if at < _SHORTEST:
            break
        for way in ways.get(key[at:], ()):
            base = key[:at] + way.put_back
            kind = words.get(base, 0)
            if (kind or base in others) and (not way.after or base[-1] in way.after):
                rank = _rank(base, kind, way, unlisted=unlisted) - taken
                if rank > best and _may_end(key, way, words):
                    best, found = rank, Stripped(base, way.pieces)
    return found


def _may_end(key: str, way: _Way, words: WordKinds) -> bool:
    """Tell whether what stands before the last of several endings may have the others: ثبات in ثباتی has none."""
    return len(way.pieces) == 1 or not words.get(key[: -len(way.pieces[-1])], 0) & HEAD


def _rank(base: str, kind: int, way: _Way, *, unlisted: bool) -> int:
    """Return how likely it is that an ending follows a known word: 0 where it does not.

    Of two words the lexicon is as sure of, the more common one is likelier, and more so before a short ending: a digit
    of the count outweighs a letter of the ending. A letter put back counts for two (طبقات is of طبقه, not of طبق), and
    so does what speaks against an ending.
    """
    likely = (kind >> COMMON) + 2 * len(way.put_back)
    long = len(base) > _SHORTEST
    if way.follows == "spoken":
        return likely + _LESS if unlisted and kind & SURE and _is_spoken(base, kind, "".join(way.pieces)) else 0
    if not long and len(way.pieces[0]) == 1 and not kind & SURE:
        return 0
    if way.follows == "quality":
        sure = unlisted or len(way.pieces[0]) > 1
        return likely + _MOST + _ABOUT_SELF if sure and _is_quality(base, kind) else 0
    plural = base in singulars()
    if kind & HEAD and not kind & BASE:
        return 0  # a conjunction
    if kind & HEAD or (plural and way.follows != "noun") or (not plural and base in _joined()[2]):
        late = way.follows in ({"late", "noun"} if kind & ADJECTIVE else {"late", "being"})
        return likely + _MOST - (2 if late else 0)
    return likely + _LEAST if kind & BASE and len(base) >= _LONG.get(way.follows, len(base) + 1) else 0


def _is_quality(base: str, kind: int) -> bool:
    """Tell whether a word is a common adjective of which no other is made by ی: امیدوار, but not قدیم for قدیمی."""
    likely = kind & HEAD and kind & ADJECTIVE and kind >> COMMON >= FAMILIAR - 1
    return bool(likely) and len(base) > _SHORTEST and not kind_of(base + "ی") & ADJECTIVE


def _is_spoken(base: str, kind: int, ending: str) -> bool:
    """Tell whether a word is long and common enough for a spoken ending. Names end so, too, but few in adjectives."""
    if ending == _A_CERTAIN_IS:
        return bool(kind & ADJECTIVE) and len(base) > _SHORTEST and not kind_of(base + "ی") & HEAD
    if len(ending) > 1:
        return len(base + ending) > _LONG_SPOKEN
    long = _SHORTEST if ending == "ه" and kind & ADJECTIVE else _SHORTEST + 1
    return len(base) > long and kind >> COMMON >= FAMILIAR


@cache
def singulars() -> dict[str, str]:
    """Return the singulars of irregular plurals by these, as keys."""
    return pairs("plurals.tsv")


@cache
def apart(*groups: str) -> frozenset[str]:
    """Return the endings that are written after a half-space: of the groups given, or all."""
    return frozenset("".join(way.pieces) for group, way in _ways("apart") if not groups or group in groups)


@cache
def _joined() -> tuple[dict[str, tuple[_Way, ...]], dict[str, tuple[int, ...]], frozenset[str]]:
    """Return what `strip` looks up.

    The ways to take off what is written without a half-space; how long an ending can be by its last two letters, or
    by its last one; and the words that endings come off down to as they do to dictionary forms.
    """
    ways: dict[str, list[_Way]] = {}
    for _, way in _ways("joined"):
        ways.setdefault("".join(way.pieces), []).append(way)
    lengths: dict[str, set[int]] = {}
    for ending in ways:
        lengths.setdefault(ending[-2:], set()).add(len(ending))
    for last in lengths:
        lengths[last] |= lengths.get(last[-1], set())
    return (
        {ending: tuple(known) for ending, known in ways.items()},
        {last: tuple(sorted(known)) for last, known in lengths.items()},
        frozenset(singulars()) | frozenset(standards()) | verbal_nouns(),
    )


@cache
def _ways(written: str) -> tuple[tuple[str, _Way], ...]:
    """Return the ways of the table, each with the group of its first ending."""
    table = [row for row in rows("endings.tsv") if row[5] in {written, "both"}]
    groups: dict[str, list[str]] = {}
    for group, ending, *_ in table:
        groups.setdefault(group, []).append(ending)
    return tuple(
        (group, _Way(put_back, after, follows, (ending, more) if more else (ending,)))
        for group, ending, put_back, after, follows, _, then, _ in table
        if follows
        for more in ("", *groups.get(then, ()))
    )
