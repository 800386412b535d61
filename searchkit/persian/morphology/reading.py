r"""What is the dictionary form of a word, and of what is it made? The chain of rules, from a folded word to a reading.

    spelling   طهران → تهران       the standard one                       spelling.py
    verb       میروم → رفتن        its infinitive                         verbs.py, `_as_verb`
    plural     کتب → کتاب          of an irregular one                    endings.py
    endings    کتابهایم → کتاب     one after another                      endings.py
    parts      ایرانی: ایران       what it is made of but no form of      `_parts`, `_found_by`

A rule that is not sure leaves the word as it is. Endings come off only down to a word the lexicon knows, and never off
one that it knows as a dictionary form.

>>> read("کتابهایم").lemma == "کتاب", read("ایران").lemma == "ایران", read("میروند").lemma == "رفتن"
(True, True, True)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from searchkit.persian.morphology.endings import FAMILIAR, Stripped, apart, singulars, strip
from searchkit.persian.morphology.lexicon import ADJECTIVE, COMMON, HEAD, SURE, kind_of, words_from
from searchkit.persian.morphology.spelling import links, respellings, standards
from searchkit.persian.morphology.verbs import CERTAIN, NEVER, UNSURE, Verb, read_form, read_verb
from searchkit.persian.text.chars import DAGGER_ALEF, ZWNJ

_IMPERFECT = ("می", "نمی", "همی")
_VERBAL = ("یم", "ید", "ند", "د")
"""Endings of verbs that nouns take more seldom."""
_SHORTEST_NOUN = 4
"""Letters of the shortest noun that is taken for one inside an adjective, or after a به that is written with it."""
_SHORTEST_HELD = 3
_TO = "به"
_SPOKEN_PRONOUNS = ("مون", "تون", "شون")
_WE_ARE = "یم"
_IZM = "یزم"
"""The ism of doctrines as other languages say it: کمونیزم."""
_DAGGER = re.compile(f"{DAGGER_ALEF}+ا?")
_AS_ALEF = re.compile(f"و{DAGGER_ALEF}(?=ه$)")

Steps: TypeAlias = "list[tuple[str, str]] | None"
"""Where a reading writes down what it finds, as a name and what the word has become; None where nobody asks."""


class Reading(NamedTuple):
    """What is known of a word.

    Attributes:
        key: Its standard spelling, without half-spaces.
        lemma: Its dictionary form as a key: the infinitive of a verb, the singular and positive of other words.
        parts: The words that half-spaces cut it into, where it is a compound; the noun of an adjective in ی or after a
            به; the infinitive of a noun that has the form of a verb; the adjective before a spoken است.
    """

    key: str
    lemma: str
    parts: tuple[str, ...] = ()


def read(folded: str, steps: Steps = None) -> Reading:
    """Return what is known of a folded word with single inner half-spaces."""
    if DAGGER_ALEF in folded:
        return _read_both(folded, steps)
    if ZWNJ in folded:
        return _read_pieces(folded.split(ZWNJ), steps)
    key = standards().get(folded, folded)
    if steps is not None and key != folded:
        steps.append(("spelling", key))
    kind = kind_of(key)
    if verb := _as_verb(key, kind):
        return _read_verb(verb, key, steps)
    lemma = _lemma(key, kind, steps)
    if lemma != key:
        return Reading(key, lemma, _beside(key, lemma))
    return Reading(key, key, _found_by(folded, key, kind))


def _read_both(folded: str, steps: Steps) -> Reading:
    """Return what is known of a word with an alef above a letter: it is written without it, and found with it as well.

    Above a last ی, and the و of صلوة, that letter is the alef.
    """
    plain = folded.replace(DAGGER_ALEF, "")
    key = read(plain).key if plain else folded
    written = _AS_ALEF.sub("ا", folded).replace("ی" + DAGGER_ALEF, "ی")
    full = read(_DAGGER.sub("ا", written))
    if steps is not None and full.key != key:
        steps.append(("spelling", full.key))
    first, *others = written.split(DAGGER_ALEF)  # of two, one is often written: السموات
    keys = dict.fromkeys([full.key, *([read(first + "ا".join(others)).key] if len(others) > 1 else [])])
    return Reading(key, full.lemma, tuple([each for each in keys if each not in {key, full.lemma}]) or full.parts)


def _found_by(folded: str, key: str, kind: int) -> tuple[str, ...]:
    """Return the words that a word without endings may hold: those of `data/links.tsv`, and by rules.

    The noun of an adjective in ی; what speech puts است after, where only a list that has spoken forms, too, takes the
    whole for a word: قشنگه; the noun after a به that is written with it: بنصیحت; and two that are written as one.
    """
    if others := links().get(key):
        return others
    if key[-1] == "ی" and (noun := _noun_of(key)):
        return noun
    if kind & SURE:
        return ()
    if key != folded and key.startswith(_TO):
        return (key.removeprefix(_TO),)
    if key[-1] == "ه" and len(key) > _SHORTEST_HELD and _is_familiar(key[:-1], SURE | ADJECTIVE):
        return (key[:-1],)
    if kind & HEAD:
        return ()
    if key[0] == "ب" and not kind and len(key) > _SHORTEST_NOUN and _is_familiar(key[1:], SURE):
        return (key[1:],)
    words = words_from(key[0])
    for at in range(_SHORTEST_NOUN, len(key) - _SHORTEST_NOUN + 1):
        if words.get(key[:at], 0) & SURE and _is_familiar(key[:at], SURE) and _is_familiar(key[at:], SURE):
            return key[:at], key[at:]
    return ()


def _is_familiar(word: str, bits: int) -> bool:
    """Tell whether a word is a common one of a kind."""
    kind = kind_of(word)
    return kind & bits == bits and kind >> COMMON >= FAMILIAR


def _read_pieces(pieces: list[str], steps: Steps) -> Reading:
    written = "".join(pieces)
    imperfect = pieces[0] in _IMPERFECT
    key = written if imperfect else standards().get(written, written)
    if steps is not None and key != written:
        steps.append(("spelling", key))
    kind = kind_of(key)
    verb = _imperfect(key) if imperfect else _as_verb(key, kind)
    if verb and verb.sure != NEVER:
        return _read_verb(verb, key, steps)
    base = _before_endings(pieces) if key == written else key
    if base == key:
        standard = _standard(pieces, steps) if key == written else key
        whole = standard != key or (key == written and kind_of(pieces[-1]) & SURE)  # no ending is a word of its own
        return Reading(key, standard if whole else _lemma(key, kind, steps), _parts(pieces))
    if steps is not None:
        steps.append(("ending", base))
    return Reading(key, _lemma_of(base, steps), _parts(pieces))


def _imperfect(key: str) -> Verb | None:
    """Return the verb that a word with a prefix and a half-space is a form of. The همی of verse is another می."""
    return read_form(key[1:]) if key.startswith("ه") else read_verb(key) or read_form(key)


def _read_verb(verb: Verb, key: str, steps: Steps) -> Reading:
    if verb.sure == NEVER:
        return Reading(key, key, (verb.infinitive,))
    if steps is not None:
        steps += [("spelling", verb.key)] * (verb.key != key)
        steps.append(("verb", verb.infinitive))
    return Reading(verb.key, standards().get(verb.infinitive, verb.infinitive))


def _lemma_of(base: str, steps: Steps) -> str:
    """Return the dictionary form of what stood before endings, in its standard spelling."""
    key = standards().get(base, base)
    if steps is not None and key != base:
        steps.append(("spelling", key))
    return _lemma(key, kind_of(key), steps)


def _lemma(key: str, kind: int, steps: Steps) -> str:
    """Return the dictionary form of a noun or an adjective."""
    if irregular := _irregular(key, kind):
        if steps is not None:
            steps.append(irregular)
        return irregular[1]
    if kind & HEAD and not (key[-1] == "ی" and _is_indefinite_plural(key[:-1], kind)):
        return key
    stripped = strip(key)
    if stripped is None:
        return key if kind else _respelled(key, steps)
    base = stripped.base
    if standards().get(base) == key:
        return key
    if steps is not None:
        steps += [("ending", word) for word in _one_by_one(key, stripped)]
    if base in standards() or base in singulars():
        return _lemma_of(base, steps)
    verb = _as_verb(base, kind_of(base)) if base[-1] == "ه" else None
    if verb is None or verb.sure == NEVER:
        return base
    if steps is not None:
        steps.append(("verb", verb.infinitive))
    return verb.infinitive


def _irregular(key: str, kind: int) -> tuple[str, str] | None:
    """Return the dictionary form that a word has without endings, after what it is called.

    A word in ان may end as a spoken pronoun does: پریشون is no form of پری.
    """
    if singular := singulars().get(key):
        return "plural", singular
    if key[-3:] == _IZM:
        written = key[:-2] + "سم"
    elif not kind and key.endswith(_SPOKEN_PRONOUNS):
        written = key[:-2] + "ان"
    else:
        return None
    found = kind_of(written)
    return ("spelling", written) if found & HEAD and found & SURE else None


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


def _as_verb(key: str, kind: int) -> Verb | None:
    """Return the verb that a word is a form of; `kind` are the word's bits in the lexicon.

    Many forms of verbs have that of a noun, too, or of a noun with an ending. What is a verb or a noun more often is a
    row of `data/verb_forms.tsv`. Else the noun wins where the lexicon is sure of it, and a noun with an ending where
    the ending is one that nouns have more often: کشتی, مردم, شکستی, کارم.

    What is a noun but is still made of the verb has `NEVER` for its `sure`. None is for all other words.
    """
    verb = read_verb(key)
    if verb is None or verb.sure == NEVER or (verb.sure == CERTAIN and not verb.preverb):
        return verb
    if kind & SURE and key != verb.infinitive:
        return verb._replace(sure=NEVER) if verb.sure == CERTAIN else None
    if verb.sure == UNSURE and not key.endswith(_VERBAL) and (kind & HEAD or _is_noun(key)):
        return None
    return verb


def _is_noun(key: str) -> bool:
    """Tell whether what looks like a verb is a noun with an ending: شکستی, of شکست, but not رفتی."""
    stripped = strip(key)
    if stripped is None:
        return False
    kind = kind_of(stripped.base)
    if stripped.endings == ("م",) and not kind & SURE:
        return False  # the stem of a verb, of which no list makes a noun: نویسم
    if stripped.endings[0] == "ها" and kind & SURE:
        return True
    verb = _as_verb(stripped.base, kind)
    return verb is None or verb.sure == NEVER


def _before_endings(pieces: Sequence[str]) -> str:
    """Return what stands before the endings that are written after half-spaces."""
    end = len(pieces)
    while end > 1 and pieces[end - 1] in apart():
        end -= 1
    return "".join(pieces[:end])


def _standard(pieces: Sequence[str], steps: Steps) -> str:
    """Return the key of a compound of words in their standard spellings: that of each of these."""
    key = "".join(standards().get(piece, piece) for piece in pieces)
    if steps is not None and key != "".join(pieces):
        steps.append(("spelling", key))
    return key


def _parts(pieces: Sequence[str]) -> tuple[str, ...]:
    """Return the words that half-spaces cut a compound into, as keys; none where it is one word, none of one letter."""
    words = [piece for piece in pieces if piece not in apart()]
    if len(words) < 2:
        return ()
    return tuple(dict.fromkeys(standards().get(word, word) for word in words if len(word) > 1))


def _beside(key: str, lemma: str) -> tuple[str, ...]:
    """Return what else a word with endings may hold: the noun of its adjective; حسودی, of حسودیم as "my jealousy"."""
    if key == lemma + _WE_ARE:
        return (key[:-1],) if kind_of(key[:-1]) else ()
    return _noun_of(lemma) if lemma[-1] == "ی" else ()


def _noun_of(adjective: str) -> tuple[str, ...]:
    """Return the noun that a relational adjective is made of, if the lexicon knows both.

    The two are not one word, so the noun is a part and weighs less. مالی, financial, is not from مال, property: short
    nouns are left alone.
    """
    noun, yeh = adjective[:-1], adjective[-1:]
    long = yeh == "ی" and len(noun) >= _SHORTEST_NOUN and noun[-1] != "ا"
    return (noun,) if long and kind_of(adjective) & ADJECTIVE and kind_of(noun) & SURE else ()
