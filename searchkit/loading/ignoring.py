r"""What does an ignore file leave out? The rules are those of `.gitignore`.

A rule is a glob. One with a slash before its end counts from the folder of its file, others at any depth; a slash at
its end means folders alone; `**` is any number of folders; `!` takes what an earlier rule left out. The last rule that
fits counts, and before the rules of a file those of one further down. (Only a slash between brackets is not as in git.)

An ignore file may come from anywhere, so no rule costs more than its length times that of a name, and the rules are
bounded. (Libraries for this make a regular expression of a rule, which takes years for `*a*a*a*a*a*a*a*a*a*a*a*a*b`.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import takewhile
from operator import eq
from typing import NamedTuple, TypeAlias

_MOST_RULES = 1_000
_MOST_CHARACTERS = 20_000
"""How many rules, and characters of them, count in one folder: those of its own file and of the folders above it."""

_MOST_BYTES = 100_000
"""How much of an ignore file is read; most of it may be comments."""

TOO_MUCH = f"more than {_MOST_RULES:,} rules or {_MOST_CHARACTERS:,} characters of them count here; the rest does not"

_Fits: TypeAlias = Callable[[str], object]

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r" \t-\r", "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_ESCAPED = re.compile(r"\\(.)")
_FOLDERS = re.compile(r"\*\*+")
_SET = re.compile(r"\[([!^]?)(\]?(?:\[:\w*:\]|\\.|[^]\\])*)\]", re.DOTALL)
_MEMBER = re.compile(r"\[:(\w*):\]|(\\.|.)(?:-(\\.|.))?", re.DOTALL)


class _Rule(NamedTuple):
    """A rule: what each part of a path must be, None for `**`; one part alone may be the last of any path."""

    parts: tuple[_Fits | None, ...]
    anywhere: bool
    takes: bool
    folders: bool

    def fits(self, path: tuple[str, ...]) -> bool:
        """Tell whether a path fits; of several ways to read `**` the last one that was begun is enough."""
        if self.anywhere:
            return bool(self.parts[0] and self.parts[0](path[-1]))
        at = part = 0
        again: tuple[int, int] | None = None
        while at < len(path):
            fits = self.parts[part] if part < len(self.parts) else _nothing
            if fits is None:
                part += 1
                again = (at, part)
                if part == len(self.parts):
                    return True
            elif fits(path[at]):
                at, part = at + 1, part + 1
            elif again is not None:
                again = (again[0] + 1, again[1])
                at, part = again
            else:
                return False
        return part == len(self.parts)


class Rules:
    """The rules of one ignore file.

    Args:
        lines: Its lines.
        room: How many rules and characters may be taken.

    Attributes:
        room: How many may still come.
        is_cut: Whether there were more.
    """

    def __init__(self, lines: Iterable[str], room: tuple[int, int] = (_MOST_RULES, _MOST_CHARACTERS)) -> None:
        most, characters = room
        self.is_cut = False
        self._rules: list[_Rule] = []
        self._named: dict[str, list[int]] = {}  # the places of rules that are nothing but a name
        self._others: list[int] = []
        for line in lines:
            text = _stripped(line)
            if not text or text.startswith("#"):
                continue
            most, characters = most - 1, characters - len(text)
            if min(most, characters) < 0:
                self.is_cut = True
                break
            self._add(text)
        self.room = max(most, 0), max(characters, 0)
        self._others.reverse()

    def _add(self, text: str) -> None:
        taken = _ESCAPED.sub(lambda found: "/" if found[1] == "/" else found[0], text.removeprefix("!"))
        folders = taken.endswith("/")
        glob = taken.removesuffix("/")
        if not glob or text.removeprefix("!").startswith("\\/"):
            return
        takes = text.startswith("!")
        anywhere = "/" not in glob
        parts = [
            None if part == "**" and not anywhere else _fitting(part) for part in glob.removeprefix("/").split("/")
        ]
        if anywhere and _is_plain(glob):
            self._named.setdefault(glob, []).insert(0, len(self._rules))
        else:
            self._others.append(len(self._rules))
        self._rules.append(_Rule(tuple(parts), anywhere, takes, folders))

    def leave_out(self, path: tuple[str, ...], *, is_folder: bool) -> bool | None:
        """Tell whether what lies below the folder of the file is left out; None where no rule says.

        Args:
            path: The names on the way down to it, its own one last.
            is_folder: Whether it is one.
        """
        best = next((place for place in self._named.get(path[-1], ()) if self._counts(place, is_folder)), -1)
        for place in takewhile(partial(_later, best), self._others):
            if self._counts(place, is_folder) and self._rules[place].fits(path):
                best = place
                break
        return None if best < 0 else not self._rules[best].takes

    def _counts(self, place: int, is_folder: bool) -> bool:
        return is_folder or not self._rules[place].folders


def lines_of(path: str) -> tuple[list[str], bool]:
    """Return the lines of an ignore file, and whether these are all.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123 -- a name that may hold any character
        data = file.read(_MOST_BYTES + 1)
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    return (lines, True) if len(data) <= _MOST_BYTES else (lines[:-1], False)


def _later(best: int, place: int) -> bool:
    return place > best


def _nothing(_name: str) -> bool:
    return False


def _stripped(line: str) -> str:
    r"""Return a line without the blanks at its end, but for one that stands after a backslash."""
    line = line.rstrip("\r\n")
    text = line.rstrip(" ")
    escapes = len(text) - len(text.rstrip("\\"))
    return text + " " if escapes % 2 and len(text) < len(line) else text


def _is_plain(glob: str) -> bool:
    return not any(char in glob for char in "*?[\\")


def _fitting(glob: str) -> _Fits:
    r"""Return what tells whether a name fits a glob without slashes.

    >>> bool(_fitting("*.[ch]")("a.c")), bool(_fitting("[!a-c]?")("bb")), bool(_fitting(r"\*")("*"))
    (True, False, True)
    """
    if _is_plain(glob):
        return partial(eq, glob)
    fixed: list[str] = [""]  # what stands between stars
    place = 0
    while place < len(glob):
        char, after = glob[place], place + 1
        if char == "*":
            fixed += [""] if fixed[-1] or len(fixed) == 1 else []
        elif char == "?":
            fixed[-1] += "."
        elif char == "[":
            found = _SET.match(glob, place)
            if found is None:
                return _nothing  # as git has it
            fixed[-1] += _set(found[2], negated=bool(found[1]))
            after = found.end()
        elif char == "\\" and after == len(glob):
            return _nothing
        else:
            after += char == "\\"
            fixed[-1] += re.escape(glob[after - 1])
        place = after
    first, *rest = fixed
    # The first place where something between two stars stands is as good as any other: `(?>` looks for no other.
    between = "".join(f"(?>.*?{each})" for each in rest[:-1])
    last = f".*{rest[-1]}" if rest else ""
    return re.compile(f"{first}{between}{last}", re.DOTALL).fullmatch


def _set(members: str, *, negated: bool) -> str:
    found = []
    for name, low, high in _MEMBER.findall(members):
        first, last = low[-1:], high[-1:] or low[-1:]
        if name or not low:
            found.append(_CLASSES.get(name, ""))
        elif first <= last:
            found.append(f"{re.escape(first)}-{re.escape(last)}")
    inside = "".join(found)
    if not inside:
        return "." if negated else "(?!)"
    return f"[{'^' * negated}{inside}]"
