"""How is a source to be read?"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import PurePath

from searchkit import arguments
from searchkit.errors import ArgumentError
from searchkit.loading.formats import FORMATS
from searchkit.loading.ignoring import TOO_MUCH, Rules

STDIN = "-"

_SAMPLES = (b"abc", bytes(set(range(256)) - {ord("\\")}), b"")


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How sources are found and read.

    Attributes:
        format: `auto` goes by what is in a file, and by its suffix; the name of a format reads every file so.
        encoding: The encoding of every file; None finds it out file by file.
        max_bytes: The size above which a document is skipped: a file, or one record of JSON Lines or CSV.
        follow_symlinks: Whether links met in a folder are followed. A link that is named itself always is.
        include: Where not empty, only files whose name or path below the folder matches one of these globs are taken.
        exclude: Files and folders that match one of these globs are left out; one that ends in a slash matches folders.
        ignore: Rules as `.gitignore` has them, for each folder that is walked, from there.
        ignore_files: What files with such rules are called, `.gitignore` for one. Each counts in its folder and below,
            and those of the same folder in this order, so that the last one decides.
        not_walked: Folders that are passed over when they are met, by whatever path: that of an index, for one.
        id, title, body, url, date: The columns (CSV) or keys (JSON Lines) that hold these values. None looks for the
            column of that name, for the body `body`, `text` or `content`.
        table: The table of a database (SQLite) that holds the documents; None takes the only one.

    Raises:
        ArgumentError: An unknown format, an encoding that is unknown or not of text, a size below 1, globs that are
            one str, or too many rules.
    """

    format: str = "auto"
    encoding: str | None = None
    max_bytes: int = 20_000_000
    follow_symlinks: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_files: tuple[str, ...] = ()
    not_walked: tuple[str, ...] = ()
    id: str | None = None
    title: str | None = None
    body: str | None = None
    url: str | None = None
    date: str | None = None
    table: str | None = None

    def __post_init__(self) -> None:
        known = ("auto", *(each.name for each in FORMATS))
        if self.format not in known:
            raise ArgumentError(f"unknown format {self.format!r}; choose one of {', '.join(known)}")
        arguments.number("max_bytes", self.max_bytes, 1)
        for name in ("include", "exclude", "ignore", "ignore_files", "not_walked"):
            arguments.several(name, getattr(self, name))
        if Rules(self.ignore).is_cut:
            raise ArgumentError(f"rules of what to ignore: {TOO_MUCH}; give fewer")
        if self.encoding is not None:
            _check_encoding(self.encoding)


def _check_encoding(encoding: str) -> None:
    """Make sure that a codec makes text of any bytes, with U+FFFD for what it does not know.

    Some are for other things than text (`hex`, `rot13`), some for certain texts (`idna`).
    """
    try:
        for sample in _SAMPLES:
            sample.decode(encoding, "replace")
        codecs.getincrementaldecoder(encoding)("replace")
    except (LookupError, ValueError, TypeError):
        raise ArgumentError(
            f"{encoding!r} is no encoding of text; give a name such as utf-8 or windows-1256, or none to find it out"
        ) from None


def source_name(path: str) -> str:
    r"""Return the name of a source as it stands in ids and messages: normalised, with slashes, always printable.

    Bytes of a file name that are not UTF-8 are written as `\xNN`.

    >>> source_name("docs//old/../a.txt")
    'docs/a.txt'
    >>> print(source_name("caf\udce9.txt"))
    caf\xe9.txt
    """
    name = path if path == STDIN else PurePath(os.path.normpath(path)).as_posix()
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return name.encode("utf-8", "backslashreplace").decode()
