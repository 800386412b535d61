"""What of a document may the world see: under which id, at which address, with which fields?

Where a document came from is a path of the server's, and so may be its id. No path from the root of the file system is
told: the folder in front of a name is replaced by a digest of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

from searchkit.documents import Document, plain

_HIDDEN = re.compile(r"\s*(?:[/\\~]|[A-Za-z]:[/\\]|file:).*", re.DOTALL | re.IGNORECASE)
"""Ids that begin as a path from the root, from a drive or from a home does."""

_LEADING_OUT = re.compile(r"(?![A-Za-z][A-Za-z0-9+.-]*://)(?:.*[/\\])?\.\.(?:[/\\].*)?", re.DOTALL)
"""Ids that lead out of a folder, other than addresses."""

_MEMBER = re.compile(r"(.*?\.[A-Za-z0-9]{2,8})(!.*)", re.DOTALL)
"""A source within a file, as `mail.zip!folder/a.txt`."""

_CUT = re.compile(r"(.*[/\\])(.*)", re.DOTALL)


class Publication:
    """What the documents of an index look like from outside.

    Args:
        ids: Gives the ids of the index as it is now.
        public_root: A folder of sources, and its address; see `WebOptions`.
    """

    def __init__(
        self, ids: Callable[[], Iterable[str]], public_root: tuple[str | os.PathLike[str], str] | None = None
    ) -> None:
        self._ids = ids
        self._folders: dict[str, str] = {}
        self._looked: str | None = None  # in which version of the index folders were looked for last
        self._looking = Lock()
        self._here = os.getcwd()  # noqa: PTH109 (text, which `join` takes)
        root = () if public_root is None else (Path(self._here, public_root[0]), Path(public_root[0]).resolve())
        self._roots = tuple(Path(os.path.normpath(each)) for each in root)  # as it is called, and as it is
        self._address = "" if public_root is None else public_root[1].rstrip("/") + "/"

    @staticmethod
    def public_id(id_: str) -> str:
        """Return what a document is called outside.

        >>> Publication.public_id("docs/a.html"), Publication.public_id("https://example.org/a")
        ('docs/a.html', 'https://example.org/a')
        >>> Publication.public_id("/srv/docs/a.html")
        '~b25d9c66e3df/a.html'
        """
        if not _is_hidden(id_):
            return id_
        cut = _CUT.fullmatch(id_)
        folder, name = (cut[1], cut[2]) if cut else ("", id_)
        return f"~{_digest(folder)}/{name}"

    def id_of(self, public: str, version: str) -> str:
        """Return the id of the document that is called so outside, as far as there is one.

        Args:
            public: What it is called.
            version: Of the index: folders are looked for once in each.
        """
        if not public.startswith("~"):
            return public if not _is_hidden(public) else ""
        folder, _, name = public[1:].partition("/")
        if folder not in self._folders:
            with self._looking:
                if self._looked != version:
                    for id_ in filter(_is_hidden, self._ids()):
                        cut = _CUT.fullmatch(id_)
                        whole = cut[1] if cut else ""
                        self._folders[_digest(whole)] = whole
                    self._looked = version
        return self._folders[folder] + name if folder in self._folders else ""

    def address(self, document: Document) -> str | None:
        """Return where a reader opens a document: its http(s) address, or that of its source below the public root.

        What lies in an archive is opened as the archive.
        """
        if document.url and is_web_link(document.url):
            return document.url
        inside, _ = self._inside(document.fields.get("source"))
        return self._address + quote(inside) if inside else None

    def fields(self, document: Document) -> dict[str, Any]:
        """Return the fields that are shown; `source` is the path below the public root."""
        shown = {name: value for name, value in document.fields.items() if name != "source"}
        inside, member = self._inside(document.fields.get("source"))
        return {**shown, "source": inside + member} if inside else shown

    def hit(self, document: Document, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is told of a document with its id, address and fields as they are outside."""
        mapped = {"id": self.public_id(document.id), "url": self.address(document), "fields": self.fields(document)}
        return {**told, **mapped}

    def _inside(self, source: object) -> tuple[str, str]:
        """Return the path of a file below the public root, and which part of it is the source; else nothing."""
        if not self._roots or not isinstance(source, str) or not source or "\0" in source:
            return "", ""
        within = _MEMBER.fullmatch(source)
        source, member = (within[1], within[2]) if within else (source, "")
        path = Path(os.path.normpath(Path(self._here, source)))
        root = next(filter(path.is_relative_to, self._roots), None)
        return (path.relative_to(root).as_posix(), member) if root and path != root else ("", "")


def is_web_link(address: str) -> bool:
    """Tell whether this is an http(s) address without blanks, and without anything that turns or controls text.

    A backslash is a slash to browsers and none to others, who would show another host than the one that it leads to.

    >>> is_web_link("https://example.org/a"), is_web_link("javascript:alert(1)"), is_web_link("//example.org")
    (True, False, False)
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    whole = plain(address) == address and not any(char.isspace() or char == "\\" for char in address)
    return whole and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _is_hidden(id_: str) -> bool:
    return bool(_HIDDEN.match(id_) or _LEADING_OUT.fullmatch(id_))


def _digest(folder: str) -> str:
    return blake2b(folder.encode(), digest_size=6).hexdigest()
