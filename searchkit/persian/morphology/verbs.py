r"""Which verb is a form of? The infinitive and the standard spelling.

A form is a beginning (preverb, prefix and stem, by `build.verb_beginnings` from `data/verbs.tsv`) and an ending
(`data/verb_endings.tsv`). There are some thousands of the one and some hundreds of the other, so that no form needs to
be written out.

>>> read_verb("نمیرفتم").infinitive == "رفتن", read_verb("برنگشته").infinitive == "برگشتن"
(True, True)
>>> read_verb("میگم").key == "میگویم", read_verb("ماشین") is None
(True, True)
>>> [infinitive for _, _, infinitive, _, _ in conjugation().starts["نمیرو"]] == ["رفتن"]
True
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias

import zstandard

from searchkit.persian.text.fold import DATA, keys_of, rows

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

BEGINNINGS_FILE = DATA / "verb_beginnings.bin"

_FUTURE = tuple("خواه" + person for person in ("م", "ی", "د", "یم", "ید", "ند"))


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
    return zstandard.decompress(BEGINNINGS_FILE.read_bytes()).decode()


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


class Verb(NamedTuple):
    """What a verb form is.

    Attributes:
        infinitive: Its dictionary form.
        key: Its standard spelling.
        sure: `CERTAIN`, `LIKELY`, `UNSURE` or `NEVER`, as `conjugation` has them.
        preverb: What a prefixed verb begins with, or nothing.
    """

    infinitive: str
    key: str
    sure: int
    preverb: str = ""


def read_verb(key: str) -> Verb | None:
    """Return the verb that a folded word without half-spaces is a form of, or None."""
    single = _single()
    return single[key] if key in single else read_form(key)


def read_form(key: str) -> Verb | None:
    """Return the verb that a word is a form of by its beginning and its ending, whatever else it may be."""
    starts, lengths, endings, _ = conjugation()
    found: list[tuple[int, int, Start, Ending]] = []
    for at in lengths.get(key[:3]) or lengths.get(key[:2], ()):
        if (beginning := key[:at]) in starts.written:
            tail = key[at:]
            for start in starts[beginning]:
                rank, kind, _, _, _ = start
                if ending := endings[kind].get(tail):
                    found.append((rank + ending.later, -at, start, ending))
    if found:
        _, _, (_, _, infinitive, standard, preverb), ending = min(found)
        return Verb(infinitive, standard + ending.standard, ending.sure, preverb)
    return _future(key) if "خواه" in key else None


def _future(key: str) -> Verb | None:
    """Return the verb of a future written in one: خواهدرفت."""
    for auxiliary in _FUTURE:
        before, _, past = key.partition(auxiliary)
        preverb = before.removesuffix("ن")
        if past and preverb + past + "ن" in infinitives():
            return Verb(preverb + past + "ن", key, LIKELY, preverb)
    return None


def infinitives() -> frozenset[str]:
    """Return all infinitives."""
    return conjugation().infinitives


@cache
def verbal_nouns() -> frozenset[str]:
    """Return all infinitives and their negations: رفتن, نرفتن."""
    return infinitives() | {"ن" + infinitive for infinitive in infinitives()}


@cache
def _single() -> dict[str, Verb | None]:
    """Return the forms that are not put together: the rows of `data/verb_forms.tsv`, infinitives, and their negations.

    A negated infinitive is a noun of its own, as every word with a negating prefix is.
    """
    found: dict[str, Verb | None] = dict.fromkeys(verbal_nouns())
    found |= {infinitive: Verb(infinitive, infinitive, CERTAIN) for infinitive in infinitives()}
    forms, kinds, *verbs, _ = zip(*rows("verb_forms.tsv"), strict=True)
    for key, kind, infinitive, standard in zip(keys_of(forms), kinds, *map(keys_of, verbs), strict=True):
        found[key] = Verb(infinitive, standard or key, CERTAIN if kind == "verb" else NEVER) if infinitive else None
    return found
