"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.documents import Token
from searchkit.persian.forms import Form, Word, form_of, linked
from searchkit.persian.terms import Wanted

if TYPE_CHECKING:
    from searchkit.persian.encoder import Encoder

_RULES = 1
"""Goes up when a change of the code alone changes terms."""

_REMEMBERED = 1 << 17
_LONGEST_REMEMBERED = 128

_NOTHING = Form((), 0, 0)
_WRITTEN = re.compile(r"\S+")


class Analyzer:
    """Texts to tokens. Safe to share between threads; the same text gives the same tokens in every process.

    Attributes:
        name: Stored in an index, with
        fingerprint: hexadecimal digits that change when the tables or rules do.
    """

    name = "persian"

    def __init__(self) -> None:
        self._forms = _Memo()

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal digits that change when the tables or rules do."""
        digest = hashlib.blake2b(str(_RULES).encode(), digest_size=16)
        for path in sorted(Path(__file__).parent.rglob("data/*")):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        words = ((start, word) for start, form in self._units(text) for word in form.words)
        return [_token(text, start, position, word) for position, (start, word) in enumerate(words)]

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted, in less time."""
        found: list[Token] = []
        position = 0
        for start, form in self._units(text):
            for word in form.words:
                if wanted.meets(word.terms):
                    found.append(_token(text, start, position, word))
                position += 1
        return found

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()

    def _units(self, text: str) -> Iterator[tuple[int, Form]]:
        """Return where each written form begins and what is known of it, those that belong together as one."""
        gives_before = 0
        start, end, last = 0, 0, _NOTHING
        unit: Form | None = _NOTHING
        for match in _WRITTEN.finditer(text):
            form = self._forms[match[0]]
            if linked(gives_before, last.takes, last.gives, form.takes):
                end = match.end()
                unit = None
            else:
                yield start, unit or self._forms[text[start:end]]
                (start, end), unit = match.span(), form
            gives_before, last = last.gives, form
        yield start, unit or self._forms[text[start:end]]


class _Memo(dict[str, Form]):
    """What is known of the written forms met of late."""

    def __missing__(self, written: str) -> Form:
        form = form_of(written)
        if len(written) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = form
        return form


def _token(text: str, offset: int, position: int, word: Word) -> Token:
    start, end = offset + word.start, offset + word.end
    return Token(text[start:end], start, end, position, word.key, word.lemma, word.terms)
