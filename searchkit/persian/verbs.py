r"""Which verb is a form of? The infinitive and the standard spelling, from the stems and the endings a verb can have.

>>> read_verb("نمیرفتم").infinitive, read_verb("برنگشته").infinitive
('رفتن', 'برگشتن')
>>> read_verb("میگم").key == "میگویم", read_verb("ماشین") is None
(True, True)
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from searchkit.persian.chars import ZWNJ
from searchkit.persian.fold import fold

PREFIXES = {"م": ("می", "م", ""), "ن": ("نمی", "ن", ""), "ب": ("ب", "")}
_IMPERFECT = ("می", "نمی")
_PERSONS = ("م", "ی", "یم", "ید", "ند")
_PRONOUNS = ("م", "ت", "ش", "مان", "تان", "شان", "مون", "تون", "شون")
_SPOKEN = {"ه": "د", "ن": "ند", "ین": "ید"}
_SPOKEN_PAST = {"آمد": "اومد", "توانست": "تونست", "دانست": "دونست"}
_AFTER_PARTICIPLE = ("ام", "ای", "است", "ایم", "اید", "اند", "ست", "باشم", "باشی", "باشد", "باشیم", "باشید", "باشند")
_FULL = frozenset({*_PERSONS, "د"})
_LONGEST_TAIL = 7
_LATER = 1000
"""Added to the rank of a reading that another one, of any verb, goes before."""
_BARE = frozenset({"شو", "باش", "دار"})
"""Present stems whose forms without a prefix are read as a verb's, whatever noun they resemble."""
_NOUNS = frozenset(
    map(fold, ("مرد", "رشت", "هشت", "رشته", "خسته", "دوده", "رسته", "هشته", "جسته", "زاده", "کند", "سرود"))
)
"""Words that only look like a past stem or a participle: man, Rasht, eight, field, tired, slow …"""
ORDERS = frozenset(
    map(fold, ("برو", "بخور", "بگو", "بیا", "برس", "بریز", "بسپار", "بنگر", "بیاب", "بگرد", "نترس", "باش"))
)
"""Imperatives that lists of words hold as well."""
_ARE = {
    "هست": "هستن", "نیست": "هستن", "است": "هستن",
}  # fmt: skip


class Verb(NamedTuple):
    """What a verb form is.

    Attributes:
        infinitive: Its dictionary form.
        key: Its standard spelling.
        plain: Whether it could as well be a noun with an ending.
        preverb: What a prefixed verb begins with, or nothing.
    """

    infinitive: str
    key: str
    plain: bool
    preverb: str = ""


class _Stem(NamedTuple):
    infinitive: str
    standard: str
    bare: bool
    rank: int


class _Stems(NamedTuple):
    past: dict[str, _Stem]
    present: dict[str, _Stem]
    spoken: dict[str, _Stem]
    imperative: dict[str, _Stem]
    spoken_past: dict[str, _Stem]
    written: set[str]


def read_verb(key: str) -> Verb | None:
    """Return the verb that a folded word without half-spaces is a form of, or None."""
    for be, infinitive in _ARE.items():
        if key.startswith(be) and key[len(be) :] in {"", "ن", "ش", *_PERSONS}:
            return Verb(infinitive, key, plain=False)
    preverbs = _preverbs()
    for preverb in _beginnings().get(key[:1], ("",)):
        if key.startswith(preverb) and (found := _read(preverbs[preverb], preverb, key[len(preverb) :])):
            return found
    return None


def _read(stems: _Stems, preverb: str, rest: str) -> Verb | None:
    tails = _tails()
    ends = [at for at in range(max(1, len(rest) - _LONGEST_TAIL), len(rest) + 1) if rest[at:] in tails]
    found = [
        (split[0].rank, split, prefix)
        for prefix in PREFIXES.get(rest[:1], ("",))
        if rest.startswith(prefix)
        for at in reversed(ends)
        if rest[len(prefix) : at] in stems.written
        and (split := _split(stems, prefix, rest[len(prefix) : at], rest[at:]))
    ]
    if not found:
        return None
    _, (stem, standard, plain), prefix = min(found)
    return Verb(stem.infinitive, preverb + prefix + standard, plain, preverb)


def _split(stems: _Stems, prefix: str, stem: str, tail: str) -> tuple[_Stem, str, bool] | None:
    """Return the stem as known and the standard spelling of it with its ending, if it can follow the prefix."""
    if prefix not in {"ب", "م"} and tail in _past_tails():
        past = _find(stems.past, prefix, stem)
        if past and (prefix or stem + tail not in _NOUNS):
            return past, stem + tail, not prefix and tail in _objects()
        if spoken_past := _find(stems.spoken_past, prefix, stem):
            return spoken_past, spoken_past.standard + tail, False
    ending = _present_tails().get(tail)
    if ending is None:
        return None
    present = _find(stems.present, prefix, stem)
    if present and _present(present, prefix, tail):
        rank = present.rank + (_LATER if tail in _SPOKEN else 0) + (0 if prefix else 2 * _LATER)
        return present._replace(rank=rank), stem + ending, _plain(present, prefix, tail)
    if not tail and prefix in {"ب", "ن", "م"} and (imperative := _find(stems.imperative, prefix, stem)):
        return imperative, stem, False
    spoken = _find(stems.spoken, prefix, stem) if tail and _takes_spoken(prefix, stem) else None
    if spoken:
        return spoken._replace(rank=spoken.rank + _LATER), spoken.standard + ending, False
    return None


def _plain(stem: _Stem, prefix: str, tail: str) -> bool:
    """Tell whether a form of the present may be a noun as well: my work, of the bed."""
    if prefix:
        return prefix not in _IMPERFECT and tail not in {"", *_FULL, *_SPOKEN}
    return not stem.bare or not tail


def _takes_spoken(prefix: str, stem: str) -> bool:
    return prefix in _IMPERFECT or (prefix in {"ب", "ن"} and stem != "ا")


def _find(stems: dict[str, _Stem], prefix: str, stem: str) -> _Stem | None:
    found = stems.get(stem)
    if found is None and stem[0] == "ی" and prefix in {"ن", "ب", "م"} and (found := stems.get("\0" + stem)):
        return found._replace(rank=found.rank + _LATER)
    return found


def _present(stem: _Stem, prefix: str, tail: str) -> bool:
    if prefix in _IMPERFECT:
        return tail != ""
    if prefix == "م":
        return tail in {"", "ید"} and len(stem.standard) > 1
    if prefix:
        return True
    return (tail in _FULL or (stem.bare and tail in {"", *_SPOKEN})) and len(stem.standard) > 1


@cache
def _objects() -> frozenset[str]:
    """Return the endings of the past that hold a pronoun, and could hold a noun's."""
    return frozenset(person + it for person in ("", *_PERSONS) for it in _PRONOUNS) - {*_PERSONS}


@cache
def _past_tails() -> frozenset[str]:
    persons = ("", *_PERSONS)
    pronouns = [person + pronoun for person in persons for pronoun in _PRONOUNS]
    tails = {*persons, *pronouns, "ه", "ن", "ین"}
    tails |= {"ه" + after for after in _AFTER_PARTICIPLE}
    tails |= {"ه" + be + person for be in ("بود", "شد") for person in persons}
    return frozenset(tails)


@cache
def _tails() -> frozenset[str]:
    return _past_tails() | _present_tails().keys()


@cache
def _present_tails() -> dict[str, str]:
    """Return the endings of the present, the spoken ones too, with their standard spelling."""
    ends = {"": "", "د": "د", **{person: person for person in _PERSONS}, **_SPOKEN}
    tails = {**ends}
    for end, standard in ends.items():
        if end and end not in _SPOKEN:
            tails |= {
                end + pronoun: standard + pronoun.replace("ون", "ان")
                for pronoun in _PRONOUNS
                if end + pronoun not in ends
            }
    return tails


@cache
def _preverbs() -> dict[str, _Stems]:
    """Return the stems of verbs by their preverb; after a NUL stand those that follow ب, ن and م with a glide."""
    found: dict[str, _Stems] = {}
    for rank, (preverb, past, present, spoken, _) in enumerate(_rows("verbs.tsv")):
        stems = found.setdefault(fold(preverb), _Stems({}, {}, {}, {}, {}, set()))
        infinitive = fold(preverb + past) + "ن"
        known = _Stem(infinitive, fold(present), fold(present) in _BARE, rank)
        _add(stems.past, past, known)
        _add(stems.present, present, known)
        if spoken_past := _SPOKEN_PAST.get(past) or (past.endswith("اند") and past[:-3] + "وند"):
            _add(stems.spoken_past, spoken_past, known._replace(standard=fold(past), rank=rank + _LATER))
        if fold(present).endswith(("ای", "وی")):
            _add(stems.imperative, present[:-1], known)
        if spoken:
            _add(stems.spoken, spoken, known)
    for stems in found.values():
        stems.written.update(stem.removeprefix("\0") for known_stems in stems[:-1] for stem in known_stems)
    return found


def _add(stems: dict[str, _Stem], written: str, stem: _Stem) -> None:
    folded = fold(written)
    stems.setdefault(folded, stem)
    if written[0] == "آ":
        stems.setdefault("\0ی" + folded, stem)
    elif written[0] == "ا":
        stems.setdefault("\0ی" + folded, stem)
        stems.setdefault("\0ی" + folded[1:], stem)


@cache
def _beginnings() -> dict[str, tuple[str, ...]]:
    """Return the preverbs by first letter, the longest first and none last."""
    letters: dict[str, list[str]] = {}
    for preverb in sorted(_preverbs(), key=len, reverse=True):
        if preverb:
            letters.setdefault(preverb[0], []).append(preverb)
    return {letter: (*preverbs, "") for letter, preverbs in letters.items()}


@cache
def infinitives() -> frozenset[str]:
    """Return all infinitives."""
    return frozenset(
        stem.infinitive for stems in _preverbs().values() for stem in [*stems.past.values(), *stems.present.values()]
    )


def _rows(name: str) -> list[list[str]]:
    lines = Path(__file__).with_name("data").joinpath(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def table(name: str) -> dict[str, str]:
    """Return a table of two columns and a source: the keys of the first column with those of the second."""
    return {fold(left).replace(ZWNJ, ""): fold(right).replace(ZWNJ, "") for left, right, _ in _rows(name)}
