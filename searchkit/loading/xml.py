"""Which elements and texts are in an XML stream? Told one after another, without a tree; or as one plain text.

What stands before the root, a document type with its entities, is never given to the parser: no entity but those of
XML and HTML means anything, nothing is fetched, nothing grows. What is not well formed is read as far as it goes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from html.entities import html5
from typing import Any, BinaryIO, Literal, NamedTuple

from lxml import etree

from searchkit.documents import Document, Json, Skip
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.options import LoadOptions

MAX_DEPTH = 256
LONGEST_XML_TAG = 2_000_000  # characters without a `>`
MOST_XML_ELEMENTS = 200_000  # of a text, or between two entries of a feed
_CHUNK = 262_144
_LONGEST_TITLE = 1_000

_DECLARED = re.compile(rb"""<\?xml\b[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_PROLOG = re.compile(
    r"(?>\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE(?>[^>\[]*)(?>>|\[.*?\]\s*>))*+(?=<[^\W\d])",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.-]{1,100}:)?([\w.-]{1,100})")
_REFERENCE = re.compile(r"<!\[CDATA\[(?>(?:[^\]]++|\](?!\]>))*+)|&(?:#\d{1,8};|#x[\dA-Fa-f]{1,8};|(\w{1,32};))?")
_CUT_REFERENCE = 40  # characters: the longest that a reference may have
_MOST_REFERENCES = 0.25  # of the characters; each is a call
_OF_XML = frozenset({"lt;", "gt;", "amp;", "quot;", "apos;"})
_JOINS = "\u200c"  # ZWNJ: what begins with it goes on with a word
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f]")


class XmlEvent(NamedTuple):
    """An element begins or ends, or text comes.

    Attributes:
        kind: Which of them.
        value: The name of the element, as `{namespace}name`, or the text.
        attributes: Of an element that begins.
    """

    kind: Literal["start", "end", "text"]
    value: str
    attributes: Mapping[str, str]


class XmlStream:
    """An XML stream whose beginning has been looked at.

    Attributes:
        root: The name of its root, in lower case, without a prefix.
        head: The bytes that have been read.
        encoding: What it is in.

    Raises:
        LoadError: It is no text, or has no element where one has to be.
    """

    def __init__(self, stream: BinaryIO, name: str, options: LoadOptions) -> None:
        self._stream, self._name = stream, name
        self.head = stream.read(_CHUNK)
        declared = _DECLARED.search(self.head[:1_000])
        sample = self.head[: self.head.rfind(b">") + 1] or self.head  # so that no character is cut
        decoded = decode(sample, name, options.encoding, declared[1].decode("ascii") if declared else None)
        self.encoding = decoded.encoding
        prolog = _PROLOG.match(decoded.text.removeprefix("\ufeff"))
        root = _ROOT.match(decoded.text.removeprefix("\ufeff"), prolog.end()) if prolog else None
        if prolog is None or root is None:
            raise LoadError(name, "not XML: no element at its beginning")
        self.root = root[1].lower()
        self._prolog = prolog.end()

    def events(self) -> Iterator[XmlEvent | Skip]:
        """Yield what is in the stream; at last a `Skip` if it is not well formed.

        Raises:
            LoadError: Elements are nested too deep, or a tag is too long.
        """
        target = _Target()
        parser = etree.XMLParser(
            target=target, encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=False
        )
        longest = 0
        for text in _mended(self._text(), self._name):
            longest = _left_open(text, longest)
            if longest > LONGEST_XML_TAG:
                raise LoadError(self._name, f"a tag of more than {LONGEST_XML_TAG:,} characters")
            parser.feed(text.encode("utf-8", "replace"))
            yield from target.taken()
            if target.is_too_deep:
                raise LoadError(self._name, f"elements nested more than {MAX_DEPTH} deep")
        error = _end(parser)
        yield from target.taken()
        if error:
            yield Skip(self._name, f"not well-formed XML, read as far as it goes ({error})")

    def _text(self) -> Iterator[str]:
        """Yield the text from the root on, with as many line feeds before it as there were."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        try:
            text = decoder.decode(self.head).removeprefix("\ufeff")
            yield "\n" * text.count("\n", 0, self._prolog) + text[self._prolog :]
            while data := self._stream.read(_CHUNK):
                yield decoder.decode(data)
            yield decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise LoadError(self._name, f"not {self.encoding} ({error})") from error


class _Target:
    """What the parser tells of what it meets.

    Attributes:
        is_too_deep: Whether elements lie too deep; nothing is taken from there on.
    """

    def __init__(self) -> None:
        self.is_too_deep = False
        self._events: list[XmlEvent] = []
        self._text: list[str] = []
        self._depth = 0

    def start(self, tag: str | bytes, attributes: Any) -> None:  # noqa: ANN401 (a mapping, of the kind of the tag)
        self._depth += 1
        self.is_too_deep |= self._depth > MAX_DEPTH
        if not self.is_too_deep:
            self._end_text()
            self._events.append(XmlEvent("start", str(tag), dict(attributes)))

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1
        if not self.is_too_deep:
            self._end_text()
            self._events.append(XmlEvent("end", str(tag), {}))

    def data(self, data: str | bytes) -> None:
        if not self.is_too_deep:
            self._text.append(str(data))

    def comment(self, text: str | bytes) -> None:
        """Be a target: comments say nothing."""

    def close(self) -> None:
        """Be a target: the parser asks for it."""

    def taken(self) -> list[XmlEvent]:
        """Return what has come, and forget it."""
        self._end_text()
        events, self._events = self._events, []
        return events

    def _end_text(self) -> None:
        """Make one of the pieces of a text: there is one for each reference."""
        if self._text:
            self._events.append(XmlEvent("text", "".join(self._text), {}))
            self._text = []


def local(tag: str) -> str:
    """Return the name of an element without its namespace or prefix, in lower case.

    >>> local("{http://www.w3.org/2005/Atom}Entry"), local("dc:date")
    ('entry', 'date')
    """
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def plain(source: XmlStream, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the one document of an XML file that is of no known kind: its text, block by block.

    An element with text of its own is a block, with all that is in it; where there is none, each element in it is.

    Raises:
        LoadError: It is too large, has too many elements, or no text.
    """
    texts = _Blocks(name, options)
    for event in source.events():
        if isinstance(event, Skip):
            yield event
        else:
            texts.take(event)
    texts.finish()
    if not texts.body:
        raise LoadError(name, "no text in it")
    fields: dict[str, Json] = {"source": name}
    if source.encoding != "utf-8":
        fields["encoding"] = source.encoding
    yield Document(id=name, body=texts.body, title=texts.title, fields=fields)


class _Blocks:
    """The text of a file, gathered from the inside out.

    Attributes:
        body: All of it, at the end.
        title: Of the first element of that name.
    """

    def __init__(self, name: str, options: LoadOptions) -> None:
        self._name, self._most = name, options.max_bytes
        self._open: list[_Open] = []
        self._elements = self._size = 0
        self.body = self.title = ""

    def take(self, event: XmlEvent) -> None:
        """Take the next event in."""
        if event.kind == "start":
            self._elements += 1
            self._open.append(_Open([]))
        elif event.kind == "text" and self._open:
            self._size += len(event.value)
            last = self._open[-1]
            last.parts.append(event.value)
            self._open[-1] = _Open(last.parts, last.is_mixed or not event.value.isspace())
        elif event.kind == "end" and self._open:
            self._close(event.value)
        if self._elements > MOST_XML_ELEMENTS or self._size > self._most:
            raise LoadError(
                self._name, f"more than {MOST_XML_ELEMENTS:,} elements or {self._most:,} characters of text"
            )

    def _close(self, tag: str) -> None:
        parts, is_mixed = self._open.pop()
        if is_mixed:
            text = "\n".join(" ".join(line.split()) for line in "".join(parts).split("\n\n"))
        else:
            text = "\n".join(part.strip() for part in parts if part and not part.isspace())
        if not self.title and local(tag) == "title":
            self.title = " ".join(text[:_LONGEST_TITLE].split())
        if self._open:
            parts = self._open[-1].parts
            if text.startswith(_JOINS) and parts:
                parts[-1] = parts[-1].removesuffix(" ")
            parts.append(f"{text} " if text.startswith(_JOINS) else f" {text} ")
        else:
            self.body = text.strip()

    def finish(self) -> None:
        """Close what was left open."""
        while self._open:
            self._close("")


class _Open(NamedTuple):
    """An element that has begun: what is in it, and whether text of its own is."""

    parts: list[str]
    is_mixed: bool = False


def _mended(texts: Iterable[str], name: str) -> Iterator[str]:
    """Yield texts with the entities of HTML as characters, and with a lone `&` as XML has it."""
    kept = ""
    for text in texts:
        if text.count("&") > max(len(text) * _MOST_REFERENCES, _CHUNK / 10):
            raise LoadError(name, "hardly anything but &")
        text = kept + _CONTROL.sub(" ", text)  # noqa: PLW2901 (it is the same text)
        cut = text.rfind("&", max(len(text) - _CUT_REFERENCE, 0))
        kept = "" if cut < 0 else text[cut:]
        yield _REFERENCE.sub(_reference, text if cut < 0 else text[:cut])
    yield _REFERENCE.sub(_reference, kept)


def _reference(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&amp;"
    return match[0] if match[1] in _OF_XML else html5.get(match[1] or "", match[0])


def _left_open(text: str, before: int) -> int:
    """Return how long the tag is that a text ends within, `before` of it having come."""
    opened, closed = text.rfind("<"), text.rfind(">")
    if before and closed < 0:
        return before + len(text)
    return len(text) - opened if opened > closed else 0


def _end(parser: etree.XMLParser) -> str:
    """Close a parser and return its first complaint, or an empty one."""
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        return str(error.msg)
    errors = [error for error in parser.feed_error_log if error.level_name == "FATAL"]
    return f"line {errors[0].line}: {errors[0].message[:200]}" if errors else ""
