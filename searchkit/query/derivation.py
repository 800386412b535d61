"""Which words are made from a word by an ending, or is it made from? What belongs to it, its quality, its state.

They mean something else than the word does, so they weigh little; and a rule of letters meets other words by chance, so
only what the index holds is taken, and what an ending is put to has three letters or more. The endings are those of
Anvari and Ahmadi-Givi, Dastur-e Zaban-e Farsi 2, as they stand in folded keys.

>>> related("دانا") == ["دانای", "دانایت", "دانایی"], related("خستگی") == ["خستگیی", "خستگییت", "خستگ", "خسته"]
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable

from searchkit.persian.terms import LEMMA

_LEAST = 3

# what stands at the end of a word, and what stands there instead in the word that is made from it
_ENDINGS = [("", "ی"), ("", "یت"), ("ه", "گی"), ("ا", "ایی"), ("و", "ویی")]


def derived(key: str, lemma: str, held: Callable[[str], int]) -> list[str]:
    """Return the terms that are held of words that are made from a word, or that it is made from.

    Args:
        key: Of the word.
        lemma: Of the word.
        held: Says how many documents hold a term.
    """
    words = dict.fromkeys(related(key) if key == lemma else [*related(key), *related(lemma)])
    return [term for word in words if word not in (key, lemma) for term in (word, LEMMA + word) if held(term)]


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
