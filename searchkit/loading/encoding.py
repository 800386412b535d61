"""Which text do these bytes spell? Found out in the order of what is least often wrong.

1. A byte-order mark.
2. Every second byte is 06 or 00, the high byte of Arabic and Latin letters: UTF-16 without a mark. No other text
   holds these control bytes.
3. Strict UTF-8, before any declaration: a wrong declaration is commoner than UTF-8 by chance.
4. What the document declares, unless that is Latin-1, which any bytes are and old Persian pages often claim.
5. UTF-8 with a few bytes damaged.
6. windows-1256, ISO 8859-6 or MacFarsi, whichever gives the most of the letters that Persian uses most.
7. What charset-normalizer finds.

UTF-8 may spell a text that had been read in a wrong encoding before; that is undone.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from searchkit.errors import LoadError
from searchkit.loading.mojibake import repair

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAYS_NOTHING = frozenset({"iso8859-1", "cp1252", "ascii", "utf-8"})
_ARABIC_SCRIPT = ("cp1256", "iso8859-6", "mac-farsi")
_SAMPLE = 65_536

# Letters of Persian from frequent to rare; a letter weighs by its place. Old encodings have the Arabic forms of two.
_BY_FREQUENCY = "ایرندمهوتبسشلکزفگقخعجپحصچطضآذظغژثئ"
_WEIGHTS = {letter: 1 - place / len(_BY_FREQUENCY) for place, letter in enumerate(_BY_FREQUENCY)}
_WEIGHTS |= {"\u064a": _WEIGHTS["ی"], "\u0643": _WEIGHTS["ک"]}
_PREFERENCE = 0.05  # windows-1256 is by far the commonest, so another has to fit clearly better
_PUNCTUATION = frozenset("،؛؟«»\u200c\u200d\u064b\u064e\u064f\u0650\u0651\u00a0ـ…–")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was found.

    Attributes:
        text: Characters.
        encoding: What it was in.
        replaced: How many of its characters could not be read; each is U+FFFD.
        repaired: The encoding that it had been read in by mistake before it was written, or nothing.
        garbled: How many pieces of it are still as they were read by mistake.
    """

    text: str
    encoding: str
    replaced: int = 0
    repaired: str = ""
    garbled: int = 0


def unix_lines(text: str) -> str:
    r"""Return the text with every line ending as `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(data: bytes, name: str, encoding: str | None = None, declared: str | None = None) -> Decoded:
    """Turn bytes into text.

    Args:
        data: The bytes.
        name: Of the source, for the message.
        encoding: What the user says it is; nothing else is tried.
        declared: What the document says of itself.

    Raises:
        LoadError: It is no text, or in an encoding that was not recognised.
    """
    if encoding is not None:
        return _forgiving(data, encoding)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _forgiving(data[len(mark) :], marked)
    wide = utf16_pattern(data)
    if wide:
        return _forgiving(data, wide)
    if b"\0" in data:
        raise LoadError(name, "binary, not text")
    try:
        text, repaired, garbled = repair(data.decode())
        return Decoded(text, "utf-8", repaired=repaired, garbled=garbled)
    except UnicodeDecodeError as error:
        failure = error
    found = _declared(data, declared) or _damaged_utf8(data) or _arabic_script(data) or _by_library(data)
    if found is None:
        byte = data[failure.start]
        raise LoadError(name, f"not UTF-8 (byte {byte:#04x} at {failure.start}); name its encoding")
    return found


def utf16_pattern(data: bytes) -> str | None:
    """Return `utf-16-le` or `utf-16-be` if every second byte is 06 or 00 but for a few, else None."""
    sample = data[: _SAMPLE & ~1]
    for name, high, low in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if high and _controls(high) >= 0.7 * len(high) and _controls(low) <= 0.1 * len(low):
            return name
    return None


def _beyond_ascii(data: bytes) -> bytes:
    return data.translate(None, bytes(range(0x80)))


def _controls(data: bytes) -> int:
    return data.count(0x06) + data.count(0x00)


def _forgiving(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def _declared(data: bytes, declared: str | None) -> Decoded | None:
    try:
        encoding = codecs.lookup(declared or "ascii").name
        return None if encoding in _SAYS_NOTHING else Decoded(data.decode(encoding), encoding)
    except (LookupError, UnicodeError, ValueError):
        return None


def _damaged_utf8(data: bytes) -> Decoded | None:
    """Accept UTF-8 with one damaged character to ten whole ones beyond ASCII; other encodings have hardly any whole."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = len(text) - damaged - (len(data) - len(_beyond_ascii(data)))
    return Decoded(text, "utf-8", damaged) if whole >= 10 * damaged else None


def _arabic_script(data: bytes) -> Decoded | None:
    """Judge by the characters beyond ASCII, which in Persian are mostly frequent letters."""
    beyond = _beyond_ascii(data[:_SAMPLE])
    fit = {encoding: _likeness(beyond.decode(encoding, "replace")) for encoding in _ARABIC_SCRIPT}
    best = max(fit, key=lambda encoding: fit[encoding] + _PREFERENCE * (encoding == "cp1256"))
    return _forgiving(data, best) if fit[best] >= 0.5 else None


def _likeness(text: str) -> float:
    good = sum(_WEIGHTS.get(char, 0) for char in text)
    bad = sum(char > "\x7f" and not "\u0600" <= char <= "\u06ff" and char not in _PUNCTUATION for char in text)
    return (good - bad) / len(text)


def _by_library(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- the last resort of few files

    best = from_bytes(data[:_SAMPLE]).best()
    return None if best is None else _forgiving(data, best.encoding)
