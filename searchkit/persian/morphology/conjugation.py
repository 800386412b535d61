r"""Which forms does Persian make of its verbs? Their beginnings, and the endings that each beginning may have.

A form is a beginning (preverb, prefix and stem, by `beginnings` from `data/verbs.tsv`) and an ending
(`data/verb_endings.tsv`). There are some thousands of the one and some hundreds of the other, so that no form needs to
be written out.

>>> [infinitive for _, _, infinitive, _, _ in conjugation().starts["نمیرو"]] == ["رفتن"]
True
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias

import zstandard

from searchkit.persian.text.tables import DATA, keys_of, rows

CERTAIN, LIKELY, UNSURE, NEVER = range(4)
"""How sure a form is: a verb whatever else it may be; unless a noun is spelled so; unless a noun with an ending is; or
a noun that only has the form of a verb."""

PAST, SPOKEN_PAST, PREFIXED_PAST, BARE, SUBJUNCTIVE, FINITE, OPEN, PROHIBITIVE, ORDER = range(9)
"""Kinds of beginnings: the past without a prefix, as written and as spoken, and with one; the present without one;
after ب or ن; after می; as spoken, if it ends in a vowel; after م; and the short imperative: بگو beside گوید."""

LATER = 200
"""Added to the rank of spoken forms and of bare ones: those of a common verb still go before others of a rare verb."""

Start: TypeAlias = tuple[int, int, str, str, str]
"""The beginning of a form: its rank among those of one spelling, its kind, verb, standard spelling and preverb.

It is a plain tuple, as there are thousands of them, and making these takes less time.
"""

FILE = DATA / "verb_beginnings.bin"


class Ending(NamedTuple):
    """The ending of a form: its standard spelling, how sure the form is, and what is added to the rank."""

    standard: str
    sure: int
    later: int = 0


class Starts(dict[str, tuple[Start, ...]]):
    """The beginnings by spelling, read when one is asked for that is among `written`.

    Attributes:
        written: All of them as they stand in the file, by spelling.
    """

    def __init__(self, written: dict[str, str]) -> None:
        super().__init__()
        self.written = written

    def __missing__(self, spelling: str) -> tuple[Start, ...]:
        self[spelling] = starts = tuple(map(_start, self.written[spelling].split("\n")))
        return starts


def _start(line: str) -> Start:
    rank, kind, infinitive, standard, preverb = line.split("\t")
    return int(rank), int(kind), infinitive, standard, preverb


class Conjugation(NamedTuple):
    """The tables that forms are looked up in.

    Attributes:
        starts: The beginnings by spelling.
        lengths: How long a beginning can be by its first three letters, or by its only two.
        endings: The endings of each kind of beginning.
        infinitives: Those of all verbs.
    """

    starts: Starts
    lengths: dict[str, tuple[int, ...]]
    endings: tuple[dict[str, Ending], ...]
    infinitives: frozenset[str]


@cache
def conjugation() -> Conjugation:
    """Return the tables, read when first asked for."""
    infinitives, lengths, starts = unpacked().split("\f")
    return Conjugation(
        Starts(_pairs(starts)),
        {first: tuple(map(int, known.split())) for first, known in _pairs(lengths).items()},
        _endings(),
        frozenset(infinitives.split("\v")),
    )


def unpacked() -> str:
    """Return what the file of beginnings holds; `beginnings` describes it."""
    return zstandard.decompress(FILE.read_bytes()).decode()


def _pairs(section: str) -> dict[str, str]:
    parts = section.split("\v")
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _endings() -> tuple[dict[str, Ending], ...]:
    """Return the endings of each kind of beginning."""
    groups: dict[str, dict[str, str]] = {}
    names, written, standards, _ = zip(*rows("verb_endings.tsv"), strict=True)
    for group, ending, standard in zip(names, keys_of(written), keys_of(standards), strict=True):
        groups.setdefault(group, {})[ending] = standard
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
