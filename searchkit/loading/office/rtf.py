r"""Which document is in a Rich Text file (.rtf, version 1.9.1)? Its letters are told by code page, font or `\u`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from searchkit.documents import Document, Json
from searchkit.errors import LoadError
from searchkit.loading.files import whole
from searchkit.loading.metadata import document_of, metadata
from searchkit.loading.office.prose import Prose
from searchkit.loading.options import LoadOptions

_MOST_TOKENS = 5_000_000
_DEEPEST = 1_000
_TOKEN = re.compile(
    rb"""(?P<units>(?:\\u-?\d{1,5}[ ]?(?:\?|\\'3f))++)
    |\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?
    |\\'(?P<byte>[0-9A-Fa-f]{2})
    |\\(?P<sign>[^A-Za-z])
    |(?P<brace>[{}])
    |(?P<text>[^\\{}\r\n]++)""",
    re.VERBOSE | re.DOTALL,
)
_UNIT = re.compile(rb"\\u(-?\d{1,5})")
_SIGNS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}
_WORDS = {
    "line": "\n", "page": "\n", "sect": "\n", "column": "\n", "tab": " ", "zwnj": "\u200c", "zwj": "\u200d",
    "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022",
    "endash": "\u2013", "emdash": "\u2014", "emspace": " ", "enspace": " ", "qmspace": " ", "zwbo": "", "ltrmark": "",
    "rtlmark": "",
}  # fmt: skip
_UNSEEN = frozenset({
    "fonttbl", "colortbl", "stylesheet", "filetbl", "listtable", "listoverridetable", "revtbl", "rsidtbl", "generator",
    "pict", "objdata", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
    "annotation", "atnid", "atnauthor", "fldinst", "bkmkstart", "bkmkend", "nonshppict", "themedata", "datastore",
    "xmlnstbl", "sn", "sv", "info", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "listtext",
    "pntext", "xe", "tc", "template", "private", "ud",
})  # fmt: skip
_SAID = {"title": "title", "author": "author", "keywords": "tags", "doccomm": "description", "creatim": "date"}
_SEEN_THOUGH_STARRED = frozenset({"shpinst", "shptxt", "footnote"})
_CHARSETS = {178: "cp1256", 177: "cp1255", 204: "cp1251", 161: "cp1253", 162: "cp1254", 238: "cp1250", 186: "cp1257"}


@dataclass(frozen=True, slots=True)
class _State:
    r"""What a group inherits: whether its text is shown, what it is of, in which encoding, and what stands for `\u`."""

    unseen: bool = False
    hidden: bool = False
    of: str = ""  # of what the file says of itself, or the table of fonts
    encoding: str = ""
    replaced: int = 1  # characters after each `\u`, for programs that do not know it
    ends: str = ""  # what ends with the group


@dataclass(slots=True)
class _Rtf:
    """A file that is being read."""

    prose: Prose = field(default_factory=Prose)
    said: dict[str, list[str]] = field(default_factory=dict)
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0  # that is being described
    encoding: str = "cp1252"
    state: _State = field(default_factory=_State)
    groups: list[_State] = field(default_factory=list)
    starred: bool = False
    told_again: bool = False  # what the file says of itself, for programs that know Unicode
    skip: int = 0  # characters that stand for the last `\u`
    bytes_: bytearray = field(default_factory=bytearray)
    units: list[int] = field(default_factory=list)


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a Rich Text file.

    Raises:
        LoadError: It is too large, nested too deep, or shows no text.
    """
    yield _document(whole(stream, name, options), name)


def _document(data: bytes, name: str) -> Document:
    if not data.lstrip().startswith(b"{\\rtf"):
        raise LoadError(name, "no Rich Text file")
    rtf = _Rtf()
    position = tokens = 0
    while (token := _TOKEN.search(data, position)) is not None:
        position = token.end()
        tokens += 1
        if tokens > _MOST_TOKENS:
            raise LoadError(name, f"more than {_MOST_TOKENS:,} words and signs of its language")
        if token["word"] == b"bin":
            position += max(int(token["number"] or b"0"), 0)
        else:
            _take(rtf, token, name)
    _write(rtf)
    said: dict[str, Json] = {key: "".join(parts).strip("- ") for key, parts in rtf.said.items()}
    return document_of(name, rtf.prose.text(), metadata(said))


def _take(rtf: _Rtf, token: re.Match[bytes], name: str) -> None:
    match token.lastgroup:
        case "brace":
            _group(rtf, token["brace"], name)
        case "units":
            _units(rtf, [int(unit) for unit in _UNIT.findall(token["units"])])
            rtf.skip = max(rtf.state.replaced - 1, 0)
            if rtf.state.replaced == 0:
                _bytes(rtf, b"?")
        case "byte":
            _bytes(rtf, bytes.fromhex(token["byte"].decode()))
        case "text":
            _bytes(rtf, token["text"])
        case "sign":
            rtf.starred = token["sign"] == b"*"
            if token["sign"] in _SIGNS:
                _show(rtf, _SIGNS[token["sign"]])
        case _:
            _word(rtf, token["word"].decode(), int(token["number"]) if token["number"] else None)


def _group(rtf: _Rtf, brace: bytes, name: str) -> None:
    _write(rtf)
    rtf.skip, rtf.starred = 0, False
    if brace == b"{":
        if len(rtf.groups) >= _DEEPEST:
            raise LoadError(name, f"more than {_DEEPEST:,} groups inside one another")
        rtf.groups.append(rtf.state)
        rtf.state = replace(rtf.state, ends="")
    elif rtf.groups:
        if rtf.state.ends:
            rtf.prose.end_aside(note=rtf.state.ends == "footnote")
        rtf.state = rtf.groups.pop()


def _word(rtf: _Rtf, word: str, number: int | None) -> None:
    """Do what a control word says."""
    starred, rtf.starred = rtf.starred, False
    if word == "u":
        _units(rtf, [number or 0])
        rtf.skip = rtf.state.replaced
        return
    _write(rtf)
    state = rtf.state
    if word in _SAID and state.of == "info":
        _begin_said(rtf, _SAID[word])
    elif word in _UNSEEN or (starred and word not in _SEEN_THOUGH_STARRED):
        rtf.told_again |= word == "ud"
        rtf.state = replace(state, unseen=True, of=word if word in ("info", "fonttbl") else state.of)
    elif word in ("footnote", "shptxt") and not state.unseen:
        rtf.prose.begin_aside()
        rtf.state = replace(state, ends=word)
    elif word in ("yr", "mo", "dy") and state.of == "date":
        rtf.said.setdefault("date", []).append(f"-{number or 0:02}")
    elif word in ("v", "deleted"):
        rtf.state = replace(state, hidden=number != 0)
    elif word == "plain":
        rtf.state = replace(state, hidden=False)
    elif word == "uc":
        rtf.state = replace(state, replaced=min(max(number or 0, 0), 10))
    elif word in ("ansicpg", "f", "fcharset"):
        _encoding(rtf, word, number or 0)
    else:
        _layout(rtf, word)


def _begin_said(rtf: _Rtf, name: str) -> None:
    if rtf.told_again:
        rtf.said.pop(name, None)
    rtf.told_again = False
    rtf.state = replace(rtf.state, of=name)


def _layout(rtf: _Rtf, word: str) -> None:
    if word in _WORDS:
        _show(rtf, _WORDS[word])
    elif word == "par":
        _show(rtf, "\n")
    elif word in ("cell", "nestcell"):
        _show(rtf, " ")
    elif word in ("row", "nestrow"):
        _show(rtf, "\n")


def _encoding(rtf: _Rtf, word: str, number: int) -> None:
    if word == "ansicpg":
        rtf.encoding = _codec(number) or rtf.encoding
    elif word == "fcharset":
        if number in _CHARSETS and len(rtf.fonts) < _DEEPEST:
            rtf.fonts[rtf.font] = _CHARSETS[number]
    elif rtf.state.of == "fonttbl":
        rtf.font = number
    else:
        rtf.state = replace(rtf.state, encoding=rtf.fonts.get(number, ""))


def _codec(page: int) -> str:
    names = {10000: "mac-roman", 10004: "mac-arabic", 65001: "utf-8", 708: "iso8859-6", 720: "cp720", 864: "cp864"}
    return names.get(
        page, f"cp{page}" if page in {*range(1250, 1259), 437, 850, 852, 866, 932, 936, 949, 950, 874} else ""
    )


def _units(rtf: _Rtf, units: list[int]) -> None:
    """Take code units of UTF-16, which may be written below zero."""
    if rtf.bytes_:
        _write(rtf)
    rtf.units += [unit & 0xFFFF for unit in units]


def _bytes(rtf: _Rtf, data: bytes) -> None:
    skipped = min(rtf.skip, len(data))
    rtf.skip -= skipped
    if skipped < len(data):
        if rtf.units:
            _write(rtf)
        rtf.bytes_ += data[skipped:]


def _write(rtf: _Rtf) -> None:
    """Decode what has been gathered."""
    if rtf.units:
        data = b"".join(unit.to_bytes(2, "little") for unit in rtf.units)
        rtf.units = []
        _show(rtf, data.decode("utf-16-le", "replace"))
    if rtf.bytes_:
        data = bytes(rtf.bytes_)
        rtf.bytes_ = bytearray()
        _show(rtf, data.decode(rtf.state.encoding or rtf.encoding, "replace"))


def _show(rtf: _Rtf, text: str) -> None:
    if rtf.bytes_ or rtf.units:
        _write(rtf)
    text = text.replace("\0", "\ufffd")
    if not rtf.state.unseen and not rtf.state.hidden:
        rtf.prose.add(text)
    elif rtf.state.of in _SAID.values() and rtf.state.of != "date":
        rtf.said.setdefault(rtf.state.of, []).append(text)
