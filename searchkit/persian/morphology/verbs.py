r"""Which verb is a form of? The infinitive and the standard spelling.

>>> read_verb("نمیرفتم").infinitive == "رفتن", read_verb("برنگشته").infinitive == "برگشتن"
(True, True)
>>> read_verb("میگم").key == "میگویم", read_verb("ماشین") is None
(True, True)
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from searchkit.persian.morphology.conjugation import CERTAIN, LIKELY, NEVER, Ending, Start, conjugation
from searchkit.persian.text.tables import keys_of, rows

_FUTURE = tuple("خواه" + person for person in ("م", "ی", "د", "یم", "ید", "ند"))


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
