"""Which XML is in the parts of an office file? Read as it comes: no tree, no entities, nothing from outside."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, cast

from lxml import etree

from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.archives.archive import budget_of
from searchkit.loading.archives.zipped import DAMAGE, opened_zip, said
from searchkit.loading.files import too_large
from searchkit.loading.options import LoadOptions
from searchkit.loading.unpacking import Budget

MOST_PARTS = 5_000
"""Parts of one file that are read: slides, sheets, chapters."""

MOST_EVENTS = 2_000_000
"""Elements of one file."""

REFERENCE = "r:id"
"""The attribute that refers to a relation of the part, by its id."""

_SHARE = 5  # how many times `max_bytes` the parts may have together
_CHUNK = 65_536
_MOST_VALUES = 100
_MOST_FOUND = 50_000
_LONGEST_VALUE = 100_000

ReadParts = Callable[["Parts"], Iterator[Document | Skip]]


class Parts:
    """The parts of an office file, all of them read on one budget.

    Attributes:
        name: Of the file.
        options: How it is read.
        budget: What may be unpacked of it.
        members: What is in it.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str, options: LoadOptions, budget: Budget) -> None:
        self.name, self.options, self.budget = name, options, budget
        self.members = {info.filename: info for info in archive.infolist()}
        self._archive = archive
        self._bytes = _SHARE * options.max_bytes
        self._parts = MOST_PARTS
        self._elements = MOST_EVENTS

    def chunks(self, member: str, most: int | None = None) -> Iterator[bytes]:
        """Yield what is in a part, nothing for one that is not there.

        Args:
            member: The name of the part.
            most: Its bytes; `options.max_bytes` where nothing is said.

        Raises:
            LoadError: It is larger, damaged or encrypted, or the parts are too many.
        """
        if member not in self.members:
            return
        left = self.options.max_bytes if most is None else most
        self._parts -= 1
        if self._parts < 0:
            raise LoadError(self.name, f"more than {MOST_PARTS:,} parts")
        try:
            with self._archive.open(self.members[member]) as file:
                while chunk := file.read(_CHUNK):
                    left -= len(chunk)
                    self._bytes -= len(chunk)
                    self.budget.spend(len(chunk), self.name)
                    if left < 0 or (self._bytes < 0 and most is None):
                        raise LoadError(self.name, too_large(self.options))
                    yield chunk
        except DAMAGE as error:
            raise LoadError(self.name, f"damaged ({said(error)})") from error

    def whole(self, member: str) -> bytes:
        """Return all that is in a part; empty for one that is not there.

        Raises:
            LoadError: As for `chunks`.
        """
        return b"".join(self.chunks(member))

    def parse(self, member: str, events: Events) -> bool:
        """Tell the events of a part; return whether it is there.

        Raises:
            LoadError: As for `chunks`; or it is no XML, or has too many elements.
        """
        for _ in self.parsed(self.chunks(member), events):
            pass
        self._elements -= events.elements
        return member in self.members

    def parsed(self, chunks: Iterator[bytes], events: Events, *, most_elements: int | None = None) -> Iterator[None]:
        """Tell the events of what comes in chunks, and stop after each of these."""
        parser = etree.XMLParser(
            target=cast("Any", events),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_pis=True,
        )
        events.most = self._elements if most_elements is None else most_elements
        fed = False
        try:
            for chunk in chunks:
                parser.feed(chunk)
                fed = True
                yield
            if fed:
                parser.close()
                yield
        except _Refused as error:
            raise LoadError(self.name, str(error)) from error
        except (etree.XMLSyntaxError, UnicodeError) as error:
            raise LoadError(self.name, f"damaged: no XML ({said(error)})") from error


class _Refused(Exception):  # noqa: N818 (which never leaves this module)
    pass


class Events:
    """What is told of the XML of a part. Elements are named without their namespaces, and so are attributes.

    Attributes:
        path: The names of the elements that are open.
        elements, most: How many there were, and may be.
    """

    def __init__(self) -> None:
        self.path: list[str] = []
        self.elements = 0
        self.most = MOST_EVENTS

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note that an element begins."""
        self.elements += 1
        if self.elements > self.most:
            raise _Refused(f"more than {MOST_EVENTS:,} elements")
        name = local(tag)
        self.path.append(name)
        self.begin(name, {_attribute(key): value for key, value in attributes.items()} if attributes else {})

    def end(self, _tag: str) -> None:
        """Note that the innermost element ends."""
        self.finish(self.path.pop())

    def data(self, text: str) -> None:
        """Take text of the innermost element."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take an element that begins."""

    def finish(self, name: str) -> None:
        """Take an element that ends, which is no more in the path."""

    def doctype(self, *_: Any) -> None:  # noqa: ANN401 (whatever it says)
        """Refuse a document type, in which entities are declared; none of these formats has one."""
        raise _Refused("an XML with a document type, which is not read")

    def close(self) -> None:
        """End."""


class PartTexts(Events):
    """The texts of elements by name, and the attributes of those that are asked for.

    Attributes:
        texts: The texts of the elements of a name that have no others in them.
        found: The elements that were asked for: their attributes.
    """

    def __init__(self, *wanted: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = defaultdict(list)
        self.found: list[tuple[str, Mapping[str, str]]] = []
        self._wanted = frozenset(wanted)
        self._text: list[str] = []
        self._size = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note an element that was asked for."""
        self._text, self._size = [], 0
        if name in self._wanted:
            if len(self.found) >= _MOST_FOUND:
                raise _Refused(f"more than {_MOST_FOUND:,} parts, chapters or the like")
            self.found.append((name, attributes))

    def data(self, text: str) -> None:
        """Take text."""
        if self._size < _LONGEST_VALUE:
            self._text.append(text)
            self._size += len(text)

    def finish(self, name: str) -> None:
        """Note a text."""
        text = "".join(self._text).strip()
        if text and len(self.texts) < _MOST_VALUES and len(self.texts[name]) < _MOST_VALUES:
            self.texts[name].append(text)
        self._text, self._size = [], 0


def _attribute(name: str) -> str:
    """Return the name of an attribute without its namespace, but for what refers to a relation."""
    short = local(name)
    return REFERENCE if short == "id" and name.endswith("/relationships}id") else short


def local(name: str) -> str:
    """Return a name without its namespace.

    >>> local("{http://example.org/}p"), local("p")
    ('p', 'p')
    """
    return name[name.rfind("}") + 1 :]


def relations(parts: Parts, member: str) -> dict[str, str]:
    """Return what a part of an Open Packaging file names: the other part by the id of the relation.

    Only what lies in the file counts; names are put together as paths are, and none leads out of it.
    """
    folder, _, file = member.rpartition("/")
    values = PartTexts("Relationship")
    parts.parse(f"{folder}/_rels/{file}.rels", values)
    return {
        each.get("Id", ""): inner_path(folder, each.get("Target", ""))
        for _, each in values.found
        if each.get("TargetMode") != "External"
    }


def inner_path(folder: str, target: str) -> str:
    """Return the member that a part in a folder means.

    >>> inner_path("ppt/slides", "../media/a.xml"), inner_path("ppt", "/word/a.xml"), inner_path("a", "../../../b")
    ('ppt/media/a.xml', 'word/a.xml', 'b')
    """
    path: list[str] = []
    for step in target.split("/") if target.startswith("/") else f"{folder}/{target}".split("/"):
        if step == "..":
            del path[-1:]
        elif step not in ("", "."):
            path.append(step)
    return "/".join(path)


def read_parts(stream: BinaryIO, name: str, options: LoadOptions, read: ReadParts) -> Iterator[Document | Skip]:
    """Yield what is read of the parts of a stream.

    Raises:
        LoadError: It is no ZIP file.
    """
    budget = budget_of(stream, name, options)
    with opened_zip(stream, name, options) as archive:
        yield from read(Parts(archive, name, options, budget))


def first(values: Mapping[str, Sequence[str]], *names: str) -> str:
    """Return the first value of the first of the names that has one.

    >>> first({"date": ["2024"], "created": [""]}, "created", "date")
    '2024'
    """
    return next((value for name in names for value in values.get(name, ()) if value), "")
