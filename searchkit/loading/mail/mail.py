"""Which documents are in a message, or in a box of them (mbox)? Its text, and each file that is attached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parseaddr
from io import BytesIO
from typing import BinaryIO

from searchkit.dates import parse_date
from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.archives.archive import budget_of, read_member
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.files import too_large, whole
from searchkit.loading.formats import looked_at, suffix_of
from searchkit.loading.mail.mime import MOST_MIME_PARTS, MimePart, part_of, words
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts import text as plain_text
from searchkit.loading.unpacking import Budget, Unpacked
from searchkit.loading.web.within import NO_TEXT, page_in

MAX_ATTACHED_DEPTH = 4  # messages attached to messages
_CHUNK = 262_144
_LINE = rb"From [^\r\n]{0,400}\d\d:\d\d[^\r\n]{0,100}\r?\n"
_FIRST = re.compile(rb"[\r\n]{0,100}" + _LINE)
_BETWEEN = re.compile(rb"\n\r?\n(?=" + _LINE + rb")")
_LONGEST_LINE = 512
_LONGEST_VALUE = 300  # of a date or a sender; the standard library looks at brackets by recursion
_QUOTED = re.compile(rb"^>(?=>{0,100}From )", re.MULTILINE)
_MEDIA = ("image/", "audio/", "video/")
_SIGNATURES = ("application/pgp-", "application/pkcs7-signature", "application/x-pkcs7-signature")
_SUFFIXES = {"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml", "text/csv": ".csv"}


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each message, and those of its attachments (`name!file`); a `Skip` for what gives none.

    An id is the Message-ID, else the name, in a box `name#number`. The text is the plain one, else that of the HTML.
    Holds one message at a time. What is unpacked of attachments is counted together, with those of a whole box.

    Raises:
        LoadError: It is no message, or too large; or what is attached unpacks to too much.
    """
    head = looked_at(stream)
    if _FIRST.match(head):
        yield from _box(stream, name, options)
    elif head and not suffix_of(name) and not part_of(head.lstrip(), name).headers:
        yield from plain_text.read(stream, name, options)
    else:
        budget = budget_of(stream, name, options)
        yield from _message(whole(stream, name, options).lstrip(), name, options, budget)


def _box(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    budget = budget_of(stream, name, options)
    for number, data in enumerate(_messages(stream, options.max_bytes), 1):
        if data is None:
            yield Skip(name, f"message {number}: {too_large(options)}")
            continue
        try:
            message = _QUOTED.sub(b"", data.lstrip().partition(b"\n")[2])
            yield from _message(message, f"{name}#{number}", options, budget, name)
        except (LoadError, DocumentError) as error:
            yield Skip(name, f"message {number}: {error.reason if isinstance(error, LoadError) else error}")


def _messages(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Yield each message of a box, with its first line; None for one above the limit, which is let go as it comes."""
    pending = bytearray()
    is_large = False
    searched = 0
    while chunk := stream.read(_CHUNK):
        pending += chunk
        while found := _BETWEEN.search(pending, searched):
            yield None if is_large or found.start() > limit else bytes(pending[: found.start()])
            del pending[: found.end()]
            is_large, searched = False, 0
        searched = max(len(pending) - _LONGEST_LINE - 10, 0)
        if searched > limit:
            del pending[:searched]
            is_large, searched = True, 0
    yield None if is_large else bytes(pending)


def _message(
    data: bytes, name: str, options: LoadOptions, budget: Budget, source: str = ""
) -> Iterator[Document | Skip]:
    top = part_of(data, name)
    del data  # attached messages are as large again
    if not top.headers:
        raise LoadError(name, "no message: it has no headers")
    texts = _Texts(name, options)
    document = _document(top, texts, source or name)
    del top
    if document is not None:
        yield document
    elif not texts.files and not texts.failures:
        raise LoadError(name, NO_TEXT)
    yield from (Skip(name, failure) for failure in texts.failures)
    taken: set[str] = set()
    for number, part in enumerate(texts.files, 1):
        called = part.file_name() or f"part{number}{_SUFFIXES.get(part.type(), '')}"
        called = f"{number}-{called}" if called in taken else called
        taken.add(called)
        for each in _attached(part, f"{name}!{called}", options, budget):
            yield each if isinstance(each, Skip) else replace(each, fields={**each.fields, "source": source or name})


def _document(top: MimePart, texts: _Texts, source: str) -> Document | None:
    """Return the document of a message; None if there is no text in it."""
    body = texts.of(top)
    header = top.headers.get
    title = words(header("subject", "")) or texts.title
    if not body and not title:
        return None
    written = words(header("date", ""))[:_LONGEST_VALUE]
    date = parse_date(written)
    sender = header("from", "")[:_LONGEST_VALUE]
    person, address = parseaddr(sender)
    tags: list[Json] = [tag.strip() for tag in words(header("keywords", "")).split(",") if tag.strip()]
    fields: dict[str, Json] = {
        "author": words(person) or address or words(sender),
        "language": header("content-language", "").strip(),
        "tags": tags,
        "date": "" if date else written,
        "unreadable": texts.unreadable,
    }
    id_ = words(header("message-id", "")).strip("<> ") or texts.name
    return Document(id_, body, title, None, date, {k: v for k, v in fields.items() if v} | {"source": source})


class _Texts:
    """Reads the parts of a message that are its text.

    Attributes:
        name: Of the message.
        files: The parts that are attached.
        failures: Why parts could not be read.
        title: Of the page, where the text is one.
        unreadable: How many characters could not be decoded.
    """

    def __init__(self, name: str, options: LoadOptions) -> None:
        self.name = name
        self.files: list[MimePart] = []
        self.failures: list[str] = []
        self.title = ""
        self.unreadable = 0
        self._options = options
        self._parts = 0

    def of(self, part: MimePart) -> str:
        """Return the text of a part.

        Raises:
            LoadError: There are too many parts, or they lie too deep.
        """
        inner = part.parts(self.name)
        self._parts += len(inner)
        if self._parts > MOST_MIME_PARTS:
            raise LoadError(self.name, f"more than {MOST_MIME_PARTS:,} parts")
        if part.type() == "multipart/alternative":
            plain_first = sorted(inner, key=lambda each: each.type() != "text/plain")
            return next(filter(None, map(self.of, plain_first)), "")
        if inner:
            return "\n\n".join(filter(None, [self.of(each) for each in inner]))
        if _is_file(part):
            if not _is_decoration(part):
                self.files.append(part)
            return ""
        try:
            return self._text(part)
        except LoadError as error:
            self.failures.append(error.reason)
            return ""

    def _text(self, part: MimePart) -> str:
        charset = part.charset()
        if part.type() == "text/html":
            page = page_in(part.content(), charset, self.name, self._options)
            self.title = self.title or (page.title if page else "")
            return page.body if page else ""
        decoded = decode(part.content(), self.name, None if charset else self._options.encoding, charset)
        self.unreadable += decoded.replaced
        return unix_lines(decoded.text).strip()


def _is_file(part: MimePart) -> bool:
    if part.type().startswith(("text/", "multipart/")):
        return part.depth > 0 and (part.disposition() == "attachment" or bool(part.file_name()))
    return True


def _is_decoration(part: MimePart) -> bool:
    """Tell whether a part is a picture within the text, or a signature of it."""
    is_shown = "content-id" in part.headers or part.disposition() == "inline"
    return part.type().startswith(_SIGNATURES) or (is_shown and part.type().startswith(_MEDIA))


def _attached(part: MimePart, name: str, options: LoadOptions, budget: Budget) -> Iterator[Document | Skip]:
    """Read an attached file as any other."""
    if name.count("!") > MAX_ATTACHED_DEPTH:
        yield Skip(name, f"files within files, more than {MAX_ATTACHED_DEPTH} deep")
        return
    budget.member(name)
    stream = Unpacked(BytesIO(part.content()), name, budget, counted=False)
    yield from read_member(stream, name, replace(options, format="auto"))
