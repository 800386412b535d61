r"""Which written characters are the same to a reader? Text in, folded text out.

The tables of the language, `data/*.tsv`, are read here too, folded: a line of column names, then one fact a line.

Folded text holds the letters of the Persian alphabet without hamza and madda, single half-spaces inside words, ASCII
digits and lower-case Latin letters without accents. Marks that cannot be heard or seen are gone. The alef that Arabic
writes above a letter stays: many write it out.

>>> fold("كتاب\u200cهاي") == "کتاب\u200cهای"
True
>>> fold("مُؤَثّر"), fold("ســلام"), fold("۱۲٬۰۰۰"), fold("Café")
('موثر', 'سلام', '12000', 'cafe')
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
