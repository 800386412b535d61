r"""What is the dictionary form of a word, and of what is it made? The chain of rules, from a folded word to a reading.

    spelling   طهران → تهران       the standard one                       spelling.py
    verb       میروم → رفتن        its infinitive                         verbs.py, homographs.py
    plural     کتب → کتاب          of an irregular one                    plurals.py
    endings    کتابهایم → کتاب     one after another                      endings.py
    parts      ایرانی: ایران       what it is made of but no form of      compounds.py

A rule that is not sure leaves the word as it is. Endings come off only down to a word the lexicon knows, and never off
one that it knows as a dictionary form.

>>> read("کتابهایم").lemma == "کتاب", read("ایران").lemma == "ایران", read("میروند").lemma == "رفتن"
(True, True, True)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from searchkit.persian.morphology.compounds import before_endings, noun_of, parts
from searchkit.persian.morphology.conjugation import NEVER
from searchkit.persian.morphology.endings import Stripped, strip
from searchkit.persian.morphology.homographs import as_verb
from searchkit.persian.morphology.lexicon import COMMON, HEAD, SURE, kind_of
from searchkit.persian.morphology.plurals import singulars
from searchkit.persian.morphology.spelling import respellings, standards
from searchkit.persian.morphology.verbs import Verb, read_form, read_verb
from searchkit.persian.text.chars import ZWNJ

_IMPERFECT = ("می", "نمی")

Steps: TypeAlias = "list[tuple[str, str]] | None"
"""Where a reading writes down what it finds, as a name and what the word has become; None where nobody asks."""


class Reading(NamedTuple):
    """What is known of a word.

    Attributes:
        key: Its standard spelling, without half-spaces.
        lemma: Its dictionary form as a key: the infinitive of a verb, the singular and positive of other words.
        parts: The words that half-spaces cut it into, where it is a compound; the noun of an adjective in ی; the
            infinitive of a noun that has the form of a verb.
    """

    key: str
    lemma: str
    parts: tuple[str, ...] = ()


def read(folded: str, steps: Steps = None) -> Reading:
    """Return what is known of a folded word with single inner half-spaces."""
    if ZWNJ in folded:
        return _read_pieces(folded.split(ZWNJ), steps)
    key = standards().get(folded, folded)
    if steps is not None and key != folded:
        steps.append(("spelling", key))
    kind = kind_of(key)
    if verb := as_verb(key, kind):
        return _read_verb(verb, key, steps)
    lemma = _lemma(key, kind, steps)
    return Reading(key, lemma, noun_of(lemma) if lemma[-1] == "ی" else ())


def _read_pieces(pieces: list[str], steps: Steps) -> Reading:
    written = "".join(pieces)
    imperfect = pieces[0] in _IMPERFECT
    key = written if imperfect else standards().get(written, written)
    if steps is not None and key != written:
        steps.append(("spelling", key))
    kind = kind_of(key)
    verb = read_verb(key) or read_form(key) if imperfect else as_verb(key, kind)
    if verb and verb.sure != NEVER:
        return _read_verb(verb, key, steps)
    base = before_endings(pieces) if key == written else key
    if base == key:
        whole = key == written and kind_of(pieces[-1]) & SURE  # no ending is a word of its own
        return Reading(key, key if whole else _lemma(key, kind, steps), parts(pieces))
    if steps is not None:
        steps.append(("ending", base))
    return Reading(key, _lemma_of(base, steps), parts(pieces))


def _read_verb(verb: Verb, key: str, steps: Steps) -> Reading:
    if verb.sure == NEVER:
        return Reading(key, key, (verb.infinitive,))
    if steps is not None:
        steps += [("spelling", verb.key)] * (verb.key != key)
        steps.append(("verb", verb.infinitive))
    return Reading(verb.key, verb.infinitive)


def _lemma_of(base: str, steps: Steps) -> str:
    """Return the dictionary form of what stood before endings, in its standard spelling."""
    key = standards().get(base, base)
    if steps is not None and key != base:
        steps.append(("spelling", key))
    return _lemma(key, kind_of(key), steps)


def _lemma(key: str, kind: int, steps: Steps) -> str:
    """Return the dictionary form of a noun or an adjective."""
    if singular := singulars().get(key):
        if steps is not None:
            steps.append(("plural", singular))
        return singular
    if kind & HEAD and not (key[-1] == "ی" and _is_indefinite_plural(key[:-1], kind)):
        return key
    stripped = strip(key)
    if stripped is None:
        return key if kind else _respelled(key, steps)
    base = stripped.base
    if steps is not None:
        steps += [("ending", word) for word in _one_by_one(key, stripped)]
    if base in standards() or base in singulars():
        return _lemma_of(base, steps)
    verb = as_verb(base, kind_of(base)) if base[-1] == "ه" else None
    if verb is None or verb.sure == NEVER:
        return base
    if steps is not None:
        steps.append(("verb", verb.infinitive))
    return verb.infinitive


def _is_indefinite_plural(plural: str, kind: int) -> bool:
    """Tell whether a word in ی that the lexicon holds is more likely the plural before it and an ending: آثاری.

    It is rare beside the plural then, and no adjective as اصولی is.
    """
    return plural in singulars() and (kind >> COMMON) + 1 < kind_of(plural) >> COMMON


def _one_by_one(key: str, stripped: Stripped) -> Iterator[str]:
    """Yield what is left of a key after each of its endings, the last one first."""
    for ending in stripped.endings[:0:-1]:
        key = key.removesuffix(ending)
        yield key
    yield stripped.base


def _respelled(key: str, steps: Steps) -> str:
    """Return the dictionary form of another spelling of an unknown word, if the lexicon has one."""
    for spelling in respellings(key):
        kind = kind_of(spelling)
        if kind & SURE or (
            spelling[-1] == key[-1] and strip(spelling)
        ):  # what has endings may be respelled before them
            if steps is not None:
                steps.append(("spelling", spelling))
            return _lemma(spelling, kind, steps)
    return key
