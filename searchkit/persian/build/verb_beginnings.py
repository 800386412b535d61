"""Which beginnings do the forms of verbs have? The roots of `data/verbs.tsv` in, `data/verb_beginnings.bin` out.

Run `python -m searchkit.persian.build.verb_beginnings` after a change of that table or of these rules.

The file, by zstd in UTF-8: the infinitives; the lengths of beginnings by their first letters; and the beginnings by
spelling, a line for each: rank, kind, infinitive, standard spelling and preverb, tabs between. These three have form
feeds between them, and vertical tabs stand between all that they list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import NamedTuple

import zstandard

from searchkit.persian.morphology.verbs import (
    BARE,
    BEGINNINGS_FILE,
    FINITE,
    LATER,
    OPEN,
    ORDER,
    PAST,
    PREFIXED_PAST,
    PROHIBITIVE,
    SPOKEN_PAST,
    SUBJUNCTIVE,
    Start,
)
from searchkit.persian.text.fold import fold, rows

_LEVEL = 19  # of zstd, 1 to 22

_GLIDING = frozenset("بنم")
"""The prefixes that a ی keeps apart from a vowel."""


class _Roots(NamedTuple):
    """A row of `data/verbs.tsv`; verbs that share a form are ranked by their number."""

    number: int
    preverb: str
    past: str
    present: str
    spoken_present: str
    spoken_past: str


def main() -> None:
    """Write the file."""
    BEGINNINGS_FILE.write_bytes(zstandard.ZstdCompressor(level=_LEVEL).compress(contents().encode()))


def contents() -> str:
    """Return what the file holds, unpacked."""
    starts = beginnings()
    infinitives = sorted({infinitive for known in starts.values() for _, _, infinitive, _, _ in known})
    lengths = {first: " ".join(map(str, known)) for first, known in _lengths(starts).items()}
    lines = {written: "\n".join("\t".join(map(str, start)) for start in known) for written, known in starts.items()}
    return "\f".join(("\v".join(infinitives), _listed(lengths), _listed(lines)))


def beginnings() -> dict[str, tuple[Start, ...]]:
    """Return the beginnings of all verbs by spelling."""
    starts: dict[str, tuple[Start, ...]] = {}
    for number, row in enumerate(rows("verbs.tsv")):
        for written, start in _starts_of(_Roots(number, fold(row[0]), *row[1:5])):
            starts[written] = (*starts.get(written, ()), start)
    return starts


def _lengths(spellings: Iterable[str]) -> dict[str, list[int]]:
    """Return how long spellings are that begin with the same three letters, or have only two."""
    lengths: dict[str, set[int]] = {}
    for spelling in spellings:
        lengths.setdefault(spelling[:3], set()).add(len(spelling))
    return {first: sorted(known | lengths.get(first[:2], set())) for first, known in lengths.items()}


def _listed(pairs: Mapping[str, str]) -> str:
    return "\v".join(chain.from_iterable(pairs.items()))


def _starts_of(roots: _Roots) -> Iterator[tuple[str, Start]]:
    """Yield the beginnings that a verb has, with their spellings."""
    preverb = roots.preverb
    infinitive = preverb + _folded(roots.past) + "ن"
    for kind, prefixes, stem, standard, later in _stems(roots):
        folded, best = _folded(stem), _folded(standard)
        rank = roots.number + later
        for prefix in prefixes:
            before = preverb + prefix
            if prefix not in _GLIDING:
                yield before + folded, (rank, kind, infinitive, before + best, preverb)
                continue
            standard_spelling = before + _glided(standard, best)[0]
            for spelling in _glided(stem, folded):
                rank_of_it = rank + (LATER if spelling != folded else 0)
                yield before + spelling, (rank_of_it, kind, infinitive, standard_spelling, preverb)


_folded = cache(fold)  # a verb has a stem in many beginnings


def _stems(roots: _Roots) -> Iterator[tuple[int, tuple[str, ...], str, str, int]]:
    """Yield the kinds of beginnings: prefixes, stem, its standard spelling, and how much later than others it is."""
    past, present = roots.past, roots.present
    for kind, stem, later in ((PAST, past, 0), (SPOKEN_PAST, roots.spoken_past, LATER)):
        if stem:
            yield kind, ("",), stem, past, later
            yield PREFIXED_PAST, ("ن", "می", "نمی"), stem, past, later
    yield PREFIXED_PAST, ("ب",), past, past, 2 * LATER  # of verse and older prose: بگفت
    yield FINITE, ("می", "نمی"), present, present, 0
    yield SUBJUNCTIVE, ("ب", "ن"), present, present, 0
    if len(present) > 1:
        yield BARE, ("",), present, present, 2 * LATER
        yield PROHIBITIVE, ("م",), present, present, 0
    if present.endswith(("ای", "وی", "آی")):
        yield ORDER, ("ب", "ن", "م"), present[:-1], present[:-1], 0
    if spoken := roots.spoken_present:
        yield OPEN if spoken[-1] in "آا" else FINITE, ("می", "نمی"), spoken, present, LATER
        if spoken != "آ":  # بیاد is به یاد as well
            yield SUBJUNCTIVE if len(spoken) > 2 else FINITE, ("ب", "ن"), spoken, present, LATER
    for kind, stem, standard in (
        (PREFIXED_PAST, past, past),
        (PREFIXED_PAST, roots.spoken_past, past),
        (FINITE, present, present),
        (FINITE, roots.spoken_present, present),
    ):
        if stem[:1] == "ا" and stem[1:2] != "ی" and len(stem) > 2:
            yield kind, ("می", "نمی"), stem[1:], standard, LATER  # as spoken: میفتاد, میومد, میندازه, میوفته


def _glided(stem: str, folded: str) -> tuple[str, ...]:
    """Return a stem as it is spelled after ب, ن and م, the standard spelling first: نیامد, نیفتاد and نیافتاد."""
    if stem[0] == "آ":
        return ("ی" + folded,)
    if stem[0] == "ا" and stem[1:2] != "ی":
        return ("ی" + folded[1:], "ی" + folded)
    return (folded,)


if __name__ == "__main__":
    main()
