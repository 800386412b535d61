"""Was a text read in a wrong encoding before it was written? Undone where that is certain.

Bytes of UTF-8 read as Latin-1, windows-1252 or windows-1256 leave a lead and a trail character for each letter, which
no language writes in a row. Bytes of windows-1256 read as Latin-1 leave words without one letter of ASCII.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SAMPLE = 200_000
_MOST_NOTED = 3  # letters in a row that make it certain
_WORDS = 3  # without a letter of ASCII that make it certain
_FREQUENT = "اردنمهوتبسل\u064a\u06cc"
_SIGNS = {"cp1252": ("Ø", "Ù", "Û"), "cp1256": ("ط§", "ط±", "ظ†", "ظ…", "ظˆ", "غŒ")}  # letters that no text is without
_ARABIC = re.compile(r"[\u0600-\u06ff\u200c\u200d]")


class Repaired(NamedTuple):
    """A text, the encoding that it had been read in by mistake, and how many pieces could not be repaired."""

    text: str
    encoding: str = ""
    garbled: int = 0


def _characters(encoding: str) -> dict[str, int]:
    """Return what each byte beyond ASCII was read as; where an encoding has nothing, programs keep the byte."""
    read = {byte: bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in range(0x80, 0x100)}
    return {chr(byte): byte for byte in read} | {char: byte for byte, char in read.items()}


_READ = {"cp1252": _characters("cp1252"), "cp1256": _characters("cp1256")}


def _class(read: dict[str, int], first: int, last: int) -> str:
    return "[" + "".join(re.escape(char) for char, byte in read.items() if first <= byte <= last) + "]"


def _letters(read: dict[str, int]) -> tuple[str, str]:
    """Return patterns for a letter of Arabic script in UTF-8, and for whatever else stands between such letters."""
    trail = _class(read, 0x80, 0xBF)
    letter = _class(read, 0xD8, 0xDB) + trail
    two, three = _class(read, 0xC2, 0xC2), _class(read, 0xE2, 0xE2) + "|" + _class(read, 0xEF, 0xEF)
    return letter, f"{two}{trail}|(?:{three}){trail}{trail}"


class _Misreading(NamedTuple):
    """How UTF-8 looks that was read in an encoding."""

    bytes_of: dict[str, int]
    certain: re.Pattern[str]
    run: re.Pattern[str]
    whole: re.Pattern[str]


def _misreading(encoding: str) -> _Misreading:
    read = _READ[encoding]
    letter, other = _letters(read)
    return _Misreading(
        read,
        certain=re.compile(f"(?:{letter}){{{_MOST_NOTED}}}"),
        run=re.compile(_class(read, 0x80, 0xFF) + "++"),
        whole=re.compile(f"(?:{letter}|{other})++"),
    )


_MISREADINGS = {encoding: _misreading(encoding) for encoding in _READ}
_FOREIGN_WORD = re.compile(r"[^\W\d_]++")
_FOREIGN_LETTER = re.compile("[" + "".join(filter(_FOREIGN_WORD.match, map(chr, range(0x80, 0x100)))) + "]")


def repair(text: str) -> Repaired:
    """Return a text as it was before it was read in a wrong encoding, or as it is.

    >>> repair("Ø§ÛŒØ±Ø§Ù†, 2024")
    Repaired(text='ایران, 2024', encoding='cp1252', garbled=0)
    >>> repair("Café Ørsted").encoding
    ''
    """
    for encoding, reading in _MISREADINGS.items():
        if any(sign in text for sign in _SIGNS[encoding]) and reading.certain.search(text):
            return _repaired(text, encoding, reading)
    if _is_1256_as_latin(text[:_SAMPLE]):
        read = _READ["cp1252"]
        back = _MISREADINGS["cp1252"].run.sub(lambda run: bytes(map(read.__getitem__, run[0])).decode("cp1256"), text)
        return Repaired(back, "iso8859-1")
    return Repaired(text)


def _repaired(text: str, encoding: str, reading: _Misreading) -> Repaired:
    garbled = 0

    def back(run: re.Match[str]) -> str:
        nonlocal garbled
        written = run[0]
        if reading.whole.fullmatch(written):
            try:
                return bytes(map(reading.bytes_of.__getitem__, written)).decode()
            except UnicodeDecodeError:
                pass
        garbled += reading.certain.search(written) is not None
        return written

    return Repaired(reading.run.sub(back, text), encoding, garbled)


def _is_1256_as_latin(text: str) -> bool:
    """Tell whether the words beyond ASCII hold nothing of it, and read as windows-1256 are Persian or Arabic."""
    if len(_FOREIGN_LETTER.findall(text)) < _WORDS * _MOST_NOTED:
        return False
    words = [word for word in _FOREIGN_WORD.findall(text) if any("\x80" <= char <= "\xff" for char in word)]
    whole = [word for word in words if all("\x80" <= char <= "\xff" for char in word)]
    if sum(len(word) >= _MOST_NOTED for word in whole) < _WORDS or 5 * sum(map(len, whole)) < 4 * sum(map(len, words)):
        return False
    read = "".join(whole).encode("latin-1").decode("cp1256")
    if len(_ARABIC.findall(read)) < 0.97 * len(read):
        return False
    return sum(map(read.count, _FREQUENT)) > 0.5 * len(read)
