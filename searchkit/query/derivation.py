"""Which words are made from a word by an ending, or is it made from? What belongs to it, its quality, its state.

They mean something else than the word does, so they weigh little; and a rule of letters meets other words by chance, so
only what the index holds is taken, and what an ending is put to has three letters or more. The endings are those of
Anvari and Ahmadi-Givi, Dastur-e Zaban-e Farsi 2, as they stand in folded keys.

What a noun or an adjective is with the ی of relation, of a quality or of "a certain" holds it, all the same: شرکت نفتی
is about نفت. First names in ی are other names, and `data/unrelated.tsv` has words that only look so.

>>> related("دانا") == ["دانای", "دانایت", "دانایی"], related("خستگی") == ["خستگیی", "خستگییت", "خستگ", "خسته"]
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from searchkit.persian.terms import LEMMA
from searchkit.persian.text.fold import keys_of, rows

_LEAST = 3
_MAN = "man"
"""Names that men have, and that are no words as well; from these surnames are made."""
_DATA = Path(__file__).with_name("data")

# what stands at the end of a word, and what stands there instead in the word that is made from it
_ENDINGS = [("", "ی"), ("", "یت"), ("ه", "گی"), ("ا", "ایی"), ("و", "ویی")]


def derived(key: str, lemma: str, held: Callable[[str], int]) -> list[str]:
    """Return the terms that are held of words that are made from a word, or that it is made from.

    Args:
        key: Of the word.
        lemma: Of the word.
        held: Says how many documents hold a term.
    """
    forms = dict.fromkeys((key, lemma))
    words = dict.fromkeys(other for word in forms for other in related(word) if not _only_looks(word, other, held))
    return [term for word in words if word not in (key, lemma) for term in (word, LEMMA + word) if held(term)]


def _only_looks(word: str, other: str, held: Callable[[str], int]) -> bool:
    """Tell whether two words only look as if one were made from the other: مهدی and مهد, مراد and مرادی, سنگی and سنه.

    What is held without the ی of گی is made from that and not from a word in ه.
    """
    base, made = sorted((word, other), key=len)
    if made in _unrelated() or base in _names(_MAN):
        return True
    return base[-1] == "ه" and made.endswith("گی") and held(made[:-1]) > 0


def with_yeh(key: str, lemma: str, held: Callable[[str], int]) -> list[str]:
    """Return the terms that are held of a word with the ی that makes it an attribute or an indefinite one."""
    words = [_yeh(word) for word in dict.fromkeys((key, lemma)) if len(word) >= _LEAST and _takes_yeh(word)]
    return [term for word in words if word not in _unrelated() for term in (word, LEMMA + word) if held(term)]


def _takes_yeh(word: str) -> bool:
    return word.isalpha() and not word.isascii() and word[-1] != "ی" and word not in _names()


def _yeh(word: str) -> str:
    return word + ("یی" if word[-1] in "او" else "ی")


@cache
def _names(*kinds: str) -> frozenset[str]:
    """Return first names: of some kinds, or all."""
    return frozenset(keys_of(name for name, kind, _ in rows("names.tsv") if not kinds or kind in kinds))


@cache
def _unrelated() -> frozenset[str]:
    return frozenset(keys_of(word for word, _ in rows("unrelated.tsv", _DATA)))


def related(word: str) -> list[str]:
    """Return how the words would be spelt that are made from a word, and then those that it is made from."""
    if not word.isalpha() or word.isascii():
        return []
    made, bases = [], []
    for plain, ending in _ENDINGS:
        if word.endswith(plain):
            made.append(word.removesuffix(plain) + ending)
        if word.endswith(ending):
            bases.append(word.removesuffix(ending) + plain)
    return [*(made if len(word) >= _LEAST else []), *[base for base in bases if len(base) >= _LEAST]]
