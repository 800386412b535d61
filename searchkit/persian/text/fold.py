r"""Which written characters are the same to a reader? Text in, folded text out.

The tables of the language, `data/*.tsv`, are read here too, folded: a line of column names, then one fact a line.

Folded text holds the letters of the Persian alphabet without hamza and madda, single half-spaces inside words, ASCII
digits and lower-case Latin letters without accents. Marks that cannot be heard or seen are gone. The alef that Arabic
writes above a letter stays: many write it out.

>>> fold("كتاب\u200cهاي") == "کتاب\u200cهای"
True
>>> fold("مُؤَثّر"), fold("ســلام"), fold("۱۲٬۰۰۰"), fold("Café")
('موثر', 'سلام', '12000', 'cafe')

What that loses of a word is told apart from it, for those who look for what was typed:

>>> signs_of("آستان"), signs_of("استان"), signs_of("مؤمن") == "1ؤ"
('0آ', '', True)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from searchkit.persian.text.chars import ACCENTS, DAGGER_ALEF, LETTERS, WAW, ZWNJ
from searchkit.persian.text.numbers import NUMBER, fold_number

DATA = Path(__file__).parents[1] / "data"

_LONGEST = 3
_ACCENT = re.compile(f"[{ACCENTS}]")
_STRAY = re.compile(f"(?<![{LETTERS}{DAGGER_ALEF}]){ZWNJ}|{ZWNJ}(?![{LETTERS}])")
_FRACTION_SLASH = "\u2044"
_REPEATED = re.compile(rf"([{LETTERS}])\1\1+|{WAW}(?={WAW})")
_NUMBER = re.compile(NUMBER)

_ALEF = "\u0627"
MADDA = "\u0622"
"""The sign of an alef that is long: the letter with it."""
_SEATED = f"{MADDA}\u0623\u0624\u0625\u0626\u06c0"  # alef, waw, yeh and heh with madda or hamza
_VOWELS = "\u064b-\u0652\u0670"
_COMBINED = {"\u06cc": "\u0626", "\u0649": "\u0626", "\u0647": "\u06c0", "\u06c1": "\u06c0", "\u06be": "\u06c0"}
"""What a letter is with a hamza above, where Unicode does not compose the two."""
_COMPOSED = {"\u06c2": "\u06c0"}
_HAMZA, _HAMZA_ABOVE = "\u0621", "\u0654"
_SIGN = re.compile(f"[{_HAMZA}{_SEATED}\u06c2{_VOWELS}\u0653-\u0655\ufb50-\ufdff\ufe70-\ufefc]")
_KEPT = frozenset([_HAMZA, *map(chr, range(0x64B, 0x653)), DAGGER_ALEF])
_LISTED = re.compile(r"(\d+)(\D)")
_MOST_SIGNED = 64
"""Code points of the longest word whose signs are looked at: a longer one is data, hardly a word."""


def fold(text: str) -> str:
    """Return the text as it is compared. Folding twice changes nothing more.

    No character becomes more than three, but for ligatures of whole words and phrases (U+FDF0 to U+FDFD).
    """
    if text.isascii() and text.isalnum():
        return text.lower()
    if text.isdecimal():
        return text.translate(_TABLE)
    return _NUMBER.sub(fold_number, fold_word(text))


def fold_words(written: Iterable[str]) -> list[str]:
    """Return words folded, all at once, which takes less time. None of them holds a NUL or separators of numbers."""
    return fold_word("\0".join(written)).split("\0")


def fold_word(written: str) -> str:
    """Return what holds no separators of numbers folded."""
    folded = written.translate(_TABLE)
    if DAGGER_ALEF in folded:
        folded = folded.replace(f"لل{DAGGER_ALEF}ه", "لله")  # nobody writes that of God out
    if ZWNJ in folded:
        while ZWNJ + ZWNJ in folded:
            folded = folded.replace(ZWNJ + ZWNJ, ZWNJ)
        folded = _STRAY.sub("", folded)
    # سلاااام: no word has a letter three times in a row. طاووس and طاوس are one word (Academy orthography).
    return _REPEATED.sub(r"\1", folded) if _REPEATED.search(folded) else folded


class _IsLetter(dict[str, bool]):
    """Which characters are letters in folded text, worked out when one is first met."""

    def __missing__(self, char: str) -> bool:
        self[char] = is_letter = bool(_TABLE[ord(char)].strip(f"{ZWNJ} "))
        return is_letter


_IS_LETTER = _IsLetter()


def signs_of(written: str) -> str:
    """Return what folding takes off a word: madda, hamza, vowel signs, each after the number of its letter, from 0.

    A hamza on its seat is the letter with it. Other letters that are folded, and half-spaces, are the same to everyone.
    """
    if _SIGN.search(written) is None or len(written) > _MOST_SIGNED:
        return ""
    signs = ""
    letters, before = 0, ""
    for char in unicodedata.normalize("NFKC", written):
        if char in _KEPT:
            signs += f"{max(letters - 1, 0)}{char}"
        elif char == _HAMZA_ABOVE:
            signs += f"{letters - 1}{_COMBINED[before]}" if before in _COMBINED else ""
        elif _IS_LETTER[char]:
            seated = _COMPOSED.get(char, char)
            signs += f"{letters}{seated}" if seated in _SEATED else ""
            letters += 1
            before = char
    return signs


def signs_together(left: str, left_signs: str, right_signs: str) -> str:
    """Return the signs of two words that are read as one, given the left one, folded."""
    return left_signs + shifted(right_signs, len(left.replace(ZWNJ, ""))) if right_signs else left_signs


def shifted(signs: str, letters: int) -> str:
    """Return the signs of a word that so many letters come before."""
    return "".join(f"{at + letters}{sign}" for at, sign in listed(signs))


def listed(signs: str) -> list[tuple[int, str]]:
    """Return the signs of a word, each with the number of its letter.

    >>> listed("0آ12ء")
    [(0, 'آ'), (12, 'ء')]
    """
    return [(int(at), sign) for at, sign in _LISTED.findall(signs)]


def alefs(word: str) -> list[int]:
    """Return the numbers of the letters of a folded word that could have a madda."""
    return [at for at, letter in enumerate(word) if letter == _ALEF]


def with_madda(at: int) -> str:
    """Return the signs of a word with a madda on one of its letters and no other sign."""
    return f"{at}{MADDA}"


class _FoldTable(dict[int, str]):
    """A table for `str.translate`: the rows of `data/folding.tsv`, and what follows for every other character.

    That is worked out when one is first met, from the Unicode Character Database: compatibility characters
    (presentation forms, ligatures, full width) by their decomposition, letters without accents and in lower case,
    digits of any script as ASCII, white space as a space.
    """

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded

    def _fold(self, character: str) -> str:
        if character.isspace():
            return " "
        if character.isdecimal():
            return str(unicodedata.decimal(character))
        parts = _ACCENT.sub("", unicodedata.normalize("NFKD", character).casefold())
        if parts == character or _FRACTION_SLASH in parts:
            return character  # a half is not 12
        # Vowel signs standing alone decompose to a space and the sign.
        folded = unicodedata.normalize("NFC", parts.translate(self)).strip()
        return folded if len(folded) <= _LONGEST else character


def rows(name: str, folder: Path = DATA) -> list[list[str]]:
    """Return the rows of a table, without its column names."""
    lines = (folder / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def key_of(written: str) -> str:
    """Return a written word folded, without half-spaces."""
    return fold(written).replace(ZWNJ, "")


def pairs(name: str) -> dict[str, str]:
    """Return a table of two columns and a source: the keys of the first column with those of the second."""
    left, right, _ = zip(*rows(name), strict=True)
    return dict(zip(keys_of(left), keys_of(right), strict=True))


def keys_of(written: Iterable[str]) -> list[str]:
    """Return what `key_of` returns for each of some words without digits; folding them at once takes less time."""
    return [folded.replace(ZWNJ, "") for folded in fold_words(written)]


_TABLE = _FoldTable(
    {int(code, 16): "".join(chr(int(part, 16)) for part in to.split()) for code, _, to, _ in rows("folding.tsv")}
)
