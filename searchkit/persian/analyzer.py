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

from searchkit.documents import Span, Token
from searchkit.persian.forms import Form, Word, form_of, linked
from searchkit.persian.terms import Wanted

if TYPE_CHECKING:
    from searchkit.persian.encoder import Encoder

_RULES = 1
"""Goes up when a change of the code alone changes terms."""

_REMEMBERED = 1 << 17
_LONGEST_REMEMBERED = 128

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
        words = ((start, word) for start, end in self._units(text) for word in self._forms[text[start:end]].words)
        return [_token(text, start, position, word) for position, (start, word) in enumerate(words)]

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted."""
        return [token for token in self.analyze(text) if wanted.meets(token.terms)]

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()

    def _units(self, text: str) -> Iterator[Span]:
        """Return the spans of what is read at once: mostly one written form, or some in a row that belong together."""
        gives_before = gives = takes = start = end = 0
        for match in _WRITTEN.finditer(text):
            form = self._forms[match[0]]
            if not linked(gives_before, takes, gives, form.takes):
                if end:
                    yield start, end
                start = match.start()
            end = match.end()
            gives_before, gives, takes = gives, form.gives, form.takes
        if end:
            yield start, end


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
