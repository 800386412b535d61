"""Which document is in a Markdown file? Its words without the marks; the first heading is the title.

The marks are taken off lightly, for searching and quoting, not for rendering: of a link its words stay, of an image its
description, and code stays as it is. Front matter between `---` lines may give `title` and `date`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.dates import parse_date
from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.files import whole
from searchkit.loading.options import LoadOptions
from searchkit.loading.text import about, unix_lines

MOST_CHARACTERS = 5_000_000  # of a file, marks and all

# Lines are hostile, so no pattern may try a place more than a few times: what repeats is taken as a whole (*+) where
# what follows could begin with the same, or ends at what would begin another match. A group that repeats is taken as a
# whole, too, since else Python remembers each of its turns, with some hundred bytes.
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<block>(?:(?!---|\.\.\.).*\n)*+)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|\Z)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*+){3,}+|(?:-[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)")
_NO_MARKS = re.compile(r"[^\W\d_][^\[<*_~`\\|]*")
_MAY_UNDERLINE = ("=", "-", " ")
_TABLE_RULE = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+.*")
_LEAD = re.compile(r"[ \t]*(?:>[ \t]?)*+[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_LINK = re.compile(r"!?\[(?P<words>[^\[\]\n]*)\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_ADDRESS = re.compile(r"<(?P<words>(?:https?://|mailto:)[^<>\s]{1,2000})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>")
_KEPT = re.compile(r"(?P<ticks>`{1,3})(?P<words>[^`\n]+)(?P=ticks)|\\(?P<sign>[!-/:-@\[-`{-~])")
_AS_PRIVATE = {code: 0x10F000 + code for code in range(0x21, 0x7F) if not chr(code).isalnum()}
_AS_WRITTEN = {private: code for code, private in _AS_PRIVATE.items()}
_STRONG = re.compile(r"(?P<mark>\*{1,3}|~~)(?=\S)(?P<words>[^*~\n]{1,2000}?)(?<=\S)(?P=mark)")
_UNDERSCORES = re.compile(
    r"(?<!\w)(?P<mark>_{1,3})(?=\S)(?P<words>(?:[^_\n]|(?<=\w)_(?=\w)){1,2000}?)(?<=\S)(?P=mark)(?!\w)"
)
_INLINE = (_LINK, _ADDRESS, _STRONG, _UNDERSCORES)


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the one document of a Markdown file, and a `Skip` if what comes after `MOST_CHARACTERS` is left out.

    Raises:
        LoadError: It is too large, no text, or empty.
    """
    decoded = decode(whole(stream, name, options), name, options.encoding)
    front, text = _front_matter(unix_lines(decoded.text[:MOST_CHARACTERS]))
    headings: list[str] = []
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(_plain(_without_comments(text).split("\n"), headings))).strip()
    title = front.get("title") or next(iter(headings), "")
    if not body and not title:
        raise LoadError(name, "no text in it")
    fields = about(name, decoded)
    date = parse_date(front.get("date", ""))
    if date is None and "date" in front:
        fields["date"] = front["date"]
    yield Document(id=name, body=body, title=title, date=date, fields=fields)
    if len(decoded.text) > MOST_CHARACTERS:
        yield Skip(name, f"what comes after its first {MOST_CHARACTERS:,} characters")


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split off the `key: value` lines between `---` at the very beginning."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    pairs = (line.split(":", 1) for line in match["block"].splitlines() if ":" in line)
    return {key.strip().lower(): value.strip().strip("\"'") for key, value in pairs}, text[match.end() :]


def _without_comments(text: str) -> str:
    """Leave out what stands between `<!--` and `-->`; a comment that never ends is text."""
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:]


def _plain(lines: list[str], headings: list[str]) -> Iterator[str]:
    """Yield the lines without their marks, and put the words of headings into `headings`."""
    fence = ""
    for index, line in enumerate(lines):
        follows = lines[index + 1] if index + 1 < len(lines) else ""
        if not line or (not fence and _NO_MARKS.fullmatch(line) and not follows.startswith(_MAY_UNDERLINE)):
            yield line
            continue
        opening = _FENCE.match(line)
        if fence:
            if opening and opening["fence"].startswith(fence) and not line.strip(" `~"):
                fence = ""
            else:
                yield line
            continue
        if opening:
            fence = opening["fence"]
            continue
        heading = _heading(line)
        if heading is not None or (line.strip() and follows.strip() and _UNDERLINE.fullmatch(follows)):
            words = _inline(line.strip() if heading is None else heading)
            headings.append(words)
            yield words
        elif not _is_only_marks(line):
            yield _inline(line[_end_of_lead(line) :])


def _heading(line: str) -> str | None:
    """Return the words of a heading, without the marks that may close it; None for another line.

    >>> _heading("## a # b ##"), _heading("#"), _heading("#a")
    ('a # b', '', None)
    """
    opening = _HEADING.match(line)
    if opening is None:
        return None
    words = line[opening.end() :].rstrip(" \t")
    unclosed = words.rstrip("#")
    return unclosed.rstrip(" \t") if unclosed[-1:] in {" ", "\t"} else words


def _end_of_lead(line: str) -> int:
    match = _LEAD.match(line)
    return match.end() if match else 0


def _is_only_marks(line: str) -> bool:
    if not line.strip():
        return False
    return any(mark.fullmatch(line) for mark in (_RULE, _UNDERLINE, _TABLE_RULE, _DEFINITION))


def _inline(text: str) -> str:
    """Take the marks off within a line. Signs in code or after a backslash stand for themselves, so they hide first."""
    if not any(mark in text for mark in "[<*_~`\\|"):
        return text
    hidden = _KEPT.sub(lambda kept: (kept["words"] or kept["sign"]).translate(_AS_PRIVATE), text)
    return _unmarked(hidden).translate(_AS_WRITTEN).strip()


def _unmarked(text: str) -> str:
    for mark in _INLINE:
        for _ in range(3):  # an image in a link in a strong word
            text, found = mark.subn(r"\g<words>", text)
            if not found:
                break
    text = _TAG.sub("", text)
    if text.lstrip().startswith("|"):
        text = text.strip().strip("|").replace("|", " ")
    return text
