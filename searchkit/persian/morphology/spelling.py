"""Which spelling is the standard one? Variants of the written language, and the spoken one as it is written down.

`standards` knows words one by one (`data/variants.tsv`, `data/informal.tsv`). `respellings` follows rules that hold for
many words and are wrong for as many, so what it gives counts only where the lexicon has it and not the word as it is.

>>> standards()["طهران"] == "تهران", standards()["خونه"] == "خانه"
(True, True)
>>> next(respellings("بیمارستون")) == "بیمارستان"
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from searchkit.persian.text.fold import keys_of, pairs, rows

_SPOKEN_AN = re.compile("و(?=[نم])")


@cache
def standards() -> dict[str, str]:
    """Return the standard spellings of words that are also spelled otherwise, as keys."""
    return pairs("variants.tsv") | pairs("informal.tsv")


@cache
def links() -> dict[str, tuple[str, ...]]:
    """Return by words, as keys, what else each may be; it is no form of that: درسته is whole, and درست است."""
    found: dict[str, tuple[str, ...]] = {}
    words, others, _ = zip(*rows("links.tsv"), strict=True)
    for word, other in zip(keys_of(words), keys_of(others), strict=True):
        found[word] = (*found.get(word, ()), other)
    return found


def respellings(key: str) -> Iterator[str]:
    """Yield what an unknown word may stand for."""
    # spoken Persian of Tehran: ان and ام are said, and written, ون and وم
    for match in _SPOKEN_AN.finditer(key, 1):
        yield key[: match.start()] + "ا" + key[match.end() :]
    # the tanwin of adverbs is heard, and written, as noon: اصلا, اصلن
    if key[-1] == "ن":
        yield key[:-1] + "ا"
    # names with الله are written with one lam as well: عبداله
    if key.endswith("اله"):
        yield key[:-2] + "لله"
    # teh marbuta is folded to heh; Persian writes most of these words with teh: رحمة, رحمت
    if key[-1] == "ه":
        yield key[:-1] + "ت"
