r"""What is the dictionary form of a word, and of what is it made? The chain of rules, from a folded word to a reading.

    spelling   طهران → تهران        the standard one            spelling.py
    verb       می\u200cروم → رفتن         its infinitive              verbs.py
    plural     کتب → کتاب           of an irregular one         plurals.py
    endings    کتابهایم → کتاب      one after another           endings.py
    parts      کتاب\u200cخانه, ایرانی    what it is made of          compounds.py

A rule that is not sure leaves the word as it is. Endings come off only down to a word the lexicon knows, and never off
one that it knows as a dictionary form.

>>> read("کتابهایم").lemma == "کتاب", read("ایران").lemma == "ایران", read("میروند").lemma == "رفتن"
(True, True, True)
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from searchkit.persian.chars import ZWNJ
from searchkit.persian.compounds import before_endings, noun_of, parts
from searchkit.persian.conjugation import CERTAIN, NEVER, UNSURE
from searchkit.persian.endings import strip
from searchkit.persian.lexicon import HEAD, SURE, kind_of
from searchkit.persian.plurals import singulars
from searchkit.persian.spelling import respellings, standard, standards
from searchkit.persian.verbs import Verb, read_verb

_IMPERFECT = ("می", "نمی")
_VERBAL = ("یم", "ید", "ند", "د")
"""Endings of verbs that nouns take more seldom."""

Steps: TypeAlias = "list[tuple[str, str]] | None"
"""Where a reading writes down what it finds, as a name and what the word has become; None where nobody asks."""


class Reading(NamedTuple):
    """What is known of a word.

    Attributes:
        key: Its standard spelling, without half-spaces.
        lemma: Its dictionary form as a key: the infinitive of a verb, the singular and positive of other words.
        parts: The words that half-spaces cut it into, where it is a compound; the noun of an adjective in ی.
    """

    key: str
    lemma: str
    parts: tuple[str, ...] = ()


def read(folded: str, steps: Steps = None) -> Reading:
    """Return what is known of a folded word with single inner half-spaces."""
    if ZWNJ in folded:
        return _read_pieces(folded.split(ZWNJ), steps)
    key = standard(folded)
    if key != folded:
        _note(steps, "spelling", key)
    verb = _verb(key)
    if verb:
        if verb.sure != NEVER:
            return _read_verb(verb, key, steps)
        return Reading(key, key, (verb.infinitive,))
    lemma = _lemma(key, steps)
    return Reading(key, lemma, noun_of(lemma) if lemma[-1] == "ی" else ())


def _read_pieces(pieces: list[str], steps: Steps) -> Reading:
    written = "".join(pieces)
    key = written if pieces[0] in _IMPERFECT else standard(written)
    if key != written:
        _note(steps, "spelling", key)
    if (verb := _verb(key)) and verb.sure != NEVER:
        return _read_verb(verb, key, steps)
    base = before_endings(pieces) if key == written else key
    if base != key:
        _note(steps, "ending", base)
        if (found := standard(base)) != base:
            base = found
            _note(steps, "spelling", base)
    return Reading(key, _lemma(base, steps), parts(pieces))


def _read_verb(verb: Verb, key: str, steps: Steps) -> Reading:
    if verb.key != key:
        _note(steps, "spelling", verb.key)
    _note(steps, "verb", verb.infinitive)
    return Reading(verb.key, verb.infinitive)


def _verb(key: str) -> Verb | None:
    """Return the verb, unless the word is as well known as another or may be a noun with an ending."""
    verb = read_verb(key)
    if verb is None or verb.sure == NEVER or (verb.sure == CERTAIN and not verb.preverb):
        return verb
    kind = kind_of(key)
    if kind & SURE and key != verb.infinitive:
        return None
    if verb.sure == UNSURE and not key.endswith(_VERBAL) and (kind & HEAD or _is_noun(key)):
        return None
    return verb


def _is_noun(key: str) -> bool:
    """Tell whether what looks like a verb is a noun with an ending: شکستی, of شکست, but not رفتی."""
    stripped = strip(key)
    if stripped is None:
        return False
    if stripped.endings[0] == "ها" and kind_of(stripped.base) & SURE:
        return True
    verb = _verb(stripped.base)
    return verb is None or verb.sure == NEVER


def _lemma(key: str, steps: Steps) -> str:
    """Return the dictionary form of a noun or an adjective."""
    if singular := singulars().get(key):
        _note(steps, "plural", singular)
        return singular
    kind = kind_of(key)
    if kind & SURE or (kind & HEAD and not (key[-1] == "ی" and key[:-1] in singulars())):
        return key
    stripped = strip(key)
    if stripped is None:
        return key if kind else _respelled(key, steps)
    base = key
    for ending in reversed(stripped.endings):
        base = base.removesuffix(ending)
        _note(steps, "ending", base if ending is not stripped.endings[0] else stripped.base)
    base = stripped.base
    if base in standards():
        _note(steps, "spelling", standard(base))
        return _lemma(standard(base), steps)
    if singular := singulars().get(base):
        _note(steps, "plural", singular)
        return singular
    if base[-1] == "ه" and (verb := _verb(base)) and verb.sure != NEVER:
        _note(steps, "verb", verb.infinitive)
        return verb.infinitive
    return base


def _respelled(key: str, steps: Steps) -> str:
    """Return the dictionary form of another spelling of an unknown word, if the lexicon has one."""
    for spelling in respellings(key):
        if kind_of(spelling) & SURE or strip(spelling):
            _note(steps, "spelling", spelling)
            return _lemma(spelling, steps)
    return key


def _note(steps: Steps, name: str, result: str) -> None:
    if steps is not None:
        steps.append((name, result))
