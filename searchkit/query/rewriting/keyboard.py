r"""What do the same keys give on the other layout of the keyboard? English letters for Persian words, and the reverse.

The layouts are those of ISIRI 9147 and of Windows before it, which differ in a few keys: `data/keys.tsv`.

>>> retyped("sghl") == ["سلام"], retyped("لخخلمث"), retyped("سلام google")
(True, ['google'], ['sghl google', 'سلام لخخلمث'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from searchkit.persian import analyze
from searchkit.persian.text.chars import LETTERS, MARKS
from searchkit.persian.text.fold import rows
from searchkit.query.rewriting.candidates import Candidate
from searchkit.query.rewriting.forms import WrittenForms

COST = 0.25
"""Keys that give words which are held, where what was typed gives none, are hardly chance."""

_DATA = Path(__file__).parents[1] / "data"
_KEYS = ("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
"""The rows of keys that have letters, each a little to the right of the one above."""
_PERSIAN = re.compile(f"[{LETTERS}{MARKS}]")
_LATIN = re.compile("[A-Za-z]")
_PUNCTUATED = re.compile(r"\w[^\w\s]+\w")
"""What no words give that are typed: signs between letters, as in mc,ia for پزوهش."""
_LEAST = 2
"""Letters of the shortest word by which keys are told from chance."""


@cache
def _layouts() -> dict[str, dict[str, str]]:
    """Return what each key gives, by layout; the names of keys are what they give on the English one."""
    found: dict[str, dict[str, str]] = {}
    for key, layout, character, _ in rows("keys.tsv", _DATA):
        found.setdefault(layout, {})[key] = chr(int(character, 16)) if len(character) > 1 else character
    return found


@cache
def _tables() -> tuple[list[dict[int, str]], list[dict[int, str]]]:
    """Return what becomes of characters: tables for `str.translate` to Persian, and to Latin, one a layout each."""
    to_persian = [str.maketrans(keys) for keys in _layouts().values()]
    # of several keys the first, which needs no shift, gives a character
    first = [{character: key for key, character in reversed(keys.items())} for keys in _layouts().values()]
    return to_persian, [str.maketrans(keys) for keys in first]


def retyped(text: str) -> list[str]:
    """Return what the keys that gave a text give on other layouts, each text once, the likeliest layout first.

    What stands between white space is retyped unless it is of the other script already. Capitals are also taken for the
    keys without shift, as where caps lock was on.
    """
    to_persian, to_latin = _tables()
    found: list[str] = []
    if _PERSIAN.search(text):
        found += [_retyped(text, table, _LATIN) for table in to_latin]
    if _LATIN.search(text):
        typed = (text.lower(), text) if text.isupper() else (text, text.lower())
        found += [_retyped(each, table, _PERSIAN) for each in typed for table in to_persian]
    return [each for each in dict.fromkeys(found) if each != text]


def _retyped(text: str, table: dict[int, str], of_other: re.Pattern[str]) -> str:
    """Return a text with a table applied to those of its words that are not of the other script."""
    return "".join(piece if of_other.search(piece) else piece.translate(table) for piece in re.split(r"(\s+)", text))


def meant_keys(text: str, forms: WrittenForms) -> list[Candidate]:
    """Return what was meant by keys of another layout: texts of which every word is held, as not every typed one is.

    They are the text retyped, and the text with only those of its words retyped that are not held as they are.

    >>> forms = WrittenForms.of([("سلام", 2), ("دنیا", 1), ("google", 1)])
    >>> [candidate.text for candidate in meant_keys("sghl nkdh", forms)] == ["سلام دنیا"]
    True
    >>> [candidate.text for candidate in meant_keys("google nkdh", forms)] == ["google دنیا"]
    True
    >>> meant_keys("google", forms), meant_keys("sghl nkdhd", forms)
    ([], [])
    """
    found: dict[tuple[str, ...], Candidate] = {}
    for other in retyped(text):
        kept, telling = [], False
        for typed, instead in zip(text.split(), other.split(), strict=True):
            is_held = _is_held(typed, instead, forms)
            kept.append(typed if is_held else instead)
            telling |= not is_held and typed != instead and any(len(word) >= _LEAST for word in _words(instead))
        for each in (other, " ".join(kept)) if telling and not _PUNCTUATED.search(other) else ():
            words = tuple(_words(each))
            if all(map(forms.frequency, words)):
                found.setdefault(words, Candidate(each, COST, "keyboard"))
    return list(found.values())


def _is_held(typed: str, instead: str, forms: WrittenForms) -> bool:
    """Tell whether what was typed without a blank is held; not where letters that are meant cut it: l,rj is موقت."""
    words = _words(typed)
    return bool(words) and len(words) <= len(_words(instead)) and all(map(forms.frequency, words))


def _words(text: str) -> list[str]:
    return [token.key for token in analyze(text)]


def neighbours() -> Iterator[tuple[str, str]]:
    """Yield the pairs of letters whose keys touch, on the standard layout and on the English one, both ways."""
    for layout in ({}, _layouts()["standard"]):
        for left, right in _touching():
            pair = layout.get(left, left), layout.get(right, right)
            if "".join(pair).isalpha() and pair[0].isascii() == pair[1].isascii():
                yield from (pair, pair[::-1])


def _touching() -> Iterator[tuple[str, str]]:
    """Yield the pairs of keys that touch: beside one another, and below to the left and to the right."""
    for row, below in zip(_KEYS, (*_KEYS[1:], ""), strict=True):
        for at, key in enumerate(row):
            for other in row[at + 1 : at + 2] + below[max(at - 1, 0) : at + 1]:
                yield key, other
