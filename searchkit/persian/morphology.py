r"""What is the dictionary form of a word, and of what is it made? Verbs first, then what stands before endings.

Endings come off only down to a word the lexicon knows, and never off one that it knows as a dictionary form. Those
written after a half-space need no lexicon.

>>> read("کتابهایم").lemma == "کتاب", read("ایران").lemma == "ایران", read("میروند").lemma == "رفتن"
(True, True, True)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from searchkit.persian.chars import ZWNJ
from searchkit.persian.lexicon import ADJECTIVE, BASE, HEAD, SURE, kind_of
from searchkit.persian.verbs import ORDERS, Verb, infinitives, read_verb, table

_PRONOUNS = ("م", "ت", "ش", "مان", "تان", "شان", "مون", "تون", "شون")
_BE = ("ام", "ای", "ایم", "اید", "اند", "است")
_IMPERFECT = ("می", "نمی")
_MANY = ("ها", "های", "هایی", *("های" + pronoun for pronoun in _PRONOUNS), *("ها" + it for it in _PRONOUNS))
_VERBAL = ("یم", "ید", "ند", "د")
"""Endings of verbs that nouns take more seldom."""
_OBJECTS = ("مو", "تو", "شو", "مونو", "تونو", "شونو")
_SPOKEN = (
    "ا",
    "ایی",
    "ام",
    "ات",
    "اش",
    "امون",
    "اتون",
    "اشون",
    "ه",
    "و",
    *_OBJECTS,
    *("ا" + it for it in _OBJECTS),
    *(it + end for it in _PRONOUNS for end in ("ه", "م")),
)
"""Spoken endings: ها without its ه, است as ه, را as و. They come off words that no list holds."""
SPOKEN = 8
_LONG = 2
"""Letters of the shortest word that a joined ending comes off down to, where it has two letters or more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a word.

    Attributes:
        key: Its standard spelling, without half-spaces.
        lemma: Its dictionary form as a key: the infinitive of a verb, the singular and positive of other words.
        parts: The words that half-spaces cut it into, where it is a compound; the noun of an adjective in ی.
        steps: What was found, in the order of finding.
    """

    key: str
    lemma: str
    parts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


def read(folded: str) -> Reading:
    """Return what is known of a folded word with single inner half-spaces."""
    pieces = folded.split(ZWNJ)
    written = "".join(pieces)
    key = written if pieces[0] in _IMPERFECT else _standard().get(written, written)
    steps = [f"spelling:{key}"] if key != written else []
    if verb := _verb(key):
        if verb.key != key:
            steps.append(f"spelling:{verb.key}")
        return Reading(verb.key, verb.infinitive, (), (*steps, "verb"))
    if len(pieces) > 1 and key == written:
        base = _base_of_pieces(pieces)
        lemma = _lemma(_standard().get(base, base))
        if lemma == base == key and not kind_of(key) & HEAD:
            lemma = _lemma(key)
    else:
        lemma = _lemma(key)
    if lemma != key:
        steps.append("endings")
    return Reading(key, lemma, _parts(pieces) if len(pieces) > 1 else _noun_of(lemma), tuple(steps))


def _verb(key: str) -> Verb | None:
    """Return the verb, unless the word is as well known as another or may be a noun with an ending."""
    verb = read_verb(key)
    if verb is None or key in infinitives() or key in ORDERS:
        return verb
    kind = kind_of(key)
    if verb.plain:  # a present without a prefix, or a past with a pronoun: slow, river, my work
        return None if kind & SURE or (not key.endswith(_VERBAL) and (kind & HEAD or _strip(key) != key)) else verb
    if key.removesuffix("ه").removesuffix("ن").removeprefix("ن") == verb.infinitive[:-1].removeprefix("ن"):
        return None if kind & SURE and verb.preverb else verb
    return None if kind & SURE else verb


def _base_of_pieces(pieces: list[str]) -> str:
    """Return what stands before the endings after half-spaces."""
    end = len(pieces)
    while end > 1 and pieces[end - 1] in _apart():
        end -= 1
    return "".join(pieces[:end])


def _parts(pieces: list[str]) -> tuple[str, ...]:
    parts = [piece for piece in pieces if piece not in _apart()]
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1)) if len(parts) > 1 else ()


def _noun_of(lemma: str) -> tuple[str, ...]:
    """Return the noun that an adjective in ی is made of: ایران of ایرانی."""
    noun = lemma[:-1]
    if lemma[-1:] == "ی" and len(noun) > _LONG + 1 and kind_of(lemma) & ADJECTIVE and kind_of(noun) & SURE:
        return (noun,)
    return ()


def _lemma(key: str) -> str:
    """Return the dictionary form of a noun or an adjective."""
    if singular := _singulars().get(key):
        return singular
    kind = kind_of(key)
    known = kind & SURE or (kind & HEAD and not (key[-1] == "ی" and key[:-1] in _singulars()))
    base = key if known else _strip(key)
    if base == key:
        return key
    if base in _standard():
        return _lemma(_standard()[base])
    if singular := _singulars().get(base):
        return singular
    verb = _verb(base) if base[-1] == "ه" else None
    return verb.infinitive if verb else base


def _strip(key: str) -> str:
    """Return the word before the endings, the shortest endings that leave a dictionary form first."""
    weak = late = ""
    unknown = not kind_of(key) & HEAD
    for at in range(len(key) - 1, max(len(key) - 9, 0), -1):
        for put_back, kinds in _joined().get(key[at:], ()):
            base = key[:at] + put_back
            if not _fits(base, key[at:]):
                continue
            kind = kind_of(base)
            if kinds == SPOKEN:
                if kind & SURE and len(base) > _LONG and unknown:
                    late = late or base
                continue
            if kind & HEAD or base in _singulars() or base in _standard():
                if key[at:] not in _after_heh():
                    return base
                late = late or base
            if kinds & BASE and kind & BASE and not weak and len(base) > _LONG:
                weak = base
    return late or weak or key


def _fits(base: str, ending: str) -> bool:
    if len(base) < _LONG or (len(ending) == 1 and len(base) <= _LONG and not kind_of(base) & SURE):
        return False
    last = base[-1]
    if ending.startswith("ون"):
        return last == "ی"
    if ending in _glides():
        return last in "او"
    if ending in _after_heh():
        return last == "ه"
    return not (last == "ه" and base[-2] not in "او" and ending in {*_PRONOUNS, "ی"})


@cache
def _glides() -> frozenset[str]:
    return frozenset({"یم", "یت", "یش", "یمان", "یتان", "یشان", "یی", "یان", "یانی"})


@cache
def _after_heh() -> frozenset[str]:
    return frozenset({"ام", "اش", "ای", "ایم", "اید", "اند"})


@cache
def _joined() -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the endings written without a half-space: what to put back before them, and the words they may follow."""
    found: dict[str, list[tuple[str, int]]] = {}

    def add(ending: str, put_back: str, kinds: int) -> None:
        found.setdefault(ending, []).append((put_back, kinds))

    for ending in (*_PRONOUNS, "ی", "یم", "یت", "یش", "یی", "ای", "ام", "اش", "اند", "اید", "ایم", "ست"):
        add(ending, "", HEAD)
    for ending in ("یمان", "یتان", "یشان", *_MANY, "هاست"):
        add(ending, "", BASE)
    for ending in _SPOKEN:
        add(ending, "", SPOKEN)
    tails = ("", "ی", *_PRONOUNS)
    for tail in tails:
        for plural, put_backs in _PLURALS:
            for put_back in put_backs:
                add(plural + tail, put_back, HEAD)
    for degree in ("تر", "ترین"):
        for tail in ("", "ی", "ها", "های", "هایی", "ان", "م", "ش"):
            add(degree + tail, "", HEAD)
    return {ending: tuple(dict.fromkeys(ways)) for ending, ways in found.items()}


_PLURALS = (
    ("ان", ("",)),
    ("یان", ("",)),
    ("گان", ("ه",)),
    ("ات", ("ه", "", "ت")),
    ("ین", ("",)),
    ("ون", ("",)),
    ("جات", ("", "ه")),
)


@cache
def _apart() -> frozenset[str]:
    """Return the endings that are written after a half-space."""
    degrees = {degree + tail for degree in ("تر", "ترین") for tail in ("", "ی", "ها", "های", "هایی")}
    return frozenset(
        {*_MANY, *degrees, *_BE, "ی", "یی", "ات", "اش", "هاست", *_PRONOUNS[3:], *_PRONOUNS[:3], "جات", "گان"}
    )


@cache
def _singulars() -> dict[str, str]:
    return table("plurals.tsv")


@cache
def _standard() -> dict[str, str]:
    return table("variants.tsv") | table("informal.tsv")
