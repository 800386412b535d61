"""Which headers and parts does a message have (RFC 5322, 2045-2047, 2231)? Cut with bounds, by finding alone.

The parser of the standard library keeps a line at a time and asks every boundary about each, so that a hostile message
takes minutes; it reads the parameters of headers here, which are short.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from searchkit.documents import plain
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode

MOST_MIME_PARTS = 1_000
MAX_PARTS_DEPTH = 8
LONGEST_HEADERS = 262_144  # bytes, of a part
_LONGEST_HEADER = 10_000
_LONGEST_PARAMETERS = 2_000
_LONGEST_FILE_NAME = 200
_MOST_LIKE_BOUNDARIES = 20_000
# fmt: off
_KEPT = frozenset({
    b"subject", b"from", b"date", b"message-id", b"keywords", b"content-type", b"content-disposition", b"content-id",
    b"content-transfer-encoding", b"content-location", b"content-language", b"snapshot-content-location",
    b"mime-version", b"received", b"to",
})
# fmt: on
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{1,20})?\?([BbQq])\?([^?]{0,1000}+)\?=(?:\s{1,20}(?==\?))?")


@dataclass(frozen=True, slots=True)
class MimePart:
    """A message, or a part of one.

    Attributes:
        headers: The first of each that is read, by its name in lower case, unfolded.
        raw: What comes after them.
        depth: How many parts it lies in.
    """

    headers: dict[str, str]
    raw: bytes
    depth: int = 0

    def type(self) -> str:
        """Return the media type, in lower case."""
        return self._parameters("content-type").get_content_type()

    def charset(self) -> str | None:
        """Return the encoding that a part of text names."""
        return self._parameters("content-type").get_content_charset()

    def disposition(self) -> str | None:
        """Return how the part is meant: `inline`, `attachment`."""
        return self._parameters("content-disposition", "Content-Disposition").get_content_disposition()

    def file_name(self) -> str:
        """Return the name of a part that is a file, without folders and controls; else an empty one."""
        named = self._parameters("content-disposition", "Content-Disposition").get_filename()
        named = words(named or self._parameters("content-type").get_filename() or "")
        return plain(re.split(r"[/\\]", named)[-1]).strip()[-_LONGEST_FILE_NAME:]

    def content(self) -> bytes:
        """Return the content, decoded from its transfer encoding as far as that can be read."""
        match self.headers.get("content-transfer-encoding", "").strip().lower():
            case "base64":
                return _from_base64(self.raw)
            case "quoted-printable":
                return binascii.a2b_qp(self.raw)
            case _:
                return self.raw

    def parts(self, name: str) -> list[MimePart]:
        """Return the parts of a multipart, none of another one.

        Raises:
            LoadError: There are too many, or they lie too deep.
        """
        if not self.type().startswith("multipart/"):
            return []
        boundary = self._parameters("content-type").get_boundary()
        if not boundary:
            return []
        if self.depth >= MAX_PARTS_DEPTH:
            raise LoadError(name, f"parts of a message nested more than {MAX_PARTS_DEPTH} deep")
        line = b"\n--" + boundary.encode("utf-8", "surrogateescape")
        return [part_of(data, name, self.depth + 1) for data in _cut(b"\n" + self.raw, line, name)]

    def _parameters(self, header: str, as_name: str = "Content-Type") -> Message:
        message = Message()
        value = self.headers.get(header, "")[:_LONGEST_PARAMETERS]
        if value:
            message[as_name] = value
        return message


def part_of(data: bytes, name: str, depth: int = 0) -> MimePart:
    """Return what the bytes of a message or of a part say.

    Raises:
        LoadError: Its headers are too long.
    """
    found = _END_OF_HEADERS.search(data, 0, LONGEST_HEADERS)
    if found is None and len(data) > LONGEST_HEADERS:
        raise LoadError(name, f"headers of more than {LONGEST_HEADERS:,} bytes")
    lines = _FOLD.sub(b"", data[: found.start()] if found else data)
    headers: dict[str, str] = {}
    for line in lines.split(b"\n"):
        key, colon, value = line.partition(b":")
        key = key.strip().lower()
        if colon and key in _KEPT:
            headers.setdefault(key.decode(), _readable(value.strip()[:_LONGEST_HEADER], None))
    return MimePart(headers, data[found.end() :] if found else b"", depth)


def words(value: str) -> str:
    """Return a header with its encoded words as text; neighbours are decoded together, as characters are cut by some.

    >>> words("=?utf-8?B?2LPZhA==?= =?utf-8?Q?=D8=A7=D9=85?= (a)")
    'سلام (a)'
    """
    if "=?" not in value:
        return " ".join(value.split())
    text = ""
    place = 0
    data, charset = b"", ""
    for match in _WORD.finditer(value):
        if match.start() != place or match[1].lower() != charset:
            text += _readable(data, charset) + value[place : match.start()]
            data, charset = b"", match[1].lower()
        data += _from_base64(match[3].encode()) if match[2] in "Bb" else binascii.a2b_qp(match[3].encode(), header=True)
        place = match.end()
    return " ".join((text + _readable(data, charset) + value[place:]).split())


def _readable(data: bytes, charset: str | None) -> str:
    if data.isascii() and b"\0" not in data:
        return data.decode()
    try:
        return decode(data, "", None, charset).text.replace("\0", "\ufffd")
    except LoadError:
        return data.decode("utf-8", "replace").replace("\0", "\ufffd")


def _from_base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data + b"==")
    except binascii.Error:  # one sign too many
        signs = re.sub(rb"[^A-Za-z0-9+/]+", b"", data)
        return binascii.a2b_base64(signs[: len(signs) - len(signs) % 4])


def _cut(data: bytes, line: bytes, name: str) -> Iterator[bytes]:
    """Yield what stands between lines that begin so, up to the one that says that it is the last."""
    begin: int | None = None
    parts = 0
    place = data.find(line)
    for _ in range(_MOST_LIKE_BOUNDARIES):
        if place < 0:
            break
        end = data.find(b"\n", place + len(line))
        end = len(data) if end < 0 else end
        rest = data[place + len(line) : min(end, place + len(line) + 100)].strip()
        if rest in (b"", b"--"):
            if begin is not None:
                parts += 1
                yield data[begin:place].removesuffix(b"\r")
            begin = None if rest else end + 1
            if begin is None:
                return
        if parts > MOST_MIME_PARTS:
            raise LoadError(name, f"more than {MOST_MIME_PARTS:,} parts")
        place = data.find(line, end)
    else:
        raise LoadError(name, "too many lines that are nearly a boundary")
    if begin is not None:  # cut short
        yield data[begin:]
