r"""Which forms does Persian make of its verbs? Their beginnings, and the endings that each beginning may have.

A form is a beginning (preverb, prefix and stem, from `data/verbs.tsv`) and an ending (`data/verb_endings.tsv`). There
are some thousands of the one and some hundreds of the other, so that no form needs to be written out.

>>> [infinitive for _, _, infinitive, _, _ in conjugation().starts["نمیرو"]] == ["رفتن"]
True
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, TypeAlias

from searchkit.persian.fold import fold
from searchkit.persian.tables import key_of, rows

CERTAIN, LIKELY, UNSURE, NEVER = range(4)
"""How sure a form is: a verb whatever else it may be; unless a noun is spelled so; unless a noun with an ending is; or
a noun that only has the form of a verb."""

PAST, SPOKEN_PAST, PREFIXED_PAST, BARE, SUBJUNCTIVE, FINITE, OPEN, PROHIBITIVE, ORDER = range(9)
"""Kinds of beginnings: the past without a prefix, as written and as spoken, and with one; the present without one;
after ب or ن; after می; as spoken, if it ends in a vowel; after م; and the short imperative: بگو beside گوید."""

LATER = 200
"""Added to the rank of spoken forms and of bare ones: those of a common verb still go before others of a rare verb."""

_GLIDING = frozenset("بنم")
"""The prefixes that a ی keeps apart from a vowel."""


Start: TypeAlias = tuple[int, int, str, str, str]
"""The beginning of a form: its rank among those of one spelling, its kind, verb, standard spelling and preverb.

It is a plain tuple, as there are thousands of them, and making these takes less time.
"""


class Ending(NamedTuple):
    """The ending of a form: its standard spelling, how sure the form is, and what is added to the rank."""

    standard: str
    sure: int
    later: int = 0


class Conjugation(NamedTuple):
    """The tables that forms are looked up in.

    Attributes:
        starts: The beginnings by spelling.
        lengths: How long a beginning can be by its first three letters, or by its only two.
        endings: The endings of each kind of beginning.
        infinitives: Those of all verbs.
    """

    starts: dict[str, tuple[Start, ...]]
    lengths: dict[str, tuple[int, ...]]
    endings: tuple[dict[str, Ending], ...]
    infinitives: frozenset[str]


class _Roots(NamedTuple):
    """A row of `data/verbs.tsv`; verbs that share a form are ranked by their number."""

    number: int
    preverb: str
    past: str
    present: str
    spoken_present: str
    spoken_past: str


@cache
def conjugation() -> Conjugation:
    """Return the tables, made when first asked for."""
    starts: dict[str, tuple[Start, ...]] = {}
    infinitives = set()
    for number, row in enumerate(rows("verbs.tsv")):
        roots = _Roots(number, fold(row[0]), *row[1:5])
        infinitives.add(roots.preverb + _folded(roots.past) + "ن")
        for written, start in _starts(roots):
            starts[written] = (*starts[written], start) if written in starts else (start,)
    lengths: dict[str, set[int]] = {}
    for first, length in {(written[:3], len(written)) for written in starts}:
        lengths.setdefault(first, set()).add(length)
    for first in lengths:
        lengths[first] |= lengths.get(first[:2], set())
    return Conjugation(
        starts, {first: tuple(sorted(known)) for first, known in lengths.items()}, _endings(), frozenset(infinitives)
    )


def _starts(roots: _Roots) -> Iterator[tuple[str, Start]]:
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
    ):
        if stem[:1] == "ا" and stem[1:2] != "ی" and len(stem) > 2:
            yield kind, ("می", "نمی"), stem[1:], standard, LATER  # as spoken: میفتاد, میومد, میندازه


def _glided(stem: str, folded: str) -> tuple[str, ...]:
    """Return a stem as it is spelled after ب, ن and م, the standard spelling first: نیامد, نیفتاد and نیافتاد."""
    if stem[0] == "آ":
        return ("ی" + folded,)
    if stem[0] == "ا" and stem[1:2] != "ی":
        return ("ی" + folded[1:], "ی" + folded)
    return (folded,)


def _endings() -> tuple[dict[str, Ending], ...]:
    """Return the endings of each kind of beginning."""
    groups: dict[str, dict[str, str]] = {}
    for group, ending, standard, _ in rows("verb_endings.tsv"):
        groups.setdefault(group, {})[key_of(ending)] = key_of(standard)
    past, present = _past(groups), groups["present"]
    full = {ending: Ending(standard, LIKELY) for ending, standard in present.items() if ending == standard}
    spoken = {ending: Ending(standard, LIKELY, LATER) for ending, standard in present.items() if ending != standard}
    objects = {
        ending + pronoun: Ending(ending + standard, UNSURE)
        for ending in full
        if ending
        for pronoun, standard in groups["pronoun"].items()
    }
    full["ی"] = full["ی"]._replace(sure=UNSURE)  # more often a noun's
    every = objects | spoken | full
    finite = {ending: known._replace(sure=LIKELY) for ending, known in every.items() if ending}
    kinds = {
        PAST: past,
        SPOKEN_PAST: {ending: known._replace(sure=max(known.sure, LIKELY)) for ending, known in past.items()},
        PREFIXED_PAST: {ending: known._replace(sure=min(known.sure, LIKELY)) for ending, known in past.items()},
        BARE: {ending: known._replace(sure=UNSURE) for ending, known in full.items() if ending},
        SUBJUNCTIVE: every,
        FINITE: finite,
        OPEN: {ending: known for ending, known in finite.items() if ending != "ه"},
        PROHIBITIVE: {ending: full[ending]._replace(sure=UNSURE) for ending in ("", "ید")},
        ORDER: {"": full[""]},
    }
    return tuple(kinds[kind] for kind in range(len(kinds)))


def _past(groups: dict[str, dict[str, str]]) -> dict[str, Ending]:
    """Return the endings of the past. They are kept as spelled."""
    found = {person + it: Ending(person + it, UNSURE) for person in groups["past"] for it in groups["pronoun"]}
    for group in ("participle", "past", "spoken past"):
        found |= {ending: Ending(ending, LIKELY) for ending in groups[group]}
    # ی is more often a noun's, and a perfect written without its half-space may be a plural
    unsure = {ending: Ending(ending, UNSURE) for ending in ("ی", "های")}
    return found | {"": Ending("", CERTAIN), "ه": Ending("ه", CERTAIN)} | unsure
